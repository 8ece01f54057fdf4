#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cellar::check {

enum class Severity : uint8_t {
  kWarning,  ///< Nothing is lost or unreachable; somebody must tidy up.
  kError,    ///< Data are lost, unreachable or in danger.
};

std::string_view SeverityName(Severity severity);

/// Who can mend it.
enum class Actor : uint8_t {
  kOperator,     ///< A person: nothing running will do it.
  kMaster,       ///< The master, by itself; if it stays, a person.
  kRangeServer,  ///< The range's server, by itself; if it stays, a person.
};

std::string_view ActorName(Actor actor);

/// One thing that is not as it must be.
struct Finding {
  Severity severity = Severity::kError;
  std::string_view rule;  ///< One of the constants below.
  Actor actor = Actor::kOperator;
  std::string subject;  ///< Table, range, server or directory: `table 1/7`, `range 1/7("a".."m"]`.
  std::string file;     ///< Path below the data directory; empty when it is about no file.
  std::string text;     ///< What is wrong; names the offset where there is one.

  Finding() = default;
  friend bool operator==(const Finding&, const Finding&) = default;
};

using Findings = std::vector<Finding>;

/// What is checked; a rule's name is part of the output. Documented in docs/reference/check.md.
namespace rule {
// METADATA and catalog
inline constexpr std::string_view kRootRecord = "root-record";
inline constexpr std::string_view kRowUnreadable = "row-unreadable";
inline constexpr std::string_view kRangeHole = "range-hole";
inline constexpr std::string_view kRangeOverlap = "range-overlap";
inline constexpr std::string_view kRangeUnknownTable = "range-of-unknown-table";
inline constexpr std::string_view kTableWithoutRanges = "table-without-ranges";
inline constexpr std::string_view kRangeState = "range-state";
inline constexpr std::string_view kRangeOwner = "range-owner";
inline constexpr std::string_view kRangeEpoch = "range-epoch";
inline constexpr std::string_view kManifest = "manifest";
inline constexpr std::string_view kName = "name";
inline constexpr std::string_view kSchema = "schema";
// Files
inline constexpr std::string_view kStoreMissing = "store-missing";
inline constexpr std::string_view kStoreDamaged = "store-damaged";
inline constexpr std::string_view kStoreMismatch = "store-mismatch";
inline constexpr std::string_view kLogMissing = "log-missing";
inline constexpr std::string_view kLogDamaged = "log-damaged";
inline constexpr std::string_view kMetalogDamaged = "metalog-damaged";
inline constexpr std::string_view kOrphan = "orphan";
inline constexpr std::string_view kDirectoryDamaged = "directory-damaged";
inline constexpr std::string_view kForeign = "foreign-file";
}  // namespace rule

}  // namespace cellar::check

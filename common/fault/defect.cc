#include "common/fault/defect.h"

#include <array>
#include <string>

#include "common/base/check.h"

namespace cellar::common {
namespace {

constexpr std::array<std::string_view, 23> kNames = {
    "ack-before-sync",        "retry-failed-sync",          "no-directory-sync",
    "skip-checksum",          "tombstone-dropped-early",    "replay-twice-applies-twice",
    "visible-before-durable", "log-pruned-before-manifest", "flushed-revision-as-file-maximum",
    "refused-row-logged",     "batch-half-replayed",        "dedup-window-lost",
    "seal-in-memory-only",    "length-read-before-seal",    "lease-checked-per-scanner",
    "renewal-by-ping",        "renewal-without-holds",      "term-from-lock-service-only",
    "deposed-master-writes",  "create-applied-twice",       "incarnation-reused",
    "row-not-held",           "index-read-unfilled"};
static_assert(kNames.size() == static_cast<size_t>(Defect::kIndexReadUnfilled) + 1);

constexpr std::array<Defect, kNames.size()> ListAll() {
  std::array<Defect, kNames.size()> all{};
  for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<Defect>(i);
  return all;
}
constexpr std::array<Defect, kNames.size()> kAll = ListAll();

}  // namespace

std::string_view DefectName(Defect defect) {
  const auto index = static_cast<size_t>(defect);
  CHECK(index < kNames.size());
  return kNames[index];
}

Result<Defect> ParseDefect(std::string_view name) {
  std::string known;
  for (Defect defect : kAll) {
    if (DefectName(defect) == name) return defect;
    known.append(known.empty() ? "" : ", ").append(DefectName(defect));
  }
  return InvalidArgument("no defect '" + std::string(name) + "'; there are: " + known);
}

std::span<const Defect> AllDefects() {
  return kAll;
}

}  // namespace cellar::common

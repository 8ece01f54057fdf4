#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "common/base/named_type.h"
#include "common/base/result.h"

namespace cellar::model {

/// Names a table for ever; never reused. Space 0 holds the system tables, space 1 the users'. Text: "1/7".
struct TableId {
  uint32_t space = 0;
  uint32_t number = 0;

  friend constexpr auto operator<=>(const TableId&, const TableId&) = default;
  friend constexpr bool operator==(const TableId&, const TableId&) = default;

  bool is_system() const { return space == 0; }
  std::string ToString() const;
  static Result<TableId> Parse(std::string_view text);
};

inline constexpr TableId kMetadataTable{0, 0};
inline constexpr TableId kCatalogTable{0, 1};
inline constexpr uint32_t kUserTableSpace = 1;

/// A range server's permanent name: "rs1".
using Location = NamedType<std::string, struct LocationTag>;

/// Server-assigned order of writes: revision order = log order = apply order, per range and across its owners.
using Revision = NamedType<int64_t, struct RevisionTag>;

/// Number of a schema of one table; rises with each alteration. 0: not yet given.
using SchemaGeneration = NamedType<int64_t, struct SchemaGenerationTag>;

/// 1 to 254 within a table, never reused; 0 stands for "whole row" in row deletes and for "not yet given" in a schema.
using FamilyId = NamedType<uint8_t, struct FamilyIdTag>;
inline constexpr int kMinFamilyId = 1;
inline constexpr int kMaxFamilyId = 254;

/// A file's number, never reused. Upper 32 bits: block granted to an incarnation; lower: counted within it.
using FileId = NamedType<uint64_t, struct FileIdTag>;

/// A client's session and the number of a batch within it: together they make a batch apply once.
using SessionId = NamedType<int64_t, struct SessionIdTag>;
using SequenceNumber = NamedType<int64_t, struct SequenceNumberTag>;

/// Rises by one with each installed manifest of a range. 0: the range has none yet.
using ManifestNumber = NamedType<uint64_t, struct ManifestNumberTag>;

}  // namespace cellar::model

template <>
struct std::hash<cellar::model::TableId> {
  size_t operator()(const cellar::model::TableId& id) const {
    return std::hash<uint64_t>()((uint64_t{id.space} << 32) | id.number);
  }
};

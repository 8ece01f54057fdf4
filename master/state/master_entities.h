#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/fencing.h"
#include "common/base/result.h"
#include "model/ids.h"
#include "storage/metalog/entity.h"

namespace cellar::master {

// What the master's metalog keeps (docs/internals/master.md). Each type encodes itself; a type's number is never used
// again.

/// Numbers that are given out once, for ever.
struct CountersEntity {
  static constexpr uint32_t kType = 1;

  uint64_t next_operation = 1;
  uint32_t next_table = 1;
  uint32_t next_file_id_block = 1;
  uint32_t next_location = 1;  ///< "rs<number>"
  bool bootstrapped = false;   ///< METADATA and the catalog have been made.

  CountersEntity() = default;
  storage::EntityKey key() const { return {kType, 0}; }
  std::string Encode() const;
  static Result<CountersEntity> Decode(std::string_view bytes);
};

enum class OperationKind : uint8_t {
  kCreateNamespace = 1,
  kDropNamespace = 2,
  kCreateTable = 3,
  kDropTable = 4,
  kAlterTable = 5,
};

std::string_view OperationKindName(OperationKind kind);

/// One durable operation: what was asked, how far it has come, and in the end its outcome, kept for those who ask
/// again.
struct OperationEntity {
  static constexpr uint32_t kType = 2;

  uint64_t id = 0;
  OperationKind kind = OperationKind::kCreateNamespace;
  uint32_t step = 0;  ///< Steps done; what they are is the operation's affair.
  bool done = false;
  int64_t session = 0;  ///< Of the request; with `sequence` names it for ever.
  int64_t sequence = 0;
  std::string path;
  model::TableId table;  ///< The table that is made, dropped or altered.
  std::string schema;    ///< Wanted; in the end, as made.
  bool lenient = false;  ///< IF [NOT] EXISTS.

  // Outcome, when done.
  uint8_t code = 0;
  int32_t detail = 0;
  std::string message;

  OperationEntity() = default;
  storage::EntityKey key() const { return {kType, id}; }
  std::string Encode() const;
  static Result<OperationEntity> Decode(std::string_view bytes);

  Status outcome() const;
  void set_outcome(const Status& status);
};

}  // namespace cellar::master

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/fencing.h"
#include "common/base/result.h"
#include "model/ids.h"
#include "model/schema_definition.h"
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
  kRenameTable = 6,
  kSetVariables = 7,
};

std::string_view OperationKindName(OperationKind kind);

/// The table of a secondary index.
struct IndexTable {
  model::IndexKind kind = model::IndexKind::kValue;
  model::TableId table;

  IndexTable() = default;
  IndexTable(model::IndexKind kind_in, model::TableId table_in) : kind(kind_in), table(table_in) {}
  friend bool operator==(const IndexTable&, const IndexTable&) = default;
};

/// What REBUILD INDICES asks for: new, empty index tables; or, in the end, to take them for complete.
struct IndexChange {
  std::vector<model::IndexKind> kinds;
  bool complete = false;
  std::vector<model::FamilyId> families;  ///< Complete: those that were indexed.
  std::vector<model::TableId> tables;     ///< Complete: in these, one a kind.

  IndexChange() = default;
};

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
  std::string path;      ///< Of variables to be set: what is set, as text.
  std::string new_path;  ///< Of a table to be renamed.
  model::TableId table;  ///< The table that is made, dropped, altered or renamed.
  std::string schema;    ///< Wanted; from the first record on as it will be. A namespace to be dropped: its id. Of
                         ///< variables to be set: VariablesEntity, as they will be.
  bool lenient = false;  ///< IF [NOT] EXISTS.
  std::vector<IndexTable> new_index_tables;  ///< That are made, or renamed.
  std::vector<IndexTable> old_index_tables;  ///< That go.
  std::string interim_schema;                ///< Altering: the generation between, empty when there is none.

  // For the check; not kept.
  int64_t expected_generation = 0;          ///< Altering: of the table's schema before.
  std::optional<IndexChange> index_change;  ///< Altering: in place of `schema` and `expected_generation`.
  std::optional<bool> read_only;            ///< Setting variables: wanted.

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

/// The latest life of one range server. Kept so that files can be told by their file id block: those of a block that no
/// live server has are dead unless a manifest names them.
struct ServerEntity {
  static constexpr uint32_t kType = 3;

  uint32_t number = 0;  ///< Of the location: 1 of "rs1".
  std::string address;
  Incarnation incarnation;
  uint32_t file_id_block = 0;

  ServerEntity() = default;
  storage::EntityKey key() const { return {kType, number}; }
  model::Location location() const { return model::Location("rs" + std::to_string(number)); }
  std::string Encode() const;
  static Result<ServerEntity> Decode(std::string_view bytes);
};

/// The number of a location's name; kInvalidArgument when it is not "rs" and a number above 0.
Result<uint32_t> ParseLocationNumber(std::string_view location);

/// Files and directories that nothing refers to any more, written before the first of them is removed and forgotten
/// after the last: what is missing was pruned, not lost. Each is a path, directories with a '/' at the end.
struct GarbageEntity {
  static constexpr uint32_t kType = 4;
  static constexpr size_t kMaxPaths = 1000;

  uint64_t id = 0;
  std::vector<std::string> paths;

  GarbageEntity() = default;
  storage::EntityKey key() const { return {kType, id}; }
  std::string Encode() const;
  static Result<GarbageEntity> Decode(std::string_view bytes);
};

/// What SET gave to the whole cluster.
struct VariablesEntity {
  static constexpr uint32_t kType = 6;

  uint64_t generation = 0;  ///< Rises with each SET: range servers go by the highest that they heard of.
  bool read_only = false;   ///< Users' tables are not written.

  VariablesEntity() = default;
  storage::EntityKey key() const { return {kType, 0}; }
  std::string Encode() const;
  static Result<VariablesEntity> Decode(std::string_view bytes);
};

/// The lock service under which a term was claimed, and what it must still remember. Rewritten with each mark that the
/// master leaves there.
struct LockServiceEntity {
  static constexpr uint32_t kType = 5;

  std::string nonce;    ///< Of its `/cluster`.
  FencingNumber mark;   ///< The last one left there: it has this one or a later one, or was set back since.
  Incarnation since;    ///< Lives before this one were granted under a lock service that has forgotten them.
  std::string address;  ///< Of the master that wrote this.

  LockServiceEntity() = default;
  storage::EntityKey key() const { return {kType, 0}; }
  std::string Encode() const;
  static Result<LockServiceEntity> Decode(std::string_view bytes);
};

}  // namespace cellar::master

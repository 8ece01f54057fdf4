#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "master/cluster/master_core.h"
#include "model/ids.h"
#include "model/schema.h"

namespace cellar::master {

/// What a path names.
struct PathEntry {
  bool is_namespace = false;
  std::string id;  ///< A namespace's number, or a TableId.

  PathEntry() = default;
  PathEntry(bool names_namespace, std::string entry_id) : is_namespace(names_namespace), id(std::move(entry_id)) {}

  /// kind, a tab, id.
  std::string Encode() const;
  static Result<PathEntry> Decode(std::string_view text);
  friend bool operator==(const PathEntry&, const PathEntry&) = default;
};

/// One name in a namespace.
struct ListedName {
  std::string name;
  bool is_namespace = false;

  ListedName() = default;
};

/// `sys/CATALOG` in the master's words (docs/internals/roles.md). Paths are canonical. Every change may be repeated: it
/// answers OK when it has been made already. Loop only. Borrows the core.
class Catalog {
 public:
  explicit Catalog(MasterCore& core) : core_(core) {}

  Task<Result<std::optional<PathEntry>>> Find(std::string path);
  /// kAlreadyExists when the path names something else.
  Task<Status> AddPath(std::string path, PathEntry entry);
  /// Leaves it when the path names something else by now.
  Task<Status> RemovePath(std::string path, PathEntry entry);
  /// Children in byte order, at most `limit`.
  Task<Result<std::vector<ListedName>>> List(std::string path, size_t limit);

  /// The newest schema, encoded; compiled in for system tables. nullopt: no such table.
  Task<Result<std::optional<std::string>>> ReadSchema(model::TableId table);
  Task<Result<std::map<model::TableId, std::string>>> ReadSchemas();
  Task<Status> AddTable(model::TableId table, std::string path, std::string schema);
  Task<Status> AddSchema(model::TableId table, model::SchemaGeneration generation, std::string schema);
  /// The path in the table's row. OK also when there is no such row any more.
  Task<Status> SetTablePath(model::TableId table, std::string path);
  Task<Status> RemoveTable(model::TableId table);

 private:
  MasterCore& core_;
};

}  // namespace cellar::master

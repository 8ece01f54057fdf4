#include "master/garbage/garbage_references.h"

#include <algorithm>
#include <utility>

#include "model/manifest.h"
#include "model/range_tiling.h"
#include "storage/metalog/root_record.h"

namespace cellar::master {
namespace {

using model::RangeRecord;
using model::TableId;

std::string DirectoryOf(const model::LogRef& life) {
  return model::IncarnationDirectory(life.location, life.incarnation);
}

/// Every table has ranges, they tile it, and no others are there.
Status CheckTiling(const std::vector<RangeRecord>& rows, const std::set<TableId>& tables) {
  std::map<TableId, std::vector<RangeRecord>> by_table;
  for (const TableId table : tables) by_table[table];
  for (const RangeRecord& row : rows) {
    if (!tables.contains(row.range.table)) {
      return common::Corruption("range " + row.range.ToString() + " is of no table in the catalog");
    }
    by_table[row.range.table].push_back(row);
  }
  for (const auto& [table, ranges] : by_table) {
    const auto problems = model::FindTilingProblems(model::AllOfTable(table), ranges);
    if (!problems.empty()) return common::Corruption("table " + table.ToString() + ": " + problems.front().text);
  }
  return common::OkStatus();
}

}  // namespace

Result<GarbageReferences> GarbageReferences::FromRows(const RangeRecord& root, const std::vector<RangeRecord>& rows,
                                                      const std::set<TableId>& tables, const Servers& servers) {
  RETURN_IF_ERROR(CheckTiling(rows, tables));
  GarbageReferences references;
  references.root_owner_ = root.incarnation;
  references.tables_ = tables;
  RETURN_IF_ERROR(references.Add(root, servers));
  for (const RangeRecord& row : rows) RETURN_IF_ERROR(references.Add(row, servers));
  return references;
}

Status GarbageReferences::Add(const RangeRecord& record, const Servers& servers) {
  // A late manifest of a dead owner is refused once the row has the epoch of another one, and not before.
  if (!servers.IsAlive(record.location, record.incarnation)) {
    return common::Unavailable("range " + record.range.ToString() + " has no living owner");
  }
  for (const model::LogRef& ref : record.log_refs) incarnations_.insert(DirectoryOf(ref));
  if (record.manifest.empty()) return common::OkStatus();
  auto manifest = model::Manifest::Decode(record.manifest);
  if (!manifest.ok()) return std::move(manifest).status().WithContext("range " + record.range.ToString());
  for (const model::ManifestGroup& group : manifest->groups) {
    for (const model::ManifestFile& file : group.files) stores_.insert(file.id);
  }
  for (const model::DroppedFile& file : manifest->dropped) stores_.insert(file.id);
  return common::OkStatus();
}

bool GarbageReferences::KeepDeadLogs(const GarbageCandidates& candidates, const Servers& servers) const {
  return std::any_of(candidates.incarnations.begin(), candidates.incarnations.end(), [&](const model::LogRef& life) {
    return !servers.IsAlive(life.location, life.incarnation) && incarnations_.contains(DirectoryOf(life));
  });
}

std::vector<std::string> GarbageReferences::FindGarbage(const GarbageCandidates& candidates, const Servers& servers,
                                                        uint32_t next_table) const {
  std::vector<std::string> garbage = candidates.master_files;
  for (const model::LogRef& life : candidates.incarnations) {
    const std::string directory = DirectoryOf(life);
    if (servers.IsAlive(life.location, life.incarnation) || incarnations_.contains(directory)) continue;
    garbage.push_back(directory + "/");
  }
  for (const Incarnation owner : candidates.root_owners) {
    if (owner < root_owner_) garbage.push_back(storage::RootMetaLogDirectory(owner) + "/");
  }
  for (const auto& [table, stores] : candidates.stores) {
    if (!tables_.contains(table)) {
      const bool was_dropped = table.space == model::kUserTableSpace && table.number < next_table;
      if (was_dropped) garbage.push_back(model::TableDirectory(table) + "/");
      continue;
    }
    for (const model::FileId file : stores) {
      if (!stores_.contains(file)) garbage.push_back(model::CellStorePath(table, file));
    }
  }
  return garbage;
}

}  // namespace cellar::master

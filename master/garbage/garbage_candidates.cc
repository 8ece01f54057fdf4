#include "master/garbage/garbage_candidates.h"

#include <algorithm>

#include "master/recovery/incarnation_directories.h"
#include "master/state/master_log.h"
#include "storage/metalog/root_record.h"

namespace cellar::master {
namespace {

using common::DirectoryEntry;

Result<std::vector<DirectoryEntry>> ListIfThere(FileSystem& files, const std::string& directory) {
  auto entries = files.List(directory);
  if (entries.status().Is(StatusCode::kNotFound)) return std::vector<DirectoryEntry>();
  return entries;
}

Status ListRootOwners(FileSystem& files, GarbageCandidates* found) {
  ASSIGN_OR_RETURN(const auto entries, ListIfThere(files, std::string(storage::kRootDirectory)));
  for (const DirectoryEntry& entry : entries) {
    const auto owner = model::ParseIncarnationName(entry.name);
    if (entry.is_directory && owner) found->root_owners.push_back(*owner);
  }
  return common::OkStatus();
}

Status ListStores(FileSystem& files, const FileIdBlocks& blocks, GarbageCandidates* found) {
  const std::string top(model::kTablesDirectory);
  ASSIGN_OR_RETURN(const auto tables, ListIfThere(files, top));
  for (const DirectoryEntry& table : tables) {
    const auto id = model::ParseTableDirectoryName(table.name);
    if (!table.is_directory || !id) continue;
    std::vector<model::FileId>& stores = found->stores[*id];
    ASSIGN_OR_RETURN(const auto entries, ListIfThere(files, top + "/" + table.name));
    for (const DirectoryEntry& entry : entries) {
      const auto file = model::ParseCellStoreName(entry.name);
      if (!entry.is_directory && file && blocks.WasGivenOut(*file)) stores.push_back(*file);
    }
  }
  return common::OkStatus();
}

void LeaveOutUnsealed(const FileIdBlocks& blocks, GarbageCandidates* found) {
  std::set<uint32_t> may_live;
  for (const auto& [block, life] : blocks.of_unsealed) {
    const auto& lives = found->incarnations;
    if (std::find(lives.begin(), lives.end(), life) != lives.end()) may_live.insert(block);
  }
  for (auto& [table, stores] : found->stores) {
    std::erase_if(stores, [&](model::FileId file) { return may_live.contains(model::FileIdBlock(file)); });
  }
}

}  // namespace

Result<GarbageCandidates> ListGarbageCandidates(FileSystem& log_files, FileSystem& data_files,
                                                const FileIdBlocks& blocks, uint32_t term) {
  GarbageCandidates found;
  // Before the lives: one that begins meanwhile has its directory before it writes a store.
  RETURN_IF_ERROR(ListStores(data_files, blocks, &found));
  ASSIGN_OR_RETURN(found.incarnations, ListIncarnationDirectories(log_files));
  LeaveOutUnsealed(blocks, &found);
  RETURN_IF_ERROR(ListRootOwners(log_files, &found));
  ASSIGN_OR_RETURN(found.master_files, MasterLog::FilesBefore(log_files, term));
  return found;
}

Status RemoveGarbage(FileSystem& log_files, FileSystem& data_files, const std::vector<std::string>& paths) {
  const std::string tables = std::string(model::kTablesDirectory) + "/";
  for (const std::string& path : paths) {
    FileSystem& files = path.starts_with(tables) ? data_files : log_files;
    if (path.ends_with('/')) {
      RETURN_IF_ERROR(files.RemoveDirectory(path.substr(0, path.size() - 1)));
      continue;
    }
    const Status removed = files.Remove(path);
    if (!removed.ok() && !removed.Is(StatusCode::kNotFound)) return removed;
  }
  return common::OkStatus();
}

}  // namespace cellar::master

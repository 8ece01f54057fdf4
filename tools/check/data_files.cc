#include "tools/check/data_files.h"

#include <algorithm>
#include <array>

#include "hql/files/stored_files.h"

namespace cellar::check {
namespace {

using common::DirectoryEntry;

/// Everything that may lie at the top.
constexpr std::array<std::string_view, 7> kTopNames = {
    "cluster", "lockservice", "master", "root", "servers", "tables", hql::kStoredFilesDirectory};

class Lister {
 public:
  Status ListTop(const FileSystem& files) {
    ASSIGN_OR_RETURN(const auto entries, Entries(files, ""));
    for (const DirectoryEntry& entry : entries) {
      if (std::find(kTopNames.begin(), kTopNames.end(), entry.name) == kTopNames.end()) AddForeign(entry.name);
    }
    return common::OkStatus();
  }

  Status ListServers(const FileSystem& files) {
    const std::string top(model::kServersDirectory);
    ASSIGN_OR_RETURN(const auto locations, Entries(files, top));
    for (const DirectoryEntry& location : locations) {
      const std::string of_location = top + "/" + location.name;
      if (!location.is_directory) {
        AddForeign(of_location);
        continue;
      }
      ASSIGN_OR_RETURN(const auto lives, Entries(files, of_location));
      for (const DirectoryEntry& life : lives) {
        const bool is_life = life.is_directory && model::ParseIncarnationName(life.name);
        Add(of_location + "/" + life.name, is_life, &listed_.incarnations);
      }
    }
    return common::OkStatus();
  }

  Status ListRoot(const FileSystem& files) {
    ASSIGN_OR_RETURN(const auto entries, Entries(files, "root"));
    for (const DirectoryEntry& entry : entries) {
      const bool is_owner = entry.is_directory && model::ParseIncarnationName(entry.name);
      Add("root/" + entry.name, is_owner, &listed_.root_logs);
    }
    return common::OkStatus();
  }

  Status ListMaster(const FileSystem& files) {
    ASSIGN_OR_RETURN(const auto entries, Entries(files, "master"));
    for (const DirectoryEntry& entry : entries) {
      const bool is_masters = entry.name.starts_with(entry.is_directory ? "log-" : "term-");
      Add("master/" + entry.name, is_masters, &listed_.master_files);
    }
    return common::OkStatus();
  }

  Status ListTables(const FileSystem& files) {
    const std::string top(model::kTablesDirectory);
    ASSIGN_OR_RETURN(const auto tables, Entries(files, top));
    for (const DirectoryEntry& table : tables) {
      const std::string directory = top + "/" + table.name;
      const auto id = table.is_directory ? model::ParseTableDirectoryName(table.name) : std::nullopt;
      if (!id) {
        AddForeign(directory);
        continue;
      }
      std::set<model::FileId>& stores = listed_.stores[*id];
      ASSIGN_OR_RETURN(const auto entries, Entries(files, directory));
      for (const DirectoryEntry& entry : entries) {
        const auto file = entry.is_directory ? std::nullopt : model::ParseCellStoreName(entry.name);
        if (file) {
          stores.insert(*file);
        } else {
          AddForeign(directory + "/" + entry.name);
        }
      }
    }
    return common::OkStatus();
  }

  DataFiles Take() { return std::move(listed_); }

 private:
  /// Nothing when the directory is missing, or vanishes meanwhile; a finding when its seal mark is damaged.
  Result<std::vector<DirectoryEntry>> Entries(const FileSystem& files, const std::string& directory) {
    auto entries = files.List(directory);
    if (entries.status().Is(StatusCode::kNotFound)) return std::vector<DirectoryEntry>();
    if (!entries.status().Is(StatusCode::kCorruption)) return entries;
    Finding& finding = listed_.findings.emplace_back();
    finding.rule = rule::kDirectoryDamaged;
    finding.subject = "data directory";
    finding.file = directory;
    finding.text = entries.status().ToString();
    return std::vector<DirectoryEntry>();
  }

  void Add(std::string path, bool is_known, std::set<std::string>* names) {
    if (is_known) {
      names->insert(std::move(path));
    } else {
      AddForeign(std::move(path));
    }
  }

  void AddForeign(std::string path) {
    Finding& finding = listed_.findings.emplace_back();
    finding.severity = Severity::kWarning;
    finding.rule = rule::kForeign;
    finding.subject = "data directory";
    finding.file = std::move(path);
    finding.text = "is not a name that Cellar gives: it was put there by somebody else";
  }

  DataFiles listed_;
};

}  // namespace

Result<DataFiles> ListDataFiles(const FileSystem& log_files, const FileSystem& data_files) {
  Lister lister;
  RETURN_IF_ERROR(lister.ListTop(log_files));
  if (&data_files != &log_files) RETURN_IF_ERROR(lister.ListTop(data_files));
  RETURN_IF_ERROR(lister.ListServers(log_files));
  RETURN_IF_ERROR(lister.ListRoot(log_files));
  RETURN_IF_ERROR(lister.ListMaster(log_files));
  RETURN_IF_ERROR(lister.ListTables(data_files));
  return lister.Take();
}

}  // namespace cellar::check

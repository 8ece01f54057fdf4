#include "tools/check/garbage_check.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "storage/metalog/root_record.h"

namespace cellar::check {
namespace {

using model::FileId;
using model::TableId;

class GarbageChecker {
 public:
  GarbageChecker(const DataFiles& files, const RangeImage& image, const CatalogImage& catalog,
                 const ServersSeen& servers, CheckCounts* counts, Findings* findings)
      : files_(files), image_(image), catalog_(catalog), servers_(servers), counts_(counts), findings_(findings) {}

  void Run() {
    CollectReferences();
    // A row or manifest that does not read may name anything: it is a finding of its own.
    if (image_.complete) {
      for (const auto& [table, stores] : files_.stores) CheckTable(table, stores);
      CheckIncarnations();
    }
    CheckDropped();
    CheckRootLogs();
    CheckMasterFiles();
  }

 private:
  void Add(std::string subject, std::string file, std::string text) {
    Finding& finding = findings_->emplace_back();
    finding.severity = Severity::kWarning;
    finding.rule = rule::kOrphan;
    finding.actor = Actor::kMaster;
    finding.subject = std::move(subject);
    finding.file = std::move(file);
    finding.text = std::move(text);
  }

  void CollectReferences() {
    for (const LivingServer& server : servers_.living) {
      under_way_.insert(server.under_way.begin(), server.under_way.end());
      needed_lives_.insert(model::IncarnationDirectory(server.location, server.incarnation));
    }
    for (const CheckedRange& range : image_.ranges) {
      const model::RangeRecord& record = range.record;
      if (!record.location.get().empty()) {
        needed_lives_.insert(model::IncarnationDirectory(record.location, record.incarnation));
      }
      for (const model::LogRef& ref : record.log_refs) {
        needed_lives_.insert(model::IncarnationDirectory(ref.location, ref.incarnation));
      }
      if (!range.manifest) continue;
      for (const model::ManifestGroup& group : range.manifest->groups) {
        for (const model::ManifestFile& file : group.files) named_.insert(file.id);
      }
      for (const model::DroppedFile& file : range.manifest->dropped) named_.insert(file.id);
    }
  }

  void CheckTable(TableId table, const std::set<FileId>& stores) {
    const std::string subject = "table " + table.ToString();
    const auto known = catalog_.tables.find(table);
    if (known == catalog_.tables.end()) {
      // Its drop removes the directory before it takes the table out of the catalog.
      Add(subject, model::TableDirectory(table), "the catalog has no such table");
      return;
    }
    if (servers_.operations.contains(known->second.path)) return;
    for (const FileId file : stores) {
      if (named_.contains(file)) continue;
      if (under_way_.contains(file)) {
        ++counts_->files_under_way;
      } else {
        Add(subject, model::CellStorePath(table, file), "no manifest names it and no server is writing it");
      }
    }
  }

  void CheckDropped() {
    for (const CheckedRange& range : image_.ranges) {
      if (!range.manifest) continue;
      const auto stores = files_.stores.find(range.record.range.table);
      for (const model::DroppedFile& file : range.manifest->dropped) {
        ++counts_->dropped_files;
        if (stores != files_.stores.end() && stores->second.contains(file.id)) continue;
        Finding& finding = findings_->emplace_back();
        finding.severity = Severity::kWarning;
        finding.rule = rule::kStoreMissing;
        finding.subject = "range " + range.record.range.ToString();
        finding.file = model::CellStorePath(range.record.range.table, file.id);
        finding.text = "it was dropped, but was to stay for its grace time, and is gone";
      }
    }
  }

  void CheckIncarnations() {
    for (const std::string& directory : files_.incarnations) {
      if (!needed_lives_.contains(directory)) Add("range servers", directory, "no living server and no range needs it");
    }
  }

  void CheckRootLogs() {
    const CheckedRange* root = nullptr;
    for (const CheckedRange& range : image_.ranges) {
      if (range.record.range == model::RootRange()) root = &range;
    }
    if (root == nullptr) return;
    const std::string current = storage::RootMetaLogDirectory(root->record.incarnation);
    for (const std::string& directory : files_.root_logs) {
      if (directory < current) Add("root range", directory, "a later owner took the root metalog over");
    }
  }

  void CheckMasterFiles() {
    for (const std::string& path : files_.master_files) {
      const bool is_current = path.ends_with(fmt::format("-{:010}", servers_.term));
      const bool is_older = path < path.substr(0, path.find('-')) + fmt::format("-{:010}", servers_.term);
      if (!is_current && is_older) Add("master", path, "belongs to an earlier term");
    }
  }

  const DataFiles& files_;
  const RangeImage& image_;
  const CatalogImage& catalog_;
  const ServersSeen& servers_;
  CheckCounts* const counts_;
  Findings* const findings_;
  std::set<FileId> named_;
  std::set<FileId> under_way_;
  std::set<std::string> needed_lives_;
};

}  // namespace

void CheckGarbage(const DataFiles& files, const RangeImage& image, const CatalogImage& catalog,
                  const ServersSeen& servers, CheckCounts* counts, Findings* findings) {
  GarbageChecker(files, image, catalog, servers, counts, findings).Run();
}

}  // namespace cellar::check

#include "tools/check/range_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "model/range_tiling.h"
#include "model/system_schemas.h"

namespace cellar::check {
namespace {

using model::Cell;
using model::RangeRecord;
using model::TableId;

class RangeChecker {
 public:
  RangeChecker(const CatalogImage& catalog, const ServersSeen& servers, Findings* findings)
      : catalog_(catalog), servers_(servers), findings_(findings) {}

  RangeImage Run(const std::optional<RangeRecord>& root, const std::vector<Cell>& cells) {
    ReadRows(cells);
    if (root) {
      CheckRecord(*root);
    } else {
      image_.complete = false;
    }
    for (const auto& [table, records] : records_) CheckTable(table, records);
    for (const auto& [table, entry] : catalog_.tables) {
      if (records_.contains(table) || IsUnderWay(table)) continue;
      Add(rule::kTableWithoutRanges, "table " + table.ToString(),
          fmt::format("{} is in the catalog and METADATA has no range of it", entry.path));
    }
    CheckFileOwners();
    return std::move(image_);
  }

 private:
  Finding& Add(std::string_view rule, std::string subject, std::string text) {
    Finding& finding = findings_->emplace_back();
    finding.rule = rule;
    finding.subject = std::move(subject);
    finding.text = std::move(text);
    return finding;
  }

  static std::string Subject(const RangeRecord& record) { return "range " + record.range.ToString(); }

  bool IsUnderWay(TableId table) const {
    const auto found = catalog_.tables.find(table);
    return found != catalog_.tables.end() && servers_.operations.contains(found->second.path);
  }

  void ReadRows(const std::vector<Cell>& cells) {
    std::vector<Cell> row;
    for (size_t i = 0; i < cells.size(); ++i) {
      row.push_back(cells[i]);
      if (i + 1 < cells.size() && cells[i + 1].row == cells[i].row) continue;
      auto record = model::DecodeRangeRecord(row.front().row, row);
      if (record.ok()) {
        records_[record->range.table].push_back(std::move(record).value());
      } else {
        Add(rule::kRowUnreadable, "METADATA row " + model::QuoteBytes(row.front().row), record.status().ToString());
        image_.complete = false;
      }
      row.clear();
    }
  }

  void CheckTable(TableId table, const std::vector<RangeRecord>& records) {
    if (!catalog_.tables.contains(table)) {
      for (const RangeRecord& record : records) {
        Add(rule::kRangeUnknownTable, Subject(record), "the catalog has no table " + table.ToString());
      }
    } else if (!IsUnderWay(table)) {
      for (const model::TilingProblem& problem : model::FindTilingProblems(model::AllOfTable(table), records)) {
        const bool is_hole = problem.kind == model::TilingProblem::Kind::kHole;
        const size_t index = std::min(problem.index, records.size() - 1);
        Add(is_hole ? rule::kRangeHole : rule::kRangeOverlap, Subject(records[index]), problem.text);
      }
    }
    for (const RangeRecord& record : records) CheckRecord(record);
  }

  void CheckRecord(const RangeRecord& record) {
    CheckBounds(record);
    CheckOwner(record);
    CheckEpoch(record);
    CheckedRange& range = image_.ranges.emplace_back();
    range.record = record;
    const auto table = catalog_.tables.find(record.range.table);
    if (table != catalog_.tables.end()) range.schema = table->second.schema;
    if (!record.manifest.empty()) CheckManifest(&range);
  }

  void CheckBounds(const RangeRecord& record) {
    const model::RangeKey& range = record.range;
    if (range.start_row && range.end_row && *range.start_row >= *range.end_row) {
      Add(rule::kRangeOverlap, Subject(record), "it ends before it begins");
    }
  }

  void CheckOwner(const RangeRecord& record) {
    const bool is_moving = !servers_.recovered || IsUnderWay(record.range.table);
    if (record.state != model::RangeState::kServing && !is_moving) {
      Add(rule::kRangeState, Subject(record),
          fmt::format("is {}, not serving, and no operation and no recovery is under way",
                      model::RangeStateName(record.state)))
          .actor = Actor::kMaster;
    }
    const bool is_alive = std::any_of(servers_.living.begin(), servers_.living.end(), [&](const LivingServer& server) {
      return server.location == record.location && server.incarnation == record.incarnation;
    });
    if (is_alive || !servers_.recovered || record.state == model::RangeState::kDropping) return;
    const std::string owner =
        record.location.get().empty() ? "nobody" : record.location.get() + " " + record.incarnation.get().ToString();
    Add(rule::kRangeOwner, Subject(record), "belongs to " + owner + ", which is no living server").actor =
        Actor::kMaster;
  }

  void CheckEpoch(const RangeRecord& record) {
    const FencingNumber epoch = record.epoch.get();
    const FencingNumber incarnation = record.incarnation.get();
    if (epoch.is_none() || epoch.term > servers_.term || epoch.term < incarnation.term) {
      Add(rule::kRangeEpoch, Subject(record),
          fmt::format("epoch {} does not fit to owner {} and the master's term {}", epoch.ToString(),
                      incarnation.ToString(), servers_.term));
    }
    for (const model::LogRef& ref : record.log_refs) {
      const bool is_twice = std::count(record.log_refs.begin(), record.log_refs.end(), ref) > 1;
      if (!is_twice && ref.incarnation != record.incarnation) continue;
      Add(rule::kRangeEpoch, Subject(record), "its log references name " + ref.ToString() + " wrongly");
      break;
    }
  }

  void CheckManifest(CheckedRange* range) {
    auto manifest = model::Manifest::Decode(range->record.manifest);
    if (!manifest.ok()) {
      Add(rule::kManifest, Subject(range->record), manifest.status().ToString());
      range->manifest_unreadable = true;
      image_.complete = false;
      return;
    }
    range->manifest = std::move(manifest).value();
    const std::string subject = Subject(range->record);
    if (range->manifest->start_row != range->record.range.start_row ||
        range->manifest->end_row != range->record.range.end_row) {
      Add(rule::kManifest, subject, "its manifest is for other rows");
    }
    if (range->manifest->number.get() == 0) Add(rule::kManifest, subject, "its manifest has no number");
    std::set<std::string> names;
    for (const model::ManifestGroup& group : range->manifest->groups) {
      if (!names.insert(group.name).second) {
        Add(rule::kManifest, subject, "its manifest has the access group " + group.name + " twice");
      }
      if (range->schema != nullptr && range->schema->definition().FindGroup(group.name) == nullptr) {
        Add(rule::kManifest, subject, "its manifest has the access group " + group.name + ", which the schema has not");
      }
    }
  }

  /// A file belongs to one table, and is live or dropped in a range, once. Ranges of one table may share it.
  void CheckFileOwners() {
    std::map<model::FileId, TableId> tables;
    for (const CheckedRange& range : image_.ranges) {
      if (!range.manifest) continue;
      std::set<model::FileId> of_range;
      const auto name = [&](model::FileId file) {
        const TableId table = range.record.range.table;
        const auto [other, is_new] = tables.emplace(file, table);
        if (!is_new && other->second != table) {
          Add(rule::kManifest, Subject(range.record),
              fmt::format("names file {:016x}, which table {} has too", file.get(), other->second.ToString()));
        }
        if (!of_range.insert(file).second) {
          Add(rule::kManifest, Subject(range.record), fmt::format("names file {:016x} twice", file.get()));
        }
      };
      for (const model::ManifestGroup& group : range.manifest->groups) {
        for (const model::ManifestFile& file : group.files) name(file.id);
      }
      for (const model::DroppedFile& file : range.manifest->dropped) name(file.id);
    }
  }

  const CatalogImage& catalog_;
  const ServersSeen& servers_;
  Findings* const findings_;
  std::map<TableId, std::vector<RangeRecord>> records_;
  RangeImage image_;
};

}  // namespace

RangeImage CheckRanges(const std::optional<RangeRecord>& root, const std::vector<Cell>& cells,
                       const CatalogImage& catalog, const ServersSeen& servers, Findings* findings) {
  return RangeChecker(catalog, servers, findings).Run(root, cells);
}

}  // namespace cellar::check

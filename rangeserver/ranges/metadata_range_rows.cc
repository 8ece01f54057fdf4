#include "rangeserver/ranges/metadata_range_rows.h"

#include <algorithm>
#include <utility>

#include "model/system_schemas.h"

namespace cellar::rangeserver {
namespace {

/// The cells by which two records of one range differ. A column that became empty is deleted.
std::vector<model::Cell> Changes(const model::RangeRecord& known, const model::RangeRecord& changed) {
  const std::vector<model::Cell> before = model::EncodeRangeRecord(known);
  std::vector<model::Cell> cells;
  for (model::Cell& cell : model::EncodeRangeRecord(changed)) {
    if (std::find(before.begin(), before.end(), cell) == before.end()) cells.push_back(std::move(cell));
  }
  if (!known.log_refs.empty() && changed.log_refs.empty()) {
    const std::string row = model::MetadataRowName(changed.range.table, changed.range.end_row);
    cells.emplace_back(row, model::metadata_family::kLogRefs, "", model::KeyFlag::kDeleteFamily,
                       model::kAutomaticTimestamp, model::Revision(), "");
  }
  return cells;
}

}  // namespace

Task<Result<std::optional<model::RangeRecord>>> MetadataRangeRows::Read(model::RangeKey range, Deadline deadline) {
  co_return co_await tables_.ReadRange(range.table, range.end_row, deadline);
}

Task<Status> MetadataRangeRows::Write(model::RangeRecord known, model::RangeRecord changed, Deadline deadline) {
  std::vector<model::Cell> cells = Changes(known, changed);
  if (cells.empty()) co_return common::OkStatus();
  std::optional<std::string> manifest(known.manifest);
  co_return co_await tables_.UpdateRange(known.range, known.epoch, std::move(manifest), std::move(cells), deadline);
}

}  // namespace cellar::rangeserver

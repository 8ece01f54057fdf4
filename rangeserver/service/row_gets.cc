#include "rangeserver/service/row_gets.h"

#include <algorithm>
#include <utility>

#include "rangeserver/scan/snapshot_input.h"

namespace cellar::rangeserver {

Status RowGets::Add(const LoadedRange& range, std::string row, const model::ScanSpec& spec, Nanos now) {
  const auto known =
      std::find_if(ranges_.begin(), ranges_.end(), [&](const OfRange& of) { return of.range == &range; });
  if (known != ranges_.end()) {
    gets_.push_back(Get{static_cast<size_t>(known - ranges_.begin()), std::move(row)});
    return common::OkStatus();
  }
  OfRange of;
  of.range = &range;
  const RangeSnapshot snapshot = range.range->Snapshot();
  of.input = InputOf(snapshot, snapshot.revision(), now);
  ASSIGN_OR_RETURN(of.plan, ScanPlan::Make(range.range->schema(), spec));
  gets_.push_back(Get{ranges_.size(), std::move(row)});
  ranges_.push_back(std::move(of));
  return common::OkStatus();
}

Result<RowsRead> RowGets::Run() const {
  constexpr size_t kNoBound = SIZE_MAX / 4;
  model::ScanBlockWriter writer;
  for (const Get& get : gets_) {
    const OfRange& of = ranges_[get.range];
    ScanInput input = of.input;
    input.rows = model::RowInterval::Row(get.row);
    ASSIGN_OR_RETURN(const std::unique_ptr<Scan> scan, Scan::Open(of.plan, std::move(input)));
    ScanProgress progress;
    do {
      ASSIGN_OR_RETURN(progress, scan->Fill(kNoBound, &writer));
    } while (progress.more && writer.size_bytes() <= model::kMaxScanBlockBytes);
    if (writer.size_bytes() > model::kMaxScanBlockBytes) {
      return common::InvalidArgument("the rows asked for have more than fits an answer: scan them");
    }
  }
  RowsRead read;
  read.cell_count = writer.cell_count();
  read.block = writer.Finish();
  return read;
}

}  // namespace cellar::rangeserver

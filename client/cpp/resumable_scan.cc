#include "client/cpp/include/resumable_scan.h"

#include <utility>

#include "common/bytes/coding.h"
#include "common/bytes/crc32c.h"
#include "model/error_codes.h"
#include "model/key_codec.h"

namespace cellar::client {
namespace {

//   token := u8 version (1), u32 request, varint64 rows_before, varint64 cells_before, the rest: encoded key
constexpr uint8_t kTokenVersion = 1;

Status Bad(std::string message) {
  return common::InvalidArgument(std::move(message)).WithDetail(model::kBadScanSpec);
}

/// Leaves what is left of a limit. False: nothing is, which no scan that gave a token could have used up.
bool TakeFrom(uint64_t used, uint64_t* limit) {
  if (*limit == 0) return true;
  if (used >= *limit) return false;
  *limit -= used;
  return true;
}

}  // namespace

Result<ResumableScan::Place> ResumableScan::Decode(std::string_view token, uint32_t request) {
  Place place;
  if (token.empty()) return place;
  common::Reader reader(token);
  uint8_t version = 0;
  if (!reader.GetFixed8(&version) || version != kTokenVersion || !reader.GetFixed32(&place.request) ||
      !reader.GetVarint64(&place.rows_before) || !reader.GetVarint64(&place.cells_before)) {
    return Bad("the token is none");
  }
  if (place.request != request) return Bad("the token is of another scan");
  place.last = std::string(reader.rest());
  return place;
}

Result<std::unique_ptr<ResumableScan>> ResumableScan::Open(const std::shared_ptr<Table>& table, model::ScanSpec spec,
                                                           std::string_view token) {
  if (spec.cell_offset != 0) return Bad("a scan that can be taken up again has no cell offset");
  spec.interval_mode = model::IntervalMode::kUnion;
  RETURN_IF_ERROR(spec.Check());
  const uint32_t request = common::Crc32c(table->id().ToString() + " " + spec.Encode());
  ASSIGN_OR_RETURN(Place place, Decode(token, request));
  std::unique_ptr<ResumableScan> scan(new ResumableScan(table, request));
  RETURN_IF_ERROR(scan->TakeUp(std::move(place), &spec));
  ASSIGN_OR_RETURN(scan->scanner_, table->NewScanner(std::move(spec)));
  return scan;
}

Status ResumableScan::TakeUp(Place place, model::ScanSpec* spec) {
  if (place.last.empty()) return Status();
  // Time and revision stay encoded: the family may be one that this table's schema, an older one, does not know.
  RETURN_IF_ERROR(model::KeyCodec().Decode(place.last, &last_).ok() ? Status() : Bad("the token is none"));
  began_ = true;
  rows_before_ = place.rows_before;
  cells_before_ = place.cells_before;
  leave_out_ = std::move(place.last);
  if (!TakeFrom(rows_before_, &spec->row_limit) || !TakeFrom(cells_before_, &spec->cell_limit)) {
    return Bad("the token is none");
  }
  spec->row_offset = 0;
  const model::RowInterval rest = model::RowInterval::AtLeast(last_.row);
  if (!spec->cell_intervals.empty()) {
    std::erase_if(spec->cell_intervals, [this](const model::CellInterval& interval) {
      return interval.end.depth != model::CellBound::Depth::kUnbounded && interval.end.row < last_.row;
    });
    for (model::CellInterval& interval : spec->cell_intervals) {
      if (interval.start.depth == model::CellBound::Depth::kUnbounded || interval.start.row < last_.row) {
        interval.start = model::CellBound::AtRow(last_.row, /*inclusive=*/true);
      }
    }
    return Status();
  }
  spec->row_intervals = spec->row_intervals.empty() ? std::vector<model::RowInterval>{rest}
                                                    : model::IntersectionOf(spec->row_intervals, {rest});
  return Status();
}

bool ResumableScan::Next(model::CellView* cell) {
  while (scanner_->Next(cell)) {
    if (!leave_out_.empty() && cell->key.row == last_.row) {
      key_.clear();
      schema()->key_codec().Encode(cell->key, &key_);
      if (key_ <= leave_out_) {
        ++cells_of_row_;
        continue;
      }
    }
    Remember(*cell);
    return true;
  }
  return false;
}

void ResumableScan::Remember(const model::CellView& cell) {
  if (!began_ || cell.key.row != last_.row) {
    if (began_) {
      ++rows_before_;
      cells_before_ += cells_of_row_;
    }
    began_ = true;
    leave_out_.clear();
    cells_of_row_ = 0;
    last_.row = cell.key.row;
  }
  gave_ = true;
  ++cells_of_row_;
  last_.family = cell.key.family;
  last_.qualifier = cell.key.qualifier;
  last_.flag = cell.key.flag;
  last_.timestamp = cell.key.timestamp;
  last_.revision = cell.key.revision;
}

std::string ResumableScan::Token() const {
  std::string token;
  common::PutFixed8(&token, kTokenVersion);
  common::PutFixed32(&token, request_);
  common::PutVarint64(&token, rows_before_);
  common::PutVarint64(&token, cells_before_);
  if (gave_) {
    schema()->key_codec().Encode(last_.key(), &token);
  } else {
    token += leave_out_;  // as the scan before encoded it, by a schema that knew the family
  }
  return token;
}

}  // namespace cellar::client

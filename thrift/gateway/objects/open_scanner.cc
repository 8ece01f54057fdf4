#include "thrift/gateway/objects/open_scanner.h"

#include <algorithm>
#include <utility>

#include "model/spec_families.h"
#include "thrift/gateway/translate/error_codes.h"

namespace cellar::thrift {
namespace {

constexpr size_t kRoomSlackBytes = 4 << 10;  // batches of one scan differ by less, mostly: by their last cells

}  // namespace

OpenScanner::OpenScanner(std::shared_ptr<client::Table> table, std::unique_ptr<client::Scanner> scanner,
                         std::unique_ptr<client::ResumableScan> resumable, bool shows_updates, int32_t cells_version,
                         BatchLimits limits)
    : table_(std::move(table)),
      shows_updates_(shows_updates),
      cells_version_(cells_version),
      limits_(limits),
      scanner_(std::move(scanner)),
      resumable_(std::move(resumable)) {}

Result<std::shared_ptr<OpenScanner>> OpenScanner::Open(std::shared_ptr<client::Table> table, model::ScanSpec spec,
                                                       int32_t cells_version, BatchLimits limits) {
  RETURN_IF_ERROR(model::CheckFamilies(spec, *table->schema()));
  const bool shows_updates = spec.return_deletes;
  ASSIGN_OR_RETURN(std::unique_ptr<client::Scanner> scanner, table->NewScanner(std::move(spec)));
  return std::shared_ptr<OpenScanner>(
      new OpenScanner(std::move(table), std::move(scanner), nullptr, shows_updates, cells_version, limits));
}

Result<std::shared_ptr<OpenScanner>> OpenScanner::OpenResumable(std::shared_ptr<client::Table> table,
                                                                model::ScanSpec spec, std::string_view token,
                                                                BatchLimits limits) {
  RETURN_IF_ERROR(model::CheckFamilies(spec, *table->schema()));
  const bool shows_updates = spec.return_deletes;
  ASSIGN_OR_RETURN(std::unique_ptr<client::ResumableScan> scan,
                   client::ResumableScan::Open(table, std::move(spec), token));
  return std::shared_ptr<OpenScanner>(
      new OpenScanner(std::move(table), nullptr, std::move(scan), shows_updates, kPackedVersion2, limits));
}

Status OpenScanner::ReadResumable(size_t batch_bytes, PackedList* list, std::string* token, bool* ended) {
  if (!resumable_) return common::InvalidArgument("this scanner gives no tokens").WithDetail(kBadScannerId);
  const Turn::Hold turn(turn_);
  const size_t full = batch_bytes == 0 ? limits_.batch_bytes : std::min(batch_bytes, limits_.answer_bytes);
  model::CellView cell;
  while ((list->empty() || list->size_bytes() < full) && Next(&cell))
    RETURN_IF_ERROR(list->Add(cell, FamilyName(cell.key.family)));
  if (!ended_) RETURN_IF_ERROR(status());
  if (list->size_bytes() > limits_.answer_bytes) return TooLarge();
  *token = resumable_->Token();
  *ended = ended_;
  return Status();
}

const Status& OpenScanner::status() const {
  return resumable_ ? resumable_->status() : scanner_->status();
}

void OpenScanner::Cancel() {
  if (resumable_) {
    resumable_->Cancel();
  } else {
    scanner_->Cancel();
  }
}

bool OpenScanner::Next(model::CellView* cell) {
  if (ended_) return false;
  if (resumable_ ? resumable_->Next(cell) : scanner_->Next(cell)) {
    if (shows_updates_) ShowCounterUpdate(*schema(), cell, &update_text_);
    return true;
  }
  ended_ = status().ok();
  return false;
}

const std::shared_ptr<const model::Schema>& OpenScanner::schema() const {
  return resumable_ ? resumable_->schema() : scanner_->schema();
}

std::string_view OpenScanner::FamilyName(model::FamilyId id) {
  if (id == family_ && family_schema_ == schema()) return family_name_;
  family_schema_ = schema();
  const model::ColumnFamily* family = family_schema_->FindFamily(id);
  family_ = id;
  family_name_ = family == nullptr ? std::string_view() : std::string_view(family->name);
  return family_name_;
}

Status OpenScanner::TooLarge() const {
  return common::InvalidArgument("an answer of more than " + std::to_string(limits_.answer_bytes) +
                                 " bytes: read it with a scanner, in batches")
      .WithDetail(kAnswerTooLarge);
}

template <typename List>
Status OpenScanner::Read(List* list, bool* ended, Until until) {
  const Turn::Hold turn(turn_);
  model::CellView cell;
  bool at_start = true;
  if (held_back_) {
    const model::Cell held = *std::exchange(held_back_, std::nullopt);
    row_ = held.row;
    at_start = false;
    RETURN_IF_ERROR(list->Add(held.view(), FamilyName(held.family)));
  }
  while ((until != Until::kBatchIsFull || list->empty() || list->size_bytes() < limits_.batch_bytes) && Next(&cell)) {
    if (until == Until::kRowEnds) {
      if (at_start) {
        row_ = cell.key.row;
      } else if (cell.key.row != row_) {
        held_back_ = model::Cell(cell);
        break;
      }
      at_start = false;
    }
    RETURN_IF_ERROR(list->Add(cell, FamilyName(cell.key.family)));
    if (list->size_bytes() > limits_.answer_bytes) return TooLarge();
  }
  *ended = ended_ && !held_back_;
  return ended_ ? Status() : status();
}

/// Block by block: what most programs read with, and several times faster than cell by cell.
Status OpenScanner::ReadBatch(PackedList* list, bool* ended) {
  if (resumable_ || shows_updates_) return Read(list, ended, Until::kBatchIsFull);
  const Turn::Hold turn(turn_);
  list->Reserve(batch_room_);
  if (held_back_) {
    const model::Cell held = *std::exchange(held_back_, std::nullopt);
    RETURN_IF_ERROR(list->Add(held.view(), FamilyName(held.family)));
  }
  const size_t full_bytes = std::max(limits_.batch_bytes, kPackedVersionBytes + 1);  // of at least one cell
  while (list->size_bytes() < full_bytes && !ended_) {
    RETURN_IF_ERROR(list->AddAll(scanner_->block(), *scanner_->schema(), full_bytes));
    if (list->size_bytes() >= full_bytes || scanner_->NextBlock()) continue;
    RETURN_IF_ERROR(status());
    ended_ = true;
  }
  if (list->size_bytes() > limits_.answer_bytes) return TooLarge();
  batch_room_ = std::min(list->size_bytes(), full_bytes) + kRoomSlackBytes;
  *ended = ended_;
  return Status();
}

template Status OpenScanner::Read(CellList*, bool*, Until);
template Status OpenScanner::Read(ArrayList*, bool*, Until);
template Status OpenScanner::Read(PackedList*, bool*, Until);

}  // namespace cellar::thrift

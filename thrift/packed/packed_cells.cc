#include "thrift/packed/packed_cells.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/base/check.h"
#include "common/bytes/coding.h"
#include "model/error_codes.h"
#include "thrift/packed/error_codes.h"

namespace cellar::thrift {
namespace {

constexpr size_t kVersionBytes = 4;
constexpr size_t kHeadBytes = 24;  // of version 2
constexpr size_t kLargestFamily = 255;
constexpr size_t kFirstRoomBytes = 256;

}  // namespace

Status ToKeyFlag(int64_t wire_flag, model::KeyFlag* flag) {
  if (wire_flag == kWireInsert) {
    *flag = model::KeyFlag::kInsert;
    return Status();
  }
  if (wire_flag < 0 || wire_flag >= static_cast<int64_t>(model::KeyFlag::kInsert)) {
    return common::InvalidArgument("no cell has the flag " + std::to_string(wire_flag)).WithDetail(model::kBadFormat);
  }
  *flag = static_cast<model::KeyFlag>(wire_flag);
  return Status();
}

// ---- Reading

PackedCellsReader::PackedCellsReader(std::string_view buffer) : rest_(buffer) {
  std::string_view bytes;
  if (!Take(kVersionBytes, &bytes)) return;
  version_ = static_cast<int32_t>(common::LoadFixed32(bytes.data()));
  if (version_ != kPackedVersion1 && version_ != kPackedVersion2) {
    Fail(kVersionMismatch, "packed cells of version " + std::to_string(version_));
  }
}

bool PackedCellsReader::Fail(int32_t code, std::string_view what) {
  status_ = common::InvalidArgument("cell " + std::to_string(cell_count_) + ": " + std::string(what)).WithDetail(code);
  return false;
}

bool PackedCellsReader::Take(size_t size, std::string_view* bytes) {
  if (rest_.size() < size) return Fail(kInputOverrun, "the packed cells end early");
  *bytes = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return true;
}

bool PackedCellsReader::TakeText(std::string_view* text) {
  const size_t end = rest_.find('\0');
  if (end == std::string_view::npos) return Fail(kInputOverrun, "the packed cells end early");
  *text = rest_.substr(0, end);
  rest_.remove_prefix(end + 1);
  return true;
}

bool PackedCellsReader::TakeNumber(int64_t* number) {
  std::string_view bytes;
  if (!Take(sizeof(*number), &bytes)) return false;
  *number = static_cast<int64_t>(common::LoadFixed64(bytes.data()));
  return true;
}

bool PackedCellsReader::Next(PackedCell* cell) {
  if (ended_ || !status_.ok()) return false;
  return version_ == kPackedVersion1 ? NextOfVersion1(cell) : NextOfVersion2(cell);
}

bool PackedCellsReader::End(uint8_t control) {
  terminator_ = control;
  ended_ = true;
  if (!rest_.empty()) Fail(model::kBadFormat, "bytes follow the end of the packed cells");
  return false;
}

bool PackedCellsReader::NextOfVersion1(PackedCell* cell) {
  std::string_view bytes;
  if (!Take(1, &bytes)) return false;
  const auto control = static_cast<uint8_t>(bytes[0]);
  if ((control & kEndOfBuffer) != 0) return End(control);
  if ((control & kHaveTimestamp) != 0) {
    if (!TakeNumber(&timestamp_)) return false;
  } else if ((control & kAutoTimestamp) != 0) {
    timestamp_ = model::kAutomaticTimestamp;
  }
  cell->timestamp = timestamp_;
  cell->has_revision = (control & kHaveRevision) != 0;
  cell->revision = cell->has_revision ? timestamp_ : 0;
  if (cell->has_revision && (control & kRevisionIsTimestamp) == 0 && !TakeNumber(&cell->revision)) return false;
  if (!TakeText(&cell->row) || !TakeText(&cell->family) || !TakeText(&cell->qualifier)) return false;
  if (!Take(sizeof(uint32_t), &bytes)) return false;
  const uint32_t value_size = common::LoadFixed32(bytes.data());
  if (!Take(value_size, &cell->value) || !Take(1, &bytes)) return false;
  return Finish(cell, static_cast<uint8_t>(bytes[0]));
}

bool PackedCellsReader::NextOfVersion2(PackedCell* cell) {
  std::string_view head;
  if (!Take(kHeadBytes, &head)) return false;
  const auto control = static_cast<uint8_t>(head[0]);
  const uint32_t row_size = common::LoadFixed32(head.data() + 4);
  if ((control & kEndOfBuffer) != 0) {
    if (row_size != static_cast<uint32_t>(cell_count_)) {
      return Fail(model::kBadFormat, "the terminator counts " + std::to_string(row_size) + " cells");
    }
    return End(control);
  }
  cell->timestamp = (control & kHaveTimestamp) != 0 ? static_cast<int64_t>(common::LoadFixed64(head.data() + 16))
                                                    : model::kAutomaticTimestamp;
  cell->has_revision = (control & kHaveRevision) != 0;
  cell->revision = 0;
  if (cell->has_revision && !TakeNumber(&cell->revision)) return false;
  if (!Take(row_size, &cell->row) || !Take(static_cast<uint8_t>(head[2]), &cell->family) ||
      !Take(common::LoadFixed32(head.data() + 8), &cell->qualifier) ||
      !Take(common::LoadFixed32(head.data() + 12), &cell->value)) {
    return false;
  }
  return Finish(cell, static_cast<uint8_t>(head[1]));
}

bool PackedCellsReader::Finish(PackedCell* cell, uint8_t wire_flag) {
  const Status known = ToKeyFlag(wire_flag, &cell->flag);
  if (!known.ok()) return Fail(known.detail(), known.message());
  if (cell->row.empty()) {
    if (row_.empty()) return Fail(model::kBadFormat, "the first cell has no row");
    cell->row = row_;
  }
  row_ = cell->row;
  if (cell->flag == model::KeyFlag::kDeleteRow) cell->family = cell->qualifier = std::string_view();
  ++cell_count_;
  return true;
}

// ---- Writing

PackedCellsWriter::PackedCellsWriter(int32_t version) : version_(version) {
  CHECK(version == kPackedVersion1 || version == kPackedVersion2);
  Start();
}

void PackedCellsWriter::Start() {
  buffer_.clear();
  size_ = 0;
  common::StoreFixed32(Grow(kVersionBytes), static_cast<uint32_t>(version_));
  cell_count_ = 0;
  row_offset_ = row_size_ = 0;
}

char* PackedCellsWriter::Grow(size_t size) {
  if (buffer_.size() - size_ < size) [[unlikely]]
    buffer_.resize(std::max(size_ + size, 2 * size_ + kFirstRoomBytes));
  char* const at = buffer_.data() + size_;
  size_ += size;
  return at;
}

Status PackedCellsWriter::Add(const PackedCell& cell) {
  if (cell.row.empty()) return common::InvalidArgument("a cell without a row").WithDetail(kInvalidArgument);
  CHECK(cell.family.size() <= kLargestFamily);
  const std::string_view last_row(buffer_.data() + row_offset_, row_size_);
  const bool repeats = cell_count_ > 0 && cell.row == last_row;
  if (version_ == kPackedVersion1 && (cell.qualifier.find('\0') != std::string_view::npos ||
                                      (!repeats && cell.row.find('\0') != std::string_view::npos))) {
    return common::InvalidArgument("row " + model::QuoteBytes(cell.row) +
                                   ": a NUL in row or qualifier needs packed cells of version 2")
        .WithDetail(model::kBadFormat);
  }
  const std::string_view row = repeats ? std::string_view() : cell.row;
  uint8_t control = cell.timestamp == model::kAutomaticTimestamp ? kAutoTimestamp : kHaveTimestamp;
  if (cell.has_revision) control |= kHaveRevision;
  if (version_ == kPackedVersion1) {
    AddVersion1(cell, row, control);
  } else {
    AddVersion2(cell, row, control);
  }
  ++cell_count_;
  return Status();
}

namespace {

char* Put(char* target, std::string_view bytes) {
  if (!bytes.empty()) std::memcpy(target, bytes.data(), bytes.size());
  return target + bytes.size();
}

char* PutText(char* target, std::string_view text) {
  target = Put(target, text);
  *target = '\0';
  return target + 1;
}

char* PutNumber(char* target, int64_t number) {
  common::StoreFixed64(target, static_cast<uint64_t>(number));
  return target + sizeof(number);
}

}  // namespace

void PackedCellsWriter::AddVersion1(const PackedCell& cell, std::string_view row, uint8_t control) {
  const bool has_timestamp = (control & kHaveTimestamp) != 0;
  const size_t numbers = (has_timestamp ? 8u : 0u) + (cell.has_revision ? 8u : 0u);
  char* at = Grow(1 + numbers + row.size() + cell.family.size() + cell.qualifier.size() + 3 + sizeof(uint32_t) +
                  cell.value.size() + 1);
  *at++ = static_cast<char>(control);
  if (has_timestamp) at = PutNumber(at, cell.timestamp);
  if (cell.has_revision) at = PutNumber(at, cell.revision);
  if (!row.empty()) {
    row_offset_ = static_cast<size_t>(at - buffer_.data());
    row_size_ = row.size();
  }
  at = PutText(at, row);
  at = PutText(at, cell.family);
  at = PutText(at, cell.qualifier);
  common::StoreFixed32(at, static_cast<uint32_t>(cell.value.size()));
  at = Put(at + sizeof(uint32_t), cell.value);
  *at = static_cast<char>(ToWireFlag(cell.flag));
}

void PackedCellsWriter::AddVersion2(const PackedCell& cell, std::string_view row, uint8_t control) {
  char* at = Grow(kHeadBytes + (cell.has_revision ? 8u : 0u) + row.size() + cell.family.size() + cell.qualifier.size() +
                  cell.value.size());
  at[0] = static_cast<char>(control);
  at[1] = static_cast<char>(ToWireFlag(cell.flag));
  at[2] = static_cast<char>(cell.family.size());
  at[3] = 0;
  common::StoreFixed32(at + 4, static_cast<uint32_t>(row.size()));
  common::StoreFixed32(at + 8, static_cast<uint32_t>(cell.qualifier.size()));
  common::StoreFixed32(at + 12, static_cast<uint32_t>(cell.value.size()));
  PutNumber(at + 16, (control & kHaveTimestamp) != 0 ? cell.timestamp : 0);
  at += kHeadBytes;
  if (cell.has_revision) at = PutNumber(at, cell.revision);
  if (!row.empty()) {
    row_offset_ = static_cast<size_t>(at - buffer_.data());
    row_size_ = row.size();
  }
  at = Put(at, row);
  at = Put(at, cell.family);
  at = Put(at, cell.qualifier);
  Put(at, cell.value);
}

std::string PackedCellsWriter::Finish(uint8_t bits) {
  const auto control = static_cast<char>(bits | kEndOfBuffer);
  if (version_ == kPackedVersion1) {
    *Grow(1) = control;
  } else {
    char* at = Grow(kHeadBytes);
    std::memset(at, 0, kHeadBytes);
    at[0] = control;
    common::StoreFixed32(at + 4, cell_count_);
  }
  buffer_.resize(size_);
  std::string buffer = std::move(buffer_);
  Start();
  return buffer;
}

}  // namespace cellar::thrift

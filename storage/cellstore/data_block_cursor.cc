#include "storage/cellstore/data_block_cursor.h"

#include <algorithm>
#include <cstring>

#include "common/bytes/coding.h"
#include "common/bytes/short_bytes.h"
#include "model/key_codec.h"

namespace cellar::storage {

namespace {

constexpr size_t kFirstKeyBytes = 256;
constexpr uint32_t kNibbleEscape = 15;

static_assert(model::kKeySuffixBytes == 16);
static_assert(DataBlockFooter::kBytes >= sizeof(uint64_t), "an element is loaded with up to seven bytes after it");

uint64_t MaskOf(uint8_t bits) {
  return bits >= 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1;
}

/// Element `index` of an array of packed numbers.
inline uint64_t ElementOf(const char* array, uint32_t index, uint8_t bits, uint64_t mask) {
  const uint64_t bit = uint64_t{index} * bits;
  return (common::LoadFixed64(array + bit / 8) >> (bit % 8)) & mask;
}

/// The lengths in front of a cell's bytes.
struct CellHead {
  uint32_t shared = 0;
  uint32_t middle = 0;
  uint32_t tail = 0;
  uint32_t value_size = 0;  ///< Unless same_size.
  bool same_size = false;
};

/// Reads a cell's head; `value_size` of the cell before is kept when it is the same. Returns the byte after it, nullptr
/// when it does not fit before `limit`.
inline const char* ParseHead(const char* next, const char* limit, CellHead* head) {
  if (limit - next < 2) return nullptr;
  head->shared = static_cast<uint8_t>(*next);
  if (head->shared < 0x80) {
    ++next;
  } else {
    next = common::LoadVarint32(next, limit, &head->shared);
    if (next == nullptr || next == limit) return nullptr;
  }
  head->same_size = (head->shared & 1) != 0;
  head->shared >>= 1;
  const auto packed = static_cast<uint8_t>(*next++);
  head->middle = packed >> 4;
  head->tail = packed & 15;
  if (head->middle == kNibbleEscape) [[unlikely]] {
    uint32_t more = 0;
    next = common::LoadVarint32(next, limit, &more);
    if (next == nullptr || more > model::kMaxKeyPrefixBytes) return nullptr;
    head->middle += more;
  }
  if (head->tail == kNibbleEscape) [[unlikely]] {
    uint32_t more = 0;
    next = common::LoadVarint32(next, limit, &more);
    if (next == nullptr || more > model::kMaxKeyPrefixBytes) return nullptr;
    head->tail += more;
  }
  if (head->same_size) return next;
  if (next == limit) return nullptr;
  head->value_size = static_cast<uint8_t>(*next);
  if (head->value_size < 0x80) return next + 1;
  return common::LoadVarint32(next, limit, &head->value_size);
}

bool ParseFooter(std::string_view block, DataBlockFooter* footer) {
  if (block.size() < DataBlockFooter::kBytes) return false;
  common::Reader reader(block.substr(block.size() - DataBlockFooter::kBytes));
  return reader.GetFixed64(&footer->revision_low) && reader.GetFixed64(&footer->time_low) &&
         reader.GetFixed32(&footer->cell_count) && reader.GetFixed32(&footer->cells_size) &&
         reader.GetFixed8(&footer->revision_bits) && reader.GetFixed8(&footer->time_bits) &&
         reader.GetFixed8(&footer->time_mode) && reader.GetFixed8(&footer->restart_interval) &&
         IsArrayWidth(footer->revision_bits) && IsArrayWidth(footer->time_bits) &&
         footer->time_mode <= kTimeIsInvertedRevision && (footer->time_mode == kTimesApart || footer->time_bits == 0) &&
         footer->restart_interval > 0 && footer->cell_count > 0;
}

}  // namespace

DataBlockCursor::DataBlockCursor() : key_(kFirstKeyBytes) {}

Status DataBlockCursor::Open(std::string_view block) {
  valid_ = false;
  damaged_ = false;
  if (!ParseFooter(block, &footer_)) return common::Corruption("data block has a malformed footer");
  restart_count_ =
      footer_.cell_count / footer_.restart_interval + (footer_.cell_count % footer_.restart_interval != 0 ? 1 : 0);
  const uint64_t revisions_size = ArrayBytes(footer_.cell_count, footer_.revision_bits);
  const uint64_t times_size = ArrayBytes(footer_.cell_count, footer_.time_bits);
  const uint64_t size = footer_.cells_size + revisions_size + times_size + uint64_t{restart_count_} * sizeof(uint32_t) +
                        DataBlockFooter::kBytes;
  if (size != block.size()) return common::Corruption("sizes in the footer of a data block do not add up");
  begin_ = block.data();
  cells_end_ = begin_ + footer_.cells_size;
  revisions_ = cells_end_;
  times_ = revisions_ + revisions_size;
  restarts_ = times_ + times_size;
  revision_mask_ = MaskOf(footer_.revision_bits);
  time_mask_ = MaskOf(footer_.time_bits);
  return Status();
}

void DataBlockCursor::Fail() {
  valid_ = false;
  damaged_ = true;
}

void DataBlockCursor::Decode() {
  CellHead head;
  head.value_size = static_cast<uint32_t>(value_.size());
  const char* const bytes = ParseHead(next_, cells_end_, &head);
  if (bytes == nullptr || uint64_t{head.shared} + head.tail > prefix_size_ ||
      uint64_t{head.middle} + head.value_size > static_cast<uint64_t>(cells_end_ - bytes)) [[unlikely]]
    return Fail();
  const size_t size = size_t{head.shared} + head.middle + head.tail;
  if (size < model::kMinKeyPrefixBytes || size > model::kMaxKeyPrefixBytes) [[unlikely]]
    return Fail();
  if (key_.size() < size + model::kKeySuffixBytes) [[unlikely]]
    key_.resize(2 * size + model::kKeySuffixBytes);
  if (size != prefix_size_ && head.tail != 0)
    std::memmove(key_.data() + size - head.tail, key_.data() + prefix_size_ - head.tail, head.tail);
  common::CopyBytes(key_.data() + head.shared, bytes, head.middle);
  prefix_size_ = size;
  value_ = std::string_view(bytes + head.middle, head.value_size);
  next_ = bytes + head.middle + head.value_size;
  StoreSuffix();
  valid_ = true;
}

inline void DataBlockCursor::StoreSuffix() {
  const uint64_t revision =
      footer_.revision_low + ElementOf(revisions_, ordinal_, footer_.revision_bits, revision_mask_);
  uint64_t time = footer_.time_mode == kTimeIsRevision ? revision : ~revision;
  if (footer_.time_mode == kTimesApart)
    time = footer_.time_low + ElementOf(times_, ordinal_, footer_.time_bits, time_mask_);
  common::StoreBigEndian64(key_.data() + prefix_size_, time);
  common::StoreBigEndian64(key_.data() + prefix_size_ + model::kKeyTimestampBytes, revision);
}

void DataBlockCursor::GoToRestart(uint32_t restart) {
  const uint32_t offset = common::LoadFixed32(restarts_ + uint64_t{restart} * sizeof(uint32_t));
  if (offset >= footer_.cells_size) return Fail();
  next_ = begin_ + offset;
  ordinal_ = restart * footer_.restart_interval;
  prefix_size_ = 0;  // a restart shares nothing
  value_ = {};
  Decode();
}

void DataBlockCursor::SeekToFirst() {
  GoToRestart(0);
}

bool DataBlockCursor::RestartIsBefore(uint32_t restart, std::string_view target, std::string* key) const {
  const uint32_t offset = common::LoadFixed32(restarts_ + uint64_t{restart} * sizeof(uint32_t));
  if (offset >= footer_.cells_size) return false;
  CellHead head;
  const char* const bytes = ParseHead(begin_ + offset, cells_end_, &head);
  if (bytes == nullptr || head.shared != 0 || head.tail != 0 || head.same_size ||
      head.middle > static_cast<size_t>(cells_end_ - bytes))
    return false;
  const std::string_view prefix(bytes, head.middle);
  const int order = prefix.compare(target.substr(0, prefix.size()));
  if (order != 0) return order < 0;
  if (target.size() <= prefix.size()) return false;
  // Same prefix: the suffix decides. Rare, so it may take the long way.
  DataBlockCursor cursor = *this;
  cursor.GoToRestart(restart);
  if (!cursor.Valid()) return false;
  key->assign(cursor.key());
  return *key < target;
}

void DataBlockCursor::Seek(std::string_view target) {
  // The last restart whose key is before the target; the first cell at or after it lies within its interval, or is the
  // restart after it.
  uint32_t low = 0;
  uint32_t high = restart_count_;
  std::string scratch;
  while (high - low > 1) {
    const uint32_t middle = low + (high - low) / 2;
    (RestartIsBefore(middle, target, &scratch) ? low : high) = middle;
  }
  GoToRestart(low);
  while (valid_ && key() < target) Next();
}

}  // namespace cellar::storage

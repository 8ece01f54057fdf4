#include "storage/cellstore/data_block_builder.h"

#include <algorithm>
#include <bit>

#include "common/base/check.h"
#include "common/bytes/coding.h"
#include "common/bytes/shared_prefix.h"
#include "model/key_codec.h"

namespace cellar::storage {

namespace {

constexpr size_t kNibbleEscape = 15;
constexpr size_t kMaxCellHeadBytes = 1 + 4 * common::kMaxVarint32Bytes;

size_t SharedTail(std::string_view a, std::string_view b, size_t limit) {
  size_t i = 0;
  while (i < limit && a[a.size() - 1 - i] == b[b.size() - 1 - i]) ++i;
  return i;
}

void PutArray(const std::vector<uint64_t>& numbers, uint64_t low, uint8_t bits, std::string* out) {
  if (bits == 0) return;
  const size_t begin = out->size();
  const size_t size = ArrayBytes(numbers.size(), bits);
  out->resize(begin + size + sizeof(uint64_t));  // room for the last whole store
  char* const array = out->data() + begin;
  size_t bit = 0;
  for (const uint64_t number : numbers) {
    char* const at = array + bit / 8;
    common::StoreFixed64(at, common::LoadFixed64(at) | ((number - low) << (bit % 8)));
    bit += bits;
  }
  out->resize(begin + size);
}

}  // namespace

uint8_t DataBlockBuilder::Spread::bits() const {
  if (high <= low) return 0;
  const int bits = std::bit_width(high - low);
  return bits <= kMaxPackedBits ? static_cast<uint8_t>(bits) : 64;
}

uint8_t DataBlockBuilder::TimeMode() const {
  if (times_are_revisions_) return kTimeIsRevision;
  return times_are_inverted_ ? kTimeIsInvertedRevision : kTimesApart;
}

void DataBlockBuilder::Add(std::string_view key, std::string_view value) {
  const std::string_view prefix = model::KeyPrefixOf(key);
  size_t shared = 0;
  size_t tail = 0;
  bool same_size = false;
  if (revisions_.size() % restart_interval_ == 0) {
    restarts_.push_back(static_cast<uint32_t>(cells_.size()));
  } else {
    shared = common::SharedPrefix(last_prefix_, prefix);
    tail = SharedTail(last_prefix_, prefix, std::min(last_prefix_.size(), prefix.size()) - shared);
    same_size = value.size() == last_value_size_;
  }
  const size_t middle = prefix.size() - shared - tail;

  char head[kMaxCellHeadBytes];
  char* next = common::StoreVarint64(head, shared << 1 | (same_size ? 1 : 0));
  *next++ = static_cast<char>((std::min(middle, kNibbleEscape) << 4) | std::min(tail, kNibbleEscape));
  if (middle >= kNibbleEscape) next = common::StoreVarint64(next, middle - kNibbleEscape);
  if (tail >= kNibbleEscape) next = common::StoreVarint64(next, tail - kNibbleEscape);
  if (!same_size) next = common::StoreVarint64(next, value.size());
  last_value_size_ = value.size();
  cells_.append(head, static_cast<size_t>(next - head));
  cells_.append(prefix.substr(shared, middle));
  cells_.append(value);
  last_prefix_.resize(shared);
  last_prefix_.append(prefix.substr(shared));

  const uint64_t time = common::LoadBigEndian64(key.data() + prefix.size());
  const uint64_t revision = common::LoadBigEndian64(key.data() + prefix.size() + model::kKeyTimestampBytes);
  times_are_revisions_ = times_are_revisions_ && time == revision;
  times_are_inverted_ = times_are_inverted_ && time == ~revision;
  revision_spread_.Add(revision);
  time_spread_.Add(time);
  revisions_.push_back(revision);
  times_.push_back(time);
}

size_t DataBlockBuilder::SizeWith(std::string_view key, std::string_view value) const {
  const uint64_t new_revision = common::LoadBigEndian64(key.data() + key.size() - model::kKeyRevisionBytes);
  const uint64_t new_time = common::LoadBigEndian64(key.data() + key.size() - model::kKeySuffixBytes);
  Spread revision = revision_spread_;
  Spread time = time_spread_;
  revision.Add(new_revision);
  time.Add(new_time);
  const bool needs_times =
      !(times_are_revisions_ && new_time == new_revision) && !(times_are_inverted_ && new_time == ~new_revision);
  const size_t bits = size_t{revision.bits()} + (needs_times ? time.bits() : 0);
  return cells_.size() + kMaxCellHeadBytes + key.size() + value.size() + ((revisions_.size() + 1) * bits + 15) / 8 +
         (restarts_.size() + 1) * sizeof(uint32_t) + DataBlockFooter::kBytes;
}

void DataBlockBuilder::Build(std::string* out) {
  CHECK(!empty());
  const uint8_t mode = TimeMode();
  const uint8_t revision_bits = revision_spread_.bits();
  const uint8_t time_bits = mode == kTimesApart ? time_spread_.bits() : 0;
  out->append(cells_);
  PutArray(revisions_, revision_spread_.low, revision_bits, out);
  PutArray(times_, time_spread_.low, time_bits, out);
  for (const uint32_t offset : restarts_) common::PutFixed32(out, offset);
  common::PutFixed64(out, revision_spread_.low);
  common::PutFixed64(out, mode == kTimesApart ? time_spread_.low : 0);
  common::PutFixed32(out, cell_count());
  common::PutFixed32(out, static_cast<uint32_t>(cells_.size()));
  common::PutFixed8(out, revision_bits);
  common::PutFixed8(out, time_bits);
  common::PutFixed8(out, mode);
  common::PutFixed8(out, restart_interval_);

  cells_.clear();
  restarts_.clear();
  revisions_.clear();
  times_.clear();
  revision_spread_ = Spread();
  time_spread_ = Spread();
  times_are_revisions_ = true;
  times_are_inverted_ = true;
}

}  // namespace cellar::storage

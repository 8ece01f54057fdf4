#include "model/cell_codec.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "common/base/check.h"
#include "common/bytes/coding.h"
#include "common/bytes/shared_prefix.h"
#include "common/bytes/short_bytes.h"
#include "model/error_codes.h"

namespace cellar::model {

namespace {

constexpr size_t kKeyPrefixExtraBytes = 4;  // what a key prefix has beside row and qualifier: two NULs, family, flag

/// The first eight bytes as a number with memcmp's order, shorter strings padded with zeros.
uint64_t InlinePrefix(std::string_view bytes) {
  if (bytes.size() >= 8) return common::LoadBigEndian64(bytes.data());
  char padded[8] = {};
  std::memcpy(padded, bytes.data(), bytes.size());
  return common::LoadBigEndian64(padded);
}

Status BadFrame(std::string message) {
  return common::InvalidArgument("frame: " + std::move(message)).WithDetail(kBadFormat);
}

std::string CellName(uint32_t index) {
  return "cell " + std::to_string(index);
}

/// LoadVarint32 with the usual case, up to three bytes, in line.
inline const char* LoadShortVarint32(const char* next, const char* limit, uint32_t* value) {
  if (limit - next >= 3) [[likely]] {
    const auto byte = [next](size_t i) { return uint32_t{static_cast<unsigned char>(next[i])}; };
    if (byte(0) < 0x80) {
      *value = byte(0);
      return next + 1;
    }
    // A last byte of 0 is for LoadVarint32 to refuse.
    if (byte(1) < 0x80 && byte(1) != 0) {
      *value = (byte(0) & 0x7F) | byte(1) << 7;
      return next + 2;
    }
    if (byte(1) >= 0x80 && byte(2) < 0x80 && byte(2) != 0) {
      *value = (byte(0) & 0x7F) | (byte(1) & 0x7F) << 7 | byte(2) << 14;
      return next + 3;
    }
  }
  return common::LoadVarint32(next, limit, value);
}

/// Decodes one cell from the front of `bytes`; returns its length, 0 when it is not all there.
[[gnu::always_inline]] inline size_t DecodeCell(std::string_view bytes, EncodedCell* cell) {
  const char* const limit = bytes.data() + bytes.size();
  uint32_t key_size = 0;
  uint32_t value_size = 0;
  uint32_t tag = 0;
  const char* next = LoadShortVarint32(bytes.data(), limit, &key_size);
  if (next != nullptr) next = LoadShortVarint32(next, limit, &value_size);
  if (next != nullptr) next = LoadShortVarint32(next, limit, &tag);
  if (next == nullptr) return 0;
  cell->ordinal = tag >> 1;
  cell->has_timestamp = (tag & 1) != 0;
  cell->timestamp = kAutomaticTimestamp;
  if (cell->has_timestamp) {
    if (limit - next < 8) return 0;
    cell->timestamp = static_cast<int64_t>(common::LoadFixed64(next));
    next += 8;
  }
  if (static_cast<uint64_t>(limit - next) < uint64_t{key_size} + value_size) return 0;
  cell->key_prefix = std::string_view(next, key_size);
  cell->value = std::string_view(next + key_size, value_size);
  const size_t size = static_cast<size_t>(next - bytes.data()) + key_size + value_size;
  cell->bytes = bytes.substr(0, size);
  return size;
}

/// Order of two versions of one column and flag, whatever the base revision; `*mixed` when it depends on it.
int CompareVersions(const EncodedCell& a, const EncodedCell& b, bool oldest_first, bool* mixed) {
  if (a.has_timestamp != b.has_timestamp) *mixed = true;
  const int newest_revision_first = a.ordinal == b.ordinal ? 0 : (a.ordinal > b.ordinal ? -1 : 1);
  if (!a.has_timestamp && !b.has_timestamp) return oldest_first ? -newest_revision_first : newest_revision_first;
  if (a.timestamp == b.timestamp) return newest_revision_first;
  return (a.timestamp > b.timestamp) != oldest_first ? -1 : 1;
}

}  // namespace

namespace {

/// Writes what stands before the key prefix; needs kMaxCellHeaderBytes. Returns the byte after it.
char* StoreCellHeader(size_t key_size, size_t value_size, uint32_t ordinal, bool has_timestamp, int64_t timestamp,
                      char* target) {
  target = common::StoreVarint64(target, key_size);
  target = common::StoreVarint64(target, value_size);
  target = common::StoreVarint64(target, (uint64_t{ordinal} << 1) | (has_timestamp ? 1 : 0));
  if (!has_timestamp) return target;
  common::StoreFixed64(target, static_cast<uint64_t>(timestamp));
  return target + sizeof(timestamp);
}

}  // namespace

void AppendCell(std::string_view key_prefix, std::string_view value, uint32_t ordinal, bool has_timestamp,
                int64_t timestamp, std::string* out) {
  char header[kMaxCellHeaderBytes];
  const char* const next = StoreCellHeader(key_prefix.size(), value.size(), ordinal, has_timestamp, timestamp, header);
  out->append(header, static_cast<size_t>(next - header));
  out->append(key_prefix);
  out->append(value);
}

namespace {

[[gnu::cold]] Status CutOff(size_t offset) {
  return common::Corruption("cell at offset " + std::to_string(offset) + " is cut off");
}

}  // namespace

bool CellReader::Next(EncodedCell* cell) {
  if (rest_.empty() || !status_.ok()) return false;
  const size_t size = DecodeCell(rest_, cell);
  if (size == 0) {
    status_ = CutOff(size_ - rest_.size());
    return false;
  }
  rest_.remove_prefix(size);
  return true;
}

namespace {

/// Verifies the cells of a frame one by one and collects its rows.
class FrameParser {
 public:
  FrameParser(const CellLimits& limits, const KeyCodec& codec, FrameView* frame)
      : limits_(limits), codec_(codec), frame_(frame) {}

  Status Parse() {
    CellReader reader(frame_->cells);
    EncodedCell cell;
    while (reader.Next(&cell)) RETURN_IF_ERROR(Take(cell));
    if (!reader.status().ok()) return BadFrame(std::string(reader.status().message()));
    if (count_ != frame_->cell_count)
      return BadFrame("declares " + std::to_string(frame_->cell_count) + " cells, has " + std::to_string(count_));
    return common::Status();
  }

 private:
  Status Take(const EncodedCell& cell) {
    EncodedKeyParts parts;
    Status status = CheckOne(cell, &parts);
    if (!status.ok()) return std::move(status).WithContext(CellName(count_));
    RETURN_IF_ERROR(CheckOrder(cell, parts));
    if (count_ == 0 || parts.row != frame_->rows.back().escaped_row) {
      RowExtent row;
      row.escaped_row = parts.row;
      row.offset = static_cast<uint32_t>(cell.bytes.data() - frame_->cells.data());
      frame_->rows.push_back(row);
    }
    frame_->families[parts.family.get()] = true;
    frame_->rows.back().size += static_cast<uint32_t>(cell.bytes.size());
    ++frame_->rows.back().cell_count;
    previous_ = cell;
    ++count_;
    return common::Status();
  }

  Status CheckOne(const EncodedCell& cell, EncodedKeyParts* parts) const {
    RETURN_IF_ERROR(CheckKeyPrefix(cell.key_prefix, limits_, parts));
    RETURN_IF_ERROR(CheckValue(cell.value, limits_.max_value_bytes));
    if (cell.has_timestamp) RETURN_IF_ERROR(CheckTimestamp(cell.timestamp));
    if (parts->flag == KeyFlag::kDeleteVersion && !cell.has_timestamp)
      return common::InvalidArgument("delete of a version without a timestamp").WithDetail(kBadKey);
    if (IsDeleteMarker(parts->flag) && !cell.value.empty())
      return common::InvalidArgument("delete marker with a value").WithDetail(kBadKey);
    if (cell.ordinal >= frame_->ordinal_span)
      return BadFrame("ordinal " + std::to_string(cell.ordinal) + " is not below the declared span");
    return common::Status();
  }

  Status CheckOrder(const EncodedCell& cell, const EncodedKeyParts& parts) const {
    if (count_ == 0) return common::Status();
    // Rows are compared escaped and with their terminator, as in keys.
    const size_t previous_row_size = frame_->rows.back().escaped_row.size() + 1;
    const std::string_view previous_row = previous_.key_prefix.substr(0, previous_row_size);
    if (cell.key_prefix.substr(0, parts.row.size() + 1) < previous_row)
      return BadFrame(CellName(count_) + " has a lower row than the one before");
    if (!frame_->sorted) return common::Status();
    const int order = cell.key_prefix.compare(previous_.key_prefix);
    bool mixed = false;
    const bool ascends =
        order > 0 ||
        (order == 0 && CompareVersions(previous_, cell, codec_.is_oldest_first(parts.family), &mixed) < 0 && !mixed);
    if (!ascends) return BadFrame(CellName(count_) + " is not in key order though the frame claims to be sorted");
    return common::Status();
  }

  const CellLimits& limits_;
  const KeyCodec& codec_;
  FrameView* frame_;
  EncodedCell previous_;
  uint32_t count_ = 0;
};

}  // namespace

namespace {

/// All of a frame but its rows.
Result<FrameView> ReadFrameHead(std::string_view frame) {
  if (frame.size() > kMaxFrameBytes)
    return BadFrame("has " + std::to_string(frame.size()) + " bytes, the limit is " + std::to_string(kMaxFrameBytes));
  common::Reader reader(frame);
  uint8_t version = 0;
  uint8_t flags = 0;
  FrameView view;
  if (!reader.GetFixed8(&version) || !reader.GetFixed8(&flags) || !reader.GetVarint32(&view.cell_count) ||
      !reader.GetVarint32(&view.ordinal_span))
    return BadFrame("header is cut off");
  if (version != kFrameVersion) return BadFrame("version " + std::to_string(version) + " is not known");
  if ((flags & ~kFrameSorted) != 0) return BadFrame("flags " + std::to_string(flags) + " are not known");
  if (view.ordinal_span > kMaxFrameCells || view.cell_count > view.ordinal_span)
    return BadFrame("declares " + std::to_string(view.cell_count) + " cells and an ordinal span of " +
                    std::to_string(view.ordinal_span));
  view.sorted = (flags & kFrameSorted) != 0;
  view.cells = reader.rest();
  return view;
}

/// Whether the key prefix is of the row with this esc(row) and terminator.
bool IsOfRow(std::string_view key_prefix, std::string_view row_prefix) {
  return !row_prefix.empty() && key_prefix.size() > row_prefix.size() &&
         common::EqualBytes(key_prefix.data(), row_prefix.data(), row_prefix.size()) &&
         key_prefix[row_prefix.size()] != '\xFF';
}

}  // namespace

Result<FrameView> ParseFrame(std::string_view frame, const CellLimits& limits, const KeyCodec& codec) {
  ASSIGN_OR_RETURN(FrameView view, ReadFrameHead(frame));
  RETURN_IF_ERROR(FrameParser(limits, codec, &view).Parse());
  return view;
}

Result<FrameView> ViewFrame(std::string_view frame) {
  ASSIGN_OR_RETURN(FrameView view, ReadFrameHead(frame));
  std::string_view row_prefix;  // of the last row
  EncodedCell cell;
  for (size_t offset = 0; offset < view.cells.size(); offset += cell.bytes.size()) {
    if (DecodeCell(view.cells.substr(offset), &cell) == 0) return CutOff(offset);
    if (!IsOfRow(cell.key_prefix, row_prefix)) {
      row_prefix = cell.key_prefix.substr(0, RowPrefixLength(cell.key_prefix));
      RowExtent row;
      row.escaped_row = row_prefix.substr(0, row_prefix.size() - 1);
      row.offset = static_cast<uint32_t>(offset);
      view.rows.push_back(row);
    }
    view.families[static_cast<uint8_t>(cell.key_prefix[row_prefix.size()])] = true;
    view.rows.back().size += static_cast<uint32_t>(cell.bytes.size());
    ++view.rows.back().cell_count;
  }
  return view;
}

namespace {

/// StoreKeyPrefix of what needs no escapes; null for other keys, of which it says nothing else.
char* StorePlainKeyPrefix(const KeyView& key, char* target) {
  if (!common::CopyUnlessNul(target, key.row.data(), key.row.size())) return nullptr;
  target += key.row.size();
  *target++ = '\0';
  *target++ = static_cast<char>(key.family.get());
  if (!common::CopyUnlessNul(target, key.qualifier.data(), key.qualifier.size())) return nullptr;
  target += key.qualifier.size();
  *target++ = '\0';
  *target++ = static_cast<char>(key.flag);
  return target;
}

/// Whether the key prefix of `key`, which needs no escapes, is above `before`: another one, or nothing. Looks at the
/// key and not at the bytes just made of it, which would wait for them to be written.
bool IsPlainKeyAbove(const KeyView& key, std::string_view before) {
  const auto byte = [](std::string_view bytes, size_t i) { return static_cast<unsigned char>(bytes[i]); };
  if (before.empty()) return true;
  // Without a NUL of its own, row or qualifier ends within `before`, or differs from it, where that has its first one.
  const size_t in_row = common::SharedPrefix(key.row, before);
  if (in_row < key.row.size()) return byte(key.row, in_row) > byte(before, in_row);
  before.remove_prefix(in_row);
  if (byte(before, 0) != 0) return false;
  if (byte(before, 1) != key.family.get()) return key.family.get() > byte(before, 1);
  before.remove_prefix(2);
  const size_t in_qualifier = common::SharedPrefix(key.qualifier, before);
  if (in_qualifier < key.qualifier.size()) return byte(key.qualifier, in_qualifier) > byte(before, in_qualifier);
  before.remove_prefix(in_qualifier);
  return byte(before, 0) == 0 && static_cast<uint8_t>(key.flag) > byte(before, 1);
}

}  // namespace

void FrameBuilder::Add(const CellView& cell) {
  CHECK(cell_count_ < kMaxFrameCells && cells_.size() < kMaxFrameBytes);
  const KeyView& key = cell.key;
  const size_t begin = cells_.size();
  const auto begin_cell = [&](size_t prefix_size) {
    char* const target = cells_.Reserve(kMaxCellHeaderBytes + prefix_size + cell.value.size());
    return StoreCellHeader(prefix_size, cell.value.size(), cell_count_, key.timestamp != kAutomaticTimestamp,
                           key.timestamp, target);
  };
  const auto last_prefix = [this] { return cells_.view().substr(last_prefix_at_, last_prefix_size_); };
  // Nearly no key has a NUL, and for one that has it is made again.
  char* prefix = begin_cell(key.row.size() + key.qualifier.size() + kKeyPrefixExtraBytes);
  char* value = StorePlainKeyPrefix(key, prefix);
  bool is_above = false;
  if (value != nullptr) [[likely]] {
    is_above = !ascends_ || IsPlainKeyAbove(key, last_prefix());
  } else {
    prefix = begin_cell(KeyPrefixLength(key.row, key.qualifier));
    value = StoreKeyPrefix(key.row, key.family, key.qualifier, key.flag, prefix);
    is_above = !ascends_ || std::string_view(prefix, static_cast<size_t>(value - prefix)) > last_prefix();
  }
  common::CopyBytes(value, cell.value.data(), cell.value.size());
  cells_.WrittenUpTo(value + cell.value.size());

  const std::string_view key_prefix(prefix, static_cast<size_t>(value - prefix));
  if (!is_above) EnterAll(begin);
  if (!ascends_) Enter(static_cast<uint32_t>(begin), static_cast<uint32_t>(cells_.size()), key_prefix);
  last_prefix_at_ = static_cast<size_t>(prefix - cells_.view().data());
  last_prefix_size_ = key_prefix.size();
  ++cell_count_;
}

void FrameBuilder::Enter(uint32_t offset, uint32_t end, std::string_view key_prefix) {
  Entry entry;
  entry.prefix = InlinePrefix(key_prefix);
  entry.offset = offset;
  entry.ordinal = static_cast<uint32_t>(entries_.size());
  entries_.push_back(entry);
  ends_.push_back(end);
}

/// Of the cells in the first `size` bytes.
void FrameBuilder::EnterAll(size_t size) {
  ascends_ = false;
  const std::string_view cells = cells_.view().substr(0, size);
  CellReader reader(cells);
  EncodedCell cell;
  while (reader.Next(&cell)) {
    const auto offset = static_cast<uint32_t>(cell.bytes.data() - cells.data());
    Enter(offset, offset + static_cast<uint32_t>(cell.bytes.size()), cell.key_prefix);
  }
}

bool FrameBuilder::Less(const Entry& a, const Entry& b, bool* mixed) const {
  if (a.prefix != b.prefix) return a.prefix < b.prefix;
  EncodedCell left;
  EncodedCell right;
  DecodeCell(cells_.view().substr(a.offset), &left);
  DecodeCell(cells_.view().substr(b.offset), &right);
  const int order = left.key_prefix.compare(right.key_prefix);
  if (order != 0) return order < 0;
  const FamilyId family = SplitKeyPrefix(left.key_prefix).family;
  bool differ = false;
  const int versions = CompareVersions(left, right, codec_.is_oldest_first(family), &differ);
  if (differ) {
    *mixed = true;
    return left.has_timestamp < right.has_timestamp;  // Any total order will do: the server sorts.
  }
  return versions < 0;
}

/// By radix, low bytes first; bytes that all prefixes have in common are passed over.
void FrameBuilder::SortByPrefix() {
  constexpr size_t kBytes = sizeof(Entry::prefix);
  const auto byte_of = [](const Entry& entry, size_t byte) { return (entry.prefix >> (8 * byte)) & 0xFF; };
  std::array<std::array<uint32_t, 256>, kBytes> counts{};
  for (const Entry& entry : entries_) {
    for (size_t byte = 0; byte < kBytes; ++byte) ++counts[byte][byte_of(entry, byte)];
  }
  scratch_.resize(entries_.size());
  for (size_t byte = 0; byte < kBytes; ++byte) {
    std::array<uint32_t, 256>& places = counts[byte];
    if (places[byte_of(entries_.front(), byte)] == entries_.size()) continue;
    uint32_t next = 0;
    for (uint32_t& place : places) next += std::exchange(place, next);
    for (const Entry& entry : entries_) scratch_[places[byte_of(entry, byte)]++] = entry;
    entries_.swap(scratch_);
  }
}

void FrameBuilder::Sort(bool* mixed) {
  constexpr size_t kFewEntries = 256;
  const auto less = [this, mixed](const Entry& a, const Entry& b) { return Less(a, b, mixed); };
  if (entries_.size() < kFewEntries) {
    std::sort(entries_.begin(), entries_.end(), less);
    return;
  }
  SortByPrefix();
  for (auto begin = entries_.begin(); begin != entries_.end();) {
    auto end = begin + 1;
    while (end != entries_.end() && end->prefix == begin->prefix) ++end;
    if (end - begin > 1) std::sort(begin, end, less);
    begin = end;
  }
}

std::string FrameBuilder::Build() {
  bool mixed = false;
  if (!ascends_) Sort(&mixed);
  std::string frame;
  frame.reserve(cells_.size() + kFrameHeaderBytes);
  common::PutFixed8(&frame, kFrameVersion);
  common::PutFixed8(&frame, mixed ? 0 : kFrameSorted);
  common::PutVarint32(&frame, cell_count_);
  common::PutVarint32(&frame, cell_count_);
  if (ascends_) frame.append(cells_.view());
  for (const Entry& entry : entries_)
    frame.append(cells_.view().substr(entry.offset, ends_[entry.ordinal] - entry.offset));
  cells_.clear();
  cell_count_ = 0;
  ascends_ = true;
  last_prefix_at_ = last_prefix_size_ = 0;
  entries_.clear();
  ends_.clear();
  return frame;
}

void AppendWholeKey(const EncodedCell& cell, Revision base, const KeyCodec& codec, std::string* out) {
  const Revision revision{base.get() + cell.ordinal};
  const FamilyId family{static_cast<uint8_t>(cell.key_prefix[RowPrefixLength(cell.key_prefix)])};
  char suffix[kKeySuffixBytes];
  codec.StoreSuffix(family, cell.has_timestamp ? cell.timestamp : revision.get(), revision, suffix);
  out->append(cell.key_prefix);
  out->append(suffix, sizeof(suffix));
}

}  // namespace cellar::model

#include "model/key_codec.h"

#include <algorithm>
#include <cstring>

#include "common/base/check.h"
#include "common/bytes/coding.h"
#include "common/bytes/short_bytes.h"
#include "model/error_codes.h"

namespace cellar::model {

namespace {

constexpr char kNul = '\0';
constexpr char kEscapedNul = '\xFF';

uint64_t Ascending(int64_t value) {
  return static_cast<uint64_t>(value) ^ kKeySignBit;
}

/// Length of the escaped part at the front, up to its terminator; npos when there is none.
size_t EscapedLength(std::string_view bytes) {
  size_t from = 0;
  while (true) {
    const size_t nul = from + common::FindNul(bytes.data() + from, bytes.size() - from);
    if (nul == bytes.size()) return std::string_view::npos;
    if (nul + 1 == bytes.size()) return nul;
    if (bytes[nul + 1] != kEscapedNul) return nul;
    from = nul + 2;
  }
}

bool FlagAllows(KeyFlag flag, FamilyId family, std::string_view qualifier) {
  switch (flag) {
    case KeyFlag::kDeleteRow:
      return family.get() == 0 && qualifier.empty();
    case KeyFlag::kDeleteFamily:
      return family.get() >= kMinFamilyId && qualifier.empty();
    default:
      return family.get() >= kMinFamilyId;
  }
}

std::string RowAndFamily(std::string_view row, uint8_t family) {
  std::string out;
  AppendEscaped(row, &out);
  out.push_back(kNul);
  out.push_back(static_cast<char>(family));
  return out;
}

}  // namespace

void AppendEscaped(std::string_view bytes, std::string* out) {
  while (true) {
    const size_t nul = bytes.find(kNul);
    if (nul == std::string_view::npos) {
      out->append(bytes);
      return;
    }
    out->append(bytes.data(), nul + 1);
    out->push_back(kEscapedNul);
    bytes.remove_prefix(nul + 1);
  }
}

bool AppendUnescaped(std::string_view escaped, std::string* out) {
  while (true) {
    const size_t nul = escaped.find(kNul);
    if (nul == std::string_view::npos) {
      out->append(escaped);
      return true;
    }
    if (nul + 1 == escaped.size() || escaped[nul + 1] != kEscapedNul) return false;
    out->append(escaped.data(), nul + 1);
    escaped.remove_prefix(nul + 2);
  }
}

namespace {

size_t EscapedSize(std::string_view bytes) {
  const size_t first_nul = common::FindNul(bytes.data(), bytes.size());
  if (first_nul == bytes.size()) return bytes.size();
  return bytes.size() + static_cast<size_t>(std::count(bytes.begin() + first_nul, bytes.end(), kNul));
}

char* StoreEscaped(std::string_view bytes, char* target) {
  while (true) {
    const size_t nul = common::FindNul(bytes.data(), bytes.size());
    common::CopyBytes(target, bytes.data(), nul);
    target += nul;
    if (nul == bytes.size()) return target;
    *target++ = kNul;
    *target++ = kEscapedNul;
    bytes.remove_prefix(nul + 1);
  }
}

}  // namespace

size_t KeyPrefixLength(std::string_view row, std::string_view qualifier) {
  return EscapedSize(row) + EscapedSize(qualifier) + 4;
}

char* StoreKeyPrefix(std::string_view row, FamilyId family, std::string_view qualifier, KeyFlag flag, char* target) {
  target = StoreEscaped(row, target);
  *target++ = kNul;
  *target++ = static_cast<char>(family.get());
  target = StoreEscaped(qualifier, target);
  *target++ = kNul;
  *target++ = static_cast<char>(flag);
  return target;
}

void AppendKeyPrefix(std::string_view row, FamilyId family, std::string_view qualifier, KeyFlag flag,
                     std::string* out) {
  const size_t size = out->size();
  out->resize(size + KeyPrefixLength(row, qualifier));
  StoreKeyPrefix(row, family, qualifier, flag, out->data() + size);
}

bool ParseKeyPrefix(std::string_view key_prefix, EncodedKeyParts* parts) {
  if (key_prefix.size() < kMinKeyPrefixBytes) return false;
  const size_t row_size = EscapedLength(key_prefix);
  if (row_size == 0 || row_size == std::string_view::npos) return false;
  parts->row = key_prefix.substr(0, row_size);
  const std::string_view column = key_prefix.substr(row_size + 1);
  if (column.size() < 3) return false;
  parts->family = FamilyId{static_cast<uint8_t>(column[0])};
  const size_t qualifier_size = EscapedLength(column.substr(1));
  if (qualifier_size != column.size() - 3) return false;
  parts->qualifier = column.substr(1, qualifier_size);
  const auto flag = static_cast<uint8_t>(column.back());
  if (parts->family.get() > kMaxFamilyId || flag > kLargestKeyFlag) return false;
  parts->flag = static_cast<KeyFlag>(flag);
  return FlagAllows(parts->flag, parts->family, parts->qualifier);
}

Status CheckKeyPrefix(std::string_view key_prefix, const CellLimits& limits, EncodedKeyParts* parts) {
  if (key_prefix.size() > kMaxKeyPrefixBytes || !ParseKeyPrefix(key_prefix, parts))
    return common::InvalidArgument("malformed key " + QuoteBytes(key_prefix)).WithDetail(kBadKey);
  // An escaped part is at most twice as long, so short ones need no counting.
  if (parts->row.size() > limits.max_row_bytes) {
    std::string row;
    AppendUnescaped(parts->row, &row);
    RETURN_IF_ERROR(CheckRow(row, limits.max_row_bytes));
  }
  if (parts->qualifier.size() > kMaxQualifierBytes) {
    std::string qualifier;
    AppendUnescaped(parts->qualifier, &qualifier);
    RETURN_IF_ERROR(CheckQualifier(qualifier));
  }
  return common::Status();
}

EncodedKeyParts SplitKeyPrefix(std::string_view key_prefix) {
  EncodedKeyParts parts;
  const size_t row_size = RowPrefixLength(key_prefix) - 1;
  parts.row = key_prefix.substr(0, row_size);
  parts.family = FamilyId{static_cast<uint8_t>(key_prefix[row_size + 1])};
  parts.qualifier = key_prefix.substr(row_size + 2, key_prefix.size() - row_size - 4);
  parts.flag = static_cast<KeyFlag>(key_prefix.back());
  return parts;
}

size_t RowPrefixLength(std::string_view key) {
  const size_t length = EscapedLength(key);
  CHECK(length != std::string_view::npos);
  return length + 1;
}

std::string RowOfKey(std::string_view key) {
  std::string row;
  CHECK(AppendUnescaped(key.substr(0, RowPrefixLength(key) - 1), &row));
  return row;
}

void KeyCodec::StoreSuffix(FamilyId family, int64_t timestamp, Revision revision, char* target) const {
  const uint64_t time = Ascending(timestamp);
  common::StoreBigEndian64(target, is_oldest_first(family) ? time : ~time);
  common::StoreBigEndian64(target + kKeyTimestampBytes, ~Ascending(revision.get()));
}

void KeyCodec::Encode(const KeyView& key, std::string* out) const {
  AppendKeyPrefix(key.row, key.family, key.qualifier, key.flag, out);
  char suffix[kKeySuffixBytes];
  StoreSuffix(key.family, key.timestamp, key.revision, suffix);
  out->append(suffix, sizeof(suffix));
}

int64_t KeyCodec::Timestamp(std::string_view encoded) const {
  return Timestamp(encoded, FamilyId{static_cast<uint8_t>(encoded[RowPrefixLength(encoded)])});
}

Status KeyCodec::Decode(std::string_view encoded, Cell* cell) const {
  EncodedKeyParts parts;
  if (encoded.size() < kKeySuffixBytes || !ParseKeyPrefix(KeyPrefixOf(encoded), &parts))
    return common::Corruption("malformed key " + QuoteBytes(encoded));
  cell->row.clear();
  cell->qualifier.clear();
  CHECK(AppendUnescaped(parts.row, &cell->row) && AppendUnescaped(parts.qualifier, &cell->qualifier));
  cell->family = parts.family;
  cell->flag = parts.flag;
  cell->timestamp = Timestamp(encoded);
  cell->revision = KeyRevision(encoded);
  return common::Status();
}

std::string RowStart(std::string_view row) {
  std::string out;
  AppendEscaped(row, &out);
  return out;
}

std::string RowEnd(std::string_view row) {
  return RowAndFamily(row, 0xFF);
}

std::string FamilyStart(std::string_view row, FamilyId family) {
  return RowAndFamily(row, family.get());
}

std::string FamilyEnd(std::string_view row, FamilyId family) {
  return RowAndFamily(row, static_cast<uint8_t>(family.get() + 1));
}

std::string ColumnStart(std::string_view row, FamilyId family, std::string_view qualifier) {
  std::string out = RowAndFamily(row, family.get());
  AppendEscaped(qualifier, &out);
  return out;
}

std::string ColumnEnd(std::string_view row, FamilyId family, std::string_view qualifier) {
  std::string out = ColumnStart(row, family, qualifier);
  out.push_back(kNul);
  out.push_back(kEscapedNul);
  return out;
}

std::optional<std::string> RowPrefixEnd(std::string_view row_prefix) {
  return PrefixEnd(RowStart(row_prefix));
}

std::optional<std::string> PrefixEnd(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xFF') end.pop_back();
  if (end.empty()) return std::nullopt;
  end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

}  // namespace cellar::model

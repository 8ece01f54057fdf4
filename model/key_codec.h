#pragma once

#include <bitset>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/bytes/coding.h"
#include "model/cell.h"
#include "model/key.h"

namespace cellar::model {

/// The encoded key: one byte string whose memcmp order is the sort order (docs/internals/keys.md).
///
///     esc(row) 00 family esc(qualifier) 00 flag timestamp(8) revision(8)
///
/// esc writes NUL as 00 FF, and no byte after a terminating 00 is ever FF. A **key prefix** is the part up to and with
/// the flag: what a client sends before the server has given the revision.

inline constexpr size_t kKeyTimestampBytes = 8;
inline constexpr size_t kKeyRevisionBytes = 8;
inline constexpr size_t kKeySuffixBytes = kKeyTimestampBytes + kKeyRevisionBytes;
inline constexpr uint64_t kKeySignBit = uint64_t{1} << 63;  ///< Flipped, so that negative numbers come first.
inline constexpr size_t kMinKeyPrefixBytes = 5;             ///< One byte of row, 00, family, 00, flag.
inline constexpr size_t kMaxKeyPrefixBytes = 2 * (kMaxSystemRowBytes + kMaxQualifierBytes) + 4;

using FamilySet = std::bitset<256>;

/// A key prefix or a whole key in parts that are still escaped; views into it. Free of allocation.
struct EncodedKeyParts {
  std::string_view row;  ///< esc(row), without the terminator.
  FamilyId family;
  std::string_view qualifier;  ///< esc(qualifier), without the terminator.
  KeyFlag flag = KeyFlag::kInsert;
};

/// Encodes and decodes keys of one table. A small value; copies are cheap. Depends only on which families have
/// TIME_ORDER DESC, which never changes for a family.
class KeyCodec {
 public:
  KeyCodec() = default;
  explicit KeyCodec(const FamilySet& time_order_desc) : time_order_desc_(time_order_desc) {}

  /// Appends the whole key. The timestamp is stored as it is: kAutomaticTimestamp must have been replaced.
  void Encode(const KeyView& key, std::string* out) const;

  /// Writes the 16 bytes that follow a key prefix of `family`.
  void StoreSuffix(FamilyId family, int64_t timestamp, Revision revision, char* target) const;

  /// Decodes and verifies every byte. kCorruption.
  Status Decode(std::string_view encoded, Cell* cell) const;

  /// Of a valid whole key.
  int64_t Timestamp(std::string_view encoded) const;
  /// The same for who knows the key's family already: without a look at the row.
  int64_t Timestamp(std::string_view encoded, FamilyId family) const {
    const uint64_t bits = common::LoadBigEndian64(encoded.data() + encoded.size() - kKeySuffixBytes);
    return static_cast<int64_t>((is_oldest_first(family) ? bits : ~bits) ^ kKeySignBit);
  }

  /// TIME_ORDER DESC: oldest version first.
  bool is_oldest_first(FamilyId family) const { return time_order_desc_[family.get()]; }

 private:
  FamilySet time_order_desc_;
};

// ---- Building parts

void AppendEscaped(std::string_view bytes, std::string* out);
void AppendKeyPrefix(std::string_view row, FamilyId family, std::string_view qualifier, KeyFlag flag, std::string* out);

/// The length of a key prefix, and what writes it at an address that has so much room; returns the byte after it.
size_t KeyPrefixLength(std::string_view row, std::string_view qualifier);
char* StoreKeyPrefix(std::string_view row, FamilyId family, std::string_view qualifier, KeyFlag flag, char* target);

/// Appends the bytes that `escaped` stands for; false when it is no valid escape of anything.
bool AppendUnescaped(std::string_view escaped, std::string* out);

// ---- Taking apart. All but ParseKeyPrefix and CheckKeyPrefix take a valid key (whole, unless said otherwise).

/// Splits a key prefix after checking its structure: terminators, escapes, family, flag, and which parts a flag allows.
/// Sizes are checked by CheckKeyPrefix. False when it is malformed.
bool ParseKeyPrefix(std::string_view key_prefix, EncodedKeyParts* parts);

/// ParseKeyPrefix and the limits on row and qualifier. kInvalidArgument with public code 9.
Status CheckKeyPrefix(std::string_view key_prefix, const CellLimits& limits, EncodedKeyParts* parts);

/// Parts of a valid key prefix or, with kKeySuffixBytes cut off, key. No checks.
EncodedKeyParts SplitKeyPrefix(std::string_view key_prefix);
inline std::string_view KeyPrefixOf(std::string_view key) {
  return key.substr(0, key.size() - kKeySuffixBytes);
}

/// Length of esc(row) and its terminator, in a key prefix or whole key. Two keys are of one row when these bytes are
/// equal.
size_t RowPrefixLength(std::string_view key);

/// Length of row, family, qualifier and both terminators: all but flag, timestamp, revision. Equal bytes: one column.
inline size_t ColumnPrefixLength(std::string_view key) {
  return key.size() - kKeySuffixBytes - 1;
}

inline Revision KeyRevision(std::string_view key) {
  const uint64_t bits = common::LoadBigEndian64(key.data() + key.size() - kKeyRevisionBytes);
  return Revision{static_cast<int64_t>(~bits ^ kKeySignBit)};
}
inline KeyFlag FlagOfKey(std::string_view key) {
  return static_cast<KeyFlag>(key[key.size() - kKeySuffixBytes - 1]);
}

/// The row of a key or key prefix, unescaped.
std::string RowOfKey(std::string_view key);

inline bool SameRow(std::string_view a, std::string_view b) {
  const size_t length = RowPrefixLength(a);  // An FF behind the 00 would make it an escaped NUL of a longer row.
  return b.size() > length && a.substr(0, length) == b.substr(0, length) && b[length] != '\xFF';
}
inline bool SameColumn(std::string_view a, std::string_view b) {
  return a.substr(0, ColumnPrefixLength(a)) == b.substr(0, ColumnPrefixLength(b));
}

// ---- Bounds, to seek to and to stop at (end is exclusive). None is a key itself.

std::string RowStart(std::string_view row);  ///< At or before the first key of `row`, after all of the row before.
std::string RowEnd(std::string_view row);    ///< After the last key of `row`, before the first of any row after it.
std::string FamilyStart(std::string_view row, FamilyId family);
std::string FamilyEnd(std::string_view row, FamilyId family);
std::string ColumnStart(std::string_view row, FamilyId family, std::string_view qualifier);
std::string ColumnEnd(std::string_view row, FamilyId family, std::string_view qualifier);

/// After the last key of any row that starts with `row_prefix`; nullopt: the end of the table.
std::optional<std::string> RowPrefixEnd(std::string_view row_prefix);

/// The least byte string above every one that starts with `prefix`; nullopt: there is none. Plain bytes, not encoded.
std::optional<std::string> PrefixEnd(std::string_view prefix);

}  // namespace cellar::model

#include "model/key_codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <tuple>

#include "common/random/random.h"
#include "model/ids.h"

namespace cellar::model {
namespace {

constexpr FamilyId kOldestFirst{7};

KeyCodec CodecWithOneDescendingFamily() {
  FamilySet set;
  set.set(kOldestFirst.get());
  return KeyCodec(set);
}

/// The plain comparator that the encoding must agree with.
int PlainCompare(const Cell& a, const Cell& b) {
  const auto left = std::tie(a.row, a.family, a.qualifier, a.flag);
  const auto right = std::tie(b.row, b.family, b.qualifier, b.flag);
  if (left != right) return left < right ? -1 : 1;
  if (a.timestamp != b.timestamp) return (a.timestamp > b.timestamp) == (a.family != kOldestFirst) ? -1 : 1;
  if (a.revision != b.revision) return a.revision > b.revision ? -1 : 1;
  return 0;
}

std::string RandomBytes(common::SeededRandom& random, size_t min, size_t max) {
  static const std::array<char, 6> kBytes = {'\0', '\x01', ':', 'a', '\xFE', '\xFF'};
  std::string bytes;
  const size_t size = min + random.Uniform(max - min + 1);
  while (bytes.size() < size) bytes.push_back(kBytes[random.Uniform(kBytes.size())]);
  return bytes;
}

int64_t RandomTime(common::SeededRandom& random) {
  static const std::array<int64_t, 9> kTimes = {std::numeric_limits<int64_t>::min(),
                                                kMinTimestamp,
                                                -1'000'000'007,
                                                -1,
                                                0,
                                                1,
                                                42,
                                                kMaxTimestamp - 1,
                                                kMaxTimestamp};
  return random.OneIn(3) ? static_cast<int64_t>(random.Next()) : kTimes[random.Uniform(kTimes.size())];
}

Cell RandomCell(common::SeededRandom& random) {
  static const std::array<uint8_t, 5> kFamilies = {1, 2, kOldestFirst.get(), 253, 254};
  Cell cell;
  cell.row = RandomBytes(random, 1, 3);
  cell.flag = static_cast<KeyFlag>(random.Uniform(5));
  if (cell.flag != KeyFlag::kDeleteRow) cell.family = FamilyId{kFamilies[random.Uniform(kFamilies.size())]};
  if (cell.flag > KeyFlag::kDeleteFamily) cell.qualifier = RandomBytes(random, 0, 3);
  cell.timestamp = RandomTime(random);
  cell.revision = Revision{RandomTime(random)};
  return cell;
}

std::string Encode(const KeyCodec& codec, const Cell& cell) {
  std::string key;
  codec.Encode(cell.key(), &key);
  return key;
}

TEST(KeyCodecTest, RandomKeys_SortAsThePlainComparatorSays) {
  const KeyCodec codec = CodecWithOneDescendingFamily();
  common::SeededRandom random(20240601);
  for (int i = 0; i < 200'000; ++i) {
    Cell a = RandomCell(random);
    Cell b = RandomCell(random);
    if (random.OneIn(2)) b.row = a.row;
    if (random.OneIn(3)) b.qualifier = b.flag > KeyFlag::kDeleteFamily ? a.qualifier : "";
    if (random.OneIn(3)) b.timestamp = a.timestamp;
    const int order = Encode(codec, a).compare(Encode(codec, b));
    ASSERT_EQ(order < 0 ? -1 : (order > 0 ? 1 : 0), PlainCompare(a, b)) << a.ToString() << "\n" << b.ToString();
  }
}

TEST(KeyCodecTest, RandomKeys_DecodeToWhatTheyWere) {
  const KeyCodec codec = CodecWithOneDescendingFamily();
  common::SeededRandom random(7);
  for (int i = 0; i < 20'000; ++i) {
    const Cell cell = RandomCell(random);
    const std::string key = Encode(codec, cell);
    Cell decoded;
    ASSERT_TRUE(codec.Decode(key, &decoded).ok());
    ASSERT_EQ(decoded, cell);
    EXPECT_EQ(codec.Timestamp(key), cell.timestamp);
    EXPECT_EQ(KeyRevision(key), cell.revision);
    EXPECT_EQ(FlagOfKey(key), cell.flag);
    EXPECT_EQ(RowOfKey(key), cell.row);
    const EncodedKeyParts parts = SplitKeyPrefix(KeyPrefixOf(key));
    EXPECT_EQ(parts.family, cell.family);
    EXPECT_EQ(parts.row, RowStart(cell.row));
  }
}

TEST(KeyCodecTest, RandomPairs_SameRowAndSameColumnAreExact) {
  const KeyCodec codec = CodecWithOneDescendingFamily();
  common::SeededRandom random(8);
  for (int i = 0; i < 50'000; ++i) {
    const Cell a = RandomCell(random);
    Cell b = RandomCell(random);
    if (random.OneIn(2)) b.row = a.row + (random.OneIn(3) ? std::string(1, '\0') : "");
    const std::string left = Encode(codec, a);
    const std::string right = Encode(codec, b);
    ASSERT_EQ(SameRow(left, right), a.row == b.row) << a.ToString() << "\n" << b.ToString();
    const bool same_column = a.row == b.row && a.family == b.family && a.qualifier == b.qualifier;
    ASSERT_EQ(SameColumn(left, right), same_column) << a.ToString() << "\n" << b.ToString();
  }
}

TEST(KeyCodecTest, Bounds_EncloseExactlyTheirRowFamilyAndColumn) {
  const KeyCodec codec = CodecWithOneDescendingFamily();
  common::SeededRandom random(9);
  for (int i = 0; i < 50'000; ++i) {
    const Cell cell = RandomCell(random);
    const std::string key = Encode(codec, cell);
    const std::string row = random.OneIn(2) ? cell.row : RandomBytes(random, 1, 3);
    const FamilyId family = random.OneIn(2) && cell.family != FamilyId{} ? cell.family : FamilyId{254};
    const std::string qualifier = random.OneIn(2) ? cell.qualifier : RandomBytes(random, 0, 3);
    ASSERT_EQ(key >= RowStart(row) && key < RowEnd(row), cell.row == row) << cell.ToString();
    ASSERT_EQ(key < RowStart(row), cell.row < row) << cell.ToString();
    const bool in_family = cell.row == row && cell.family == family;
    ASSERT_EQ(key >= FamilyStart(row, family) && key < FamilyEnd(row, family), in_family) << cell.ToString();
    const bool in_column = in_family && cell.qualifier == qualifier;
    ASSERT_EQ(key >= ColumnStart(row, family, qualifier) && key < ColumnEnd(row, family, qualifier), in_column)
        << cell.ToString();
    const std::string prefix = RandomBytes(random, 1, 2);
    const std::optional<std::string> end = RowPrefixEnd(prefix);
    ASSERT_EQ(key >= RowStart(prefix) && (!end || key < *end), cell.row.starts_with(prefix)) << cell.ToString();
  }
}

TEST(KeyCodecTest, PrefixEnd_OfAllFF_IsUnbounded) {
  EXPECT_EQ(PrefixEnd("\xFF\xFF"), std::nullopt);
  EXPECT_EQ(PrefixEnd(""), std::nullopt);
  EXPECT_EQ(PrefixEnd("a\xFF"), "b");
  EXPECT_EQ(PrefixEnd("ab"), "ac");
}

TEST(KeyCodecTest, ExampleOfThePage_HasItsBytes) {
  const KeyCodec codec;
  const Cell cell("a", FamilyId{3}, std::string("q\0", 2), KeyFlag::kInsert, 1, Revision{2}, "");
  const std::string expected("a\0\x03q\0\xFF\0\x04\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFE\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFD",
                             24);
  EXPECT_EQ(Encode(codec, cell), expected);
}

TEST(KeyCodecTest, MalformedKeys_AreRefused) {
  const auto key = [](const char* bytes, size_t size) { return std::string(bytes, size); };
  EncodedKeyParts parts;
  EXPECT_TRUE(ParseKeyPrefix(key("a\0\1\0\4", 5), &parts));
  EXPECT_FALSE(ParseKeyPrefix(key("", 0), &parts));
  EXPECT_FALSE(ParseKeyPrefix(key("a\0\1\0", 4), &parts));        // no flag
  EXPECT_FALSE(ParseKeyPrefix(key("\0\1\0\4\4", 5), &parts));     // empty row
  EXPECT_FALSE(ParseKeyPrefix(key("abcde", 5), &parts));          // no terminator
  EXPECT_FALSE(ParseKeyPrefix(key("a\0\xFF\1\0\4", 6), &parts));  // family 0x01 inside the escaped row
  EXPECT_FALSE(ParseKeyPrefix(key("a\0\1q\0\5", 6), &parts));     // flag
  EXPECT_FALSE(ParseKeyPrefix(key("a\0\0\0\4", 5), &parts));      // insert without family
  EXPECT_FALSE(ParseKeyPrefix(key("a\0\1\0\0", 5), &parts));      // row delete with family
  EXPECT_FALSE(ParseKeyPrefix(key("a\0\1q\0\1", 6), &parts));     // family delete with qualifier
  EXPECT_FALSE(ParseKeyPrefix(key("a\0\1q\0\4\4", 7), &parts));   // a byte too many
  Cell cell;
  EXPECT_EQ(KeyCodec().Decode("short", &cell).code(), StatusCode::kCorruption);
}

TEST(KeyCodecTest, LimitsOnRowAndQualifier_AreInBytesOfTheUser) {
  const auto prefix = [](const std::string& row, const std::string& qualifier) {
    std::string out;
    AppendKeyPrefix(row, FamilyId{1}, qualifier, KeyFlag::kInsert, &out);
    return out;
  };
  EncodedKeyParts parts;
  const CellLimits limits;
  const CellLimits system = CellLimits::For(kMetadataTable);
  EXPECT_TRUE(CheckKeyPrefix(prefix(std::string(kMaxRowBytes, '\0'), ""), limits, &parts).ok());
  const Status too_long = CheckKeyPrefix(prefix(std::string(kMaxRowBytes + 1, 'r'), ""), limits, &parts);
  EXPECT_EQ(too_long.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(too_long.detail(), 9);
  EXPECT_TRUE(CheckKeyPrefix(prefix(std::string(kMaxRowBytes + 1, 'r'), ""), system, &parts).ok());
  EXPECT_FALSE(CheckKeyPrefix(prefix(std::string(kMaxSystemRowBytes + 1, 'r'), ""), system, &parts).ok());
  EXPECT_FALSE(CheckKeyPrefix(prefix("r", std::string(kMaxQualifierBytes + 1, 'q')), limits, &parts).ok());
}

TEST(KeyTest, Checks_NameTheField) {
  EXPECT_EQ(CheckRow("").message(), "row is empty");
  EXPECT_EQ(CheckRow(std::string(kMaxRowBytes + 1, 'x')).detail(), 9);
  EXPECT_TRUE(CheckRow(std::string(kMaxRowBytes, 'x')).ok());
  EXPECT_FALSE(CheckQualifier(std::string(kMaxQualifierBytes + 1, 'x')).ok());
  EXPECT_FALSE(CheckTimestamp(kAutomaticTimestamp).ok());
  EXPECT_TRUE(CheckTimestamp(kMinTimestamp).ok());
  EXPECT_TRUE(CheckTimestamp(kMaxTimestamp).ok());
  EXPECT_FALSE(CheckValue("12345", 4).ok());
  EXPECT_EQ(QuoteBytes(std::string("a\0\"\xFF", 4)), "\"a\\x00\\x22\\xff\"");
}

TEST(IdsTest, TableId_ParsesWhatItPrints) {
  EXPECT_EQ(TableId({1, 27}).ToString(), "1/27");
  EXPECT_EQ(*TableId::Parse("0/1"), kCatalogTable);
  for (const char* bad : {"", "1", "1/", "/1", "1/2/3", "-1/2", "1/x", "1/01", "1/4294967296"})
    EXPECT_FALSE(TableId::Parse(bad).ok()) << bad;
}

}  // namespace
}  // namespace cellar::model

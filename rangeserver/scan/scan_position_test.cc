#include "rangeserver/scan/scan_position.h"

#include <gtest/gtest.h>

#include "common/random/random.h"
#include "model/key_codec.h"

namespace cellar::rangeserver {
namespace {

ScanPosition InsideRow() {
  ScanPosition position;
  position.row_is_complete = false;
  position.interval = 3;
  position.snapshot = model::Revision{77};
  position.now = -5;
  position.counts.rows = 12;
  position.counts.cells = 1'000'000;
  model::KeyView key;
  key.row = std::string_view("a\0b", 3);
  key.family = model::FamilyId{2};
  key.qualifier = "q";
  key.timestamp = 5;
  model::KeyCodec().Encode(key, &position.key);
  return position;
}

TEST(ScanPositionTest, EncodeDecode_GiveTheSame) {
  ScanPosition position = InsideRow();
  EXPECT_EQ(ScanPosition::Decode(position.Encode()).value(), position);
  position.row_is_complete = true;
  position.key = position.key.substr(0, model::RowPrefixLength(position.key));
  EXPECT_EQ(ScanPosition::Decode(position.Encode()).value(), position);
  position.key.clear();
  EXPECT_EQ(ScanPosition::Decode(position.Encode()).value(), position);
}

TEST(ScanPositionTest, NewerVersion_IsUnsupported) {
  std::string bytes = InsideRow().Encode();
  bytes[0] = 2;
  EXPECT_EQ(ScanPosition::Decode(bytes).status().code(), StatusCode::kUnsupported);
}

TEST(ScanPositionTest, DamagedBytes_AreRefusedOrHarmless) {
  const std::string good = InsideRow().Encode();
  for (size_t size = 0; size < good.size(); ++size) EXPECT_FALSE(ScanPosition::Decode(good.substr(0, size)).ok());
  EXPECT_FALSE(ScanPosition::Decode(good + "x").ok());
  SeededRandom random(1);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = good;
    for (int j = 0; j < 3; ++j) bytes[random.Uniform(bytes.size())] = static_cast<char>(random.Next());
    const auto position = ScanPosition::Decode(bytes);
    if (position.ok() && !position->key.empty()) (void)model::RowOfKey(position->key);
  }
}

}  // namespace
}  // namespace cellar::rangeserver

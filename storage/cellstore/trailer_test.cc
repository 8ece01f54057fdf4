#include "storage/cellstore/trailer.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "common/bytes/coding.h"

namespace cellar::storage {
namespace {

/// One in which no field has its default.
CellStoreTrailer FullTrailer() {
  CellStoreTrailer trailer;
  trailer.identity.cluster = *ClusterId::Parse("00112233445566778899aabbccddeeff");
  trailer.identity.file = model::FileId{(uint64_t{7} << 32) | 9};
  trailer.identity.table = model::TableId{1, 12};
  trailer.identity.generation = model::SchemaGeneration{3};
  trailer.identity.access_group = "meta";
  trailer.identity.major = true;
  trailer.identity.in_memory = true;
  trailer.cell_count = 1000;
  trailer.marker_count = {1, 2, 3, 300};
  trailer.row_count = 40;
  trailer.block_count = 5;
  trailer.leaf_count = 2;
  trailer.min_timestamp = -5;
  trailer.max_timestamp = INT64_MAX;
  trailer.min_revision = model::Revision{10};
  trailer.max_revision = model::Revision{1'000'000};
  trailer.first_row = std::string("a\0b", 3);
  trailer.last_row = "z";
  trailer.families = {{model::FamilyId{0}, 1, 2, 3}, {model::FamilyId{254}, 999, 1 << 20, 1 << 30}};
  trailer.samples = {{"a", 0}, {"m", 4096}};
  trailer.frame_count = 9;
  trailer.digest_root = {1, 2};
  trailer.cells_digest = UINT64_MAX;
  trailer.index_root = {12345, 678};
  trailer.block_size_bytes = 65536;
  trailer.codec = model::Compressor::kZstd;
  trailer.filter_mode = model::BloomSpec::Mode::kRowsAndColumns;
  trailer.restart_interval = 16;
  trailer.raw_bytes = uint64_t{1} << 40;
  trailer.oldest_first = {model::FamilyId{2}, model::FamilyId{9}};
  return trailer;
}

using Fields = std::map<uint32_t, std::string>;

Fields FieldsOf(std::string_view bytes) {
  Fields fields;
  common::Reader in(bytes);
  uint32_t tag = 0;
  std::string_view content;
  while (in.GetVarint32(&tag) && in.GetLengthPrefixed(&content)) fields[tag] = content;
  return fields;
}

std::string Join(const Fields& fields) {
  std::string bytes;
  for (const auto& [tag, content] : fields) {
    common::PutVarint32(&bytes, tag);
    common::PutLengthPrefixed(&bytes, content);
  }
  return bytes;
}

/// The status of decoding FullTrailer() with one field changed.
template <typename Change>
Status DecodeWith(uint32_t tag, Change change) {
  Fields fields = FieldsOf(FullTrailer().Encode());
  change(&fields.at(tag));
  return CellStoreTrailer::Decode(Join(fields)).status();
}

TEST(CellStoreTrailerTest, EveryField_ComesBack) {
  const auto decoded = CellStoreTrailer::Decode(FullTrailer().Encode());
  ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
  EXPECT_EQ(*decoded, FullTrailer());
  EXPECT_EQ(decoded->delete_count(), 306u);
  EXPECT_TRUE(CellStoreTrailer::Decode(CellStoreTrailer().Encode()).ok()) << "also of an empty one";
}

TEST(CellStoreTrailerTest, Fields_AreThoseOfTheFormatPage_InOrder) {
  const Fields fields = FieldsOf(FullTrailer().Encode());
  ASSERT_EQ(fields.size(), 20u);
  EXPECT_EQ(fields.begin()->first, 1u);
  EXPECT_EQ(fields.rbegin()->first, 20u);
  EXPECT_EQ(Join(fields), FullTrailer().Encode());
  EXPECT_EQ(fields.at(6), "meta");
  EXPECT_EQ(fields.at(7), std::string("\3\0\0\0", 4));
  EXPECT_EQ(fields.at(20), "\2\11");
}

TEST(CellStoreTrailerTest, EveryTruncation_IsCorruption) {
  const std::string bytes = FullTrailer().Encode();
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_TRUE(CellStoreTrailer::Decode(bytes.substr(0, size)).status().Is(StatusCode::kCorruption)) << size;
  }
}

TEST(CellStoreTrailerTest, EachField_MustBeThere_AndHaveItsLength) {
  const Fields whole = FieldsOf(FullTrailer().Encode());
  for (const auto& [tag, content] : whole) {
    Fields without = whole;
    without.erase(tag);
    EXPECT_TRUE(CellStoreTrailer::Decode(Join(without)).status().Is(StatusCode::kCorruption)) << tag;
    const bool is_list = tag == 6 || tag == 12 || tag == 13 || tag == 20;  // what is longer has more in it
    if (is_list) continue;
    const Status longer = DecodeWith(tag, [](std::string* field) { field->push_back('\0'); });
    EXPECT_TRUE(longer.Is(StatusCode::kCorruption)) << tag;
    EXPECT_NE(longer.ToString().find("field " + std::to_string(tag)), std::string::npos) << longer.ToString();
  }
}

TEST(CellStoreTrailerTest, FieldsOutOfOrder_OrTwice_AreCorruption) {
  const std::string bytes = FullTrailer().Encode();
  const Fields fields = FieldsOf(bytes);
  const std::string last = Join({*fields.rbegin()});
  EXPECT_TRUE(CellStoreTrailer::Decode(bytes + last).status().Is(StatusCode::kCorruption));
  EXPECT_TRUE(CellStoreTrailer::Decode(last + bytes).status().Is(StatusCode::kCorruption));
}

TEST(CellStoreTrailerTest, UnknownFields_AreSkipped_UnknownFeaturesAreNot) {
  Fields fields = FieldsOf(FullTrailer().Encode());
  fields[21] = "of a later version";
  fields[4000] = "";
  const auto decoded = CellStoreTrailer::Decode(Join(fields));
  ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
  EXPECT_EQ(*decoded, FullTrailer());
  const Status needs = DecodeWith(1, [](std::string* features) { (*features)[0] = 4; });
  EXPECT_TRUE(needs.Is(StatusCode::kUnsupported)) << needs.ToString();
  EXPECT_NE(needs.ToString().find("features 4"), std::string::npos) << needs.ToString();
}

TEST(CellStoreTrailerTest, ValuesThatCannotBe_AreRefused) {
  EXPECT_TRUE(DecodeWith(14, [](std::string* digest) { (*digest)[0] = 2; }).Is(StatusCode::kUnsupported)) << "its kind";
  EXPECT_FALSE(DecodeWith(17, [](std::string* cipher) { (*cipher)[0] = 1; }).ok());
  EXPECT_FALSE(DecodeWith(18, [](std::string* options) { (*options)[4] = 5; }).ok()) << "codec";
  EXPECT_FALSE(DecodeWith(18, [](std::string* options) { (*options)[5] = 3; }).ok()) << "filter";
  EXPECT_FALSE(DecodeWith(20, [](std::string* families) { std::swap((*families)[0], (*families)[1]); }).ok());
  EXPECT_FALSE(DecodeWith(20, [](std::string* families) { (*families)[1] = (*families)[0]; }).ok());
}

TEST(CellStoreTrailerTest, KeyCodec_KnowsTheFamiliesWithTheOldestFirst) {
  const CellStoreTrailer trailer = FullTrailer();
  const auto encoded_time = [&](uint8_t family, int64_t timestamp) {
    model::Cell cell("r", model::FamilyId{family}, "q", model::KeyFlag::kInsert, timestamp, model::Revision{1}, "");
    std::string key;
    trailer.key_codec().Encode(cell.key(), &key);
    return key;
  };
  EXPECT_LT(encoded_time(2, 1), encoded_time(2, 5)) << "oldest first";
  EXPECT_GT(encoded_time(3, 1), encoded_time(3, 5)) << "newest first";
}

}  // namespace
}  // namespace cellar::storage

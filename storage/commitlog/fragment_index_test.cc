#include "storage/commitlog/fragment_index.h"

#include <gtest/gtest.h>

#include "common/random/random.h"
#include "storage/commitlog/fragment_header.h"
#include "storage/commitlog/log_test_support.h"

namespace cellar::storage {
namespace {

/// An index that is filled as a fragment is written, and where the fragment ends.
class FragmentIndexTest : public testing::Test {
 protected:
  /// A block of `payload_bytes` with one section of each of the ranges.
  void AddBlock(const std::vector<LoggedRange>& ranges, int64_t revision, uint64_t payload_bytes,
                LogBlockKind kind = LogBlockKind::kGroup) {
    BlockHeader header;
    header.kind = kind;
    header.offset = end_;
    header.payload_bytes = payload_bytes;
    header.min_revision = model::Revision{revision};
    header.max_revision = model::Revision{revision};
    std::vector<RangeExtent> extents;
    for (const LoggedRange& range : ranges) {
      Section section;
      section.range = &range;
      section.base = model::Revision{revision};
      section.revision_count = 1;
      section.cells = "cells";
      extents.emplace_back(&range);
      extents.back().Add(section);
    }
    index_.AddBlock(header, extents);
    end_ = header.end();
  }
  Status DecodeStatus(std::string_view bytes) const { return FragmentIndex::Decode(bytes, end_).status(); }

  const LoggedRange low_ = TestRange(1, std::nullopt, "m");
  const LoggedRange high_ = TestRange(1, "m", std::nullopt);
  FragmentIndex index_;
  uint64_t end_ = kFragmentHeaderBytes;
};

TEST_F(FragmentIndexTest, SaysInWhichBlocksARangeIs_AndBetweenWhichRevisions) {
  AddBlock({low_}, 10, 100);
  AddBlock({low_, high_}, 20, 100);
  AddBlock({high_}, 15, 100);
  const auto decoded = FragmentIndex::Decode(index_.Encode(), end_);
  ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
  EXPECT_EQ(*decoded, index_);
  const FragmentIndex::Range& low = decoded->ranges().at(low_);
  EXPECT_EQ(low.blocks, (std::vector<uint32_t>{0, 1}));
  EXPECT_EQ(low.min_revision.get(), 10);
  EXPECT_EQ(low.max_revision.get(), 20);
  EXPECT_EQ(low.section_count, 2u);
  EXPECT_EQ(low.cells_bytes, 10u);
  EXPECT_EQ(decoded->ranges().at(high_).min_revision.get(), 15);
  EXPECT_EQ(decoded->blocks().back().end(), end_);
}

TEST_F(FragmentIndexTest, EpochsOfOneRange_AreKeptApart) {
  AddBlock({low_}, 1, 10);
  AddBlock({TestRange(1, std::nullopt, "m", 2)}, 2, 10);
  EXPECT_EQ(FragmentIndex::Decode(index_.Encode(), end_)->ranges().size(), 2u);
}

TEST_F(FragmentIndexTest, Extent_SpansItsSections) {
  RangeExtent extent(&low_);
  for (const auto& [base, count] : {std::pair<int64_t, uint32_t>{50, 3}, {40, 1}, {45, 20}}) {
    Section section;
    section.base = model::Revision{base};
    section.revision_count = count;
    section.cells = "123";
    extent.Add(section);
  }
  EXPECT_EQ(extent.min_revision.get(), 40);
  EXPECT_EQ(extent.max_revision.get(), 64);
  EXPECT_EQ(extent.section_count, 3u);
  EXPECT_EQ(extent.cells_bytes, 9u);
}

TEST_F(FragmentIndexTest, ExtremeRevisionsAndNumbers_ComeBack) {
  index_.set_first_sequence(UINT64_MAX);
  index_.set_pruned_up_to(UINT64_MAX);
  AddBlock({low_}, INT64_MAX, 8);
  AddBlock({low_}, INT64_MIN, 8, LogBlockKind::kPrune);
  const auto decoded = FragmentIndex::Decode(index_.Encode(), end_);
  ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
  EXPECT_EQ(*decoded, index_);
}

TEST_F(FragmentIndexTest, BoundOfItsLength_HoldsForAnyBlocks) {
  SeededRandom random(5);
  for (int round = 0; round < 300; ++round) {
    std::vector<LoggedRange> ranges;
    const uint64_t count = random.Uniform(4);
    for (uint64_t i = 0; i < count; ++i) {
      ranges.push_back(TestRange(static_cast<uint32_t>(random.Uniform(3)), std::string(random.Uniform(300), 'r'),
                                 std::string(300 + random.Uniform(300), 's'), random.Uniform(5)));
    }
    AddBlock(ranges, static_cast<int64_t>(random.Uniform(1'000'000)), random.Uniform(100'000));
    ASSERT_LE(index_.Encode().size(), index_.encoded_bytes_bound());
  }
  EXPECT_EQ(*FragmentIndex::Decode(index_.Encode(), end_), index_);
}

TEST_F(FragmentIndexTest, OfAnotherLength_IsRefused) {
  AddBlock({low_}, 1, 10);
  const std::string bytes = index_.Encode();
  EXPECT_TRUE(FragmentIndex::Decode(bytes, end_).ok());
  for (const uint64_t other : {end_ - 8, end_ + 8, uint64_t{kFragmentHeaderBytes}, uint64_t{0}, UINT64_MAX}) {
    EXPECT_TRUE(FragmentIndex::Decode(bytes, other).status().Is(StatusCode::kCorruption)) << other;
  }
}

TEST_F(FragmentIndexTest, TruncationsAndExtensions_AreRefused) {
  AddBlock({low_, high_}, 1, 10);
  AddBlock({high_}, 2, 10);
  const std::string bytes = index_.Encode();
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_TRUE(DecodeStatus(bytes.substr(0, size)).Is(StatusCode::kCorruption)) << size;
  }
  EXPECT_TRUE(DecodeStatus(bytes + '\0').Is(StatusCode::kCorruption));
}

TEST_F(FragmentIndexTest, DamagedBytes_NeverPointBeyondTheBlocks) {
  AddBlock({low_, high_}, 1, 10);
  AddBlock({high_}, 2, 10);
  const std::string bytes = index_.Encode();
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    const auto decoded = FragmentIndex::Decode(damaged, end_);
    if (!decoded.ok()) continue;  // the block that holds it has a checksum; this is what stands behind it
    EXPECT_EQ(decoded->blocks().back().end(), end_);
    for (const auto& [range, entry] : decoded->ranges()) {
      for (const uint32_t block : entry.blocks) EXPECT_LT(block, decoded->blocks().size());
    }
  }
}

}  // namespace
}  // namespace cellar::storage

#include "rangeserver/scan/scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/file/memory_file_system.h"
#include "storage/cellstore/cellstore_reader.h"
#include "storage/cellstore/cellstore_writer.h"

namespace cellar::rangeserver {
namespace {

using model::Cell;
using model::RowInterval;

/// One table in one CellStore: families a and b.
class ScanTest : public testing::Test {
 protected:
  ScanTest() {
    model::SchemaDefinition definition;
    for (const char* name : {"a", "b"}) definition.families.emplace_back().name = name;
    schema_ = std::make_shared<const model::Schema>(model::Schema::Create(std::move(definition)).value());
  }

  void Add(const std::string& row, int family, const std::string& qualifier, std::string value) {
    const int64_t revision = static_cast<int64_t>(cells_.size()) + 1;
    cells_.emplace_back(row, model::FamilyId{static_cast<uint8_t>(family)}, qualifier, model::KeyFlag::kInsert,
                        revision, model::Revision{revision}, std::move(value));
  }

  /// The cells added, in key order, as one file.
  void Store() {
    auto writer =
        storage::CellStoreWriter::Create(files_, "cs", Incarnation(FencingNumber{1, 1}), {}, {}, schema_->key_codec());
    for (const Cell& cell : cells_) {
      std::string key;
      schema_->key_codec().Encode(cell.key(), &key);
      ASSERT_TRUE((*writer)->Add(key, cell.value).ok());
    }
    ASSERT_TRUE((*writer)->Finish().ok());
    reader_ = storage::CellStoreReader::Open(files_, "cs", {}).value();
  }

  Result<std::unique_ptr<Scan>> Open(const model::ScanSpec& spec, std::string_view resume = {},
                                     int64_t snapshot = 1'000'000'000) {
    ScanInput input;
    input.snapshot = model::Revision{snapshot};
    input.open_sources = [this](const model::FamilySet&, const RowInterval& rows) {
      std::vector<std::unique_ptr<storage::CellSource>> sources;
      sources.push_back(reader_->NewSource(storage::KeyBounds::Of(rows)));
      ++open_count_;
      return Result<std::vector<std::unique_ptr<storage::CellSource>>>(std::move(sources));
    };
    return Scan::Open(ScanPlan::Make(schema_, spec).value(), std::move(input), resume);
  }

  static std::vector<Cell> Rest(Scan& scan) {
    model::ScanBlockWriter block;
    while (scan.Fill(1 << 20, &block).value().more) continue;
    return model::DecodeScanBlock(block.Finish()).value();
  }

  std::shared_ptr<const model::Schema> schema_;
  MemoryFileSystem files_;
  std::vector<Cell> cells_;
  std::shared_ptr<const storage::CellStoreReader> reader_;
  int open_count_ = 0;
};

model::PredicateTree Exists(const std::string& family) {
  return model::PredicateTree(model::ColumnPredicate(family, {}, model::ColumnPredicate::Value::kExists, ""));
}

TEST_F(ScanTest, RowTooLongForTheBuffer_IsReadAgainWhenItPasses) {
  for (const std::string row : {"r1", "r2", "r3"}) {
    for (int i = 0; i < 6; ++i) Add(row, 1, std::to_string(i), std::string(1 << 20, 'v'));
    if (row != "r2") Add(row, 2, "", "here");
  }
  Store();
  model::ScanSpec spec;
  spec.predicates = Exists("b");
  spec.keys_only = true;
  auto scan = Open(spec).value();
  const std::vector<Cell> cells = Rest(*scan);
  EXPECT_EQ(cells.size(), 14u);
  EXPECT_EQ(cells.back().row, "r3");
  EXPECT_GT(scan->cells_read(), 20u);
}

TEST_F(ScanTest, BlockEndsAtTheEndOfARow_UnlessTheRowIsTwiceAsLong) {
  for (int i = 0; i < 4; ++i) Add("long", 1, std::to_string(i), std::string(100, 'v'));
  Add("next", 1, "", "v");
  Store();
  auto scan = Open({}).value();
  model::ScanBlockWriter block;
  ASSERT_TRUE(scan->Fill(250, &block).value().more);
  EXPECT_EQ(block.cell_count(), 4u);
  auto other = Open({}).value();
  block.Finish();
  ASSERT_TRUE(other->Fill(100, &block).value().more);
  EXPECT_EQ(block.cell_count(), 2u);
}

TEST_F(ScanTest, PositionInsideARow_HoldsOnlyForItsSnapshot) {
  for (int i = 0; i < 4; ++i) Add("long", 1, std::to_string(i), std::string(100, 'v'));
  Add("next", 1, "", "v");
  Store();
  auto scan = Open({}).value();
  model::ScanBlockWriter block;
  ASSERT_TRUE(scan->Fill(100, &block).value().more);
  EXPECT_EQ(Open({}, scan->position(), 5).status().code(), StatusCode::kConflict);
  EXPECT_EQ(Rest(*Open({}, scan->position()).value()).size(), 3u);
}

TEST_F(ScanTest, PositionAfterARow_HoldsForAnySnapshot) {
  Add("a", 1, "", "v");
  Add("b", 1, "", "v");
  Store();
  auto scan = Open({}).value();
  model::ScanBlockWriter block;
  ASSERT_TRUE(scan->Fill(1, &block).value().more);
  const std::vector<Cell> rest = Rest(*Open({}, scan->position(), 7).value());
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_EQ(rest[0].row, "b");
}

TEST_F(ScanTest, ReachedLimit_StopsReadingAndFinishes) {
  for (int i = 100; i < 600; ++i) Add("row" + std::to_string(i), 1, "", "v");
  Store();
  model::ScanSpec spec;
  spec.row_limit = 2;
  auto scan = Open(spec).value();
  model::ScanBlockWriter block;
  const auto progress = scan->Fill(1 << 20, &block);
  EXPECT_FALSE(progress->more);
  EXPECT_TRUE(progress->finished);
  EXPECT_LE(scan->cells_read(), 3u);
}

TEST_F(ScanTest, RangeEndBeforeTheLimit_DoesNotFinish) {
  Add("row", 1, "", "v");
  Store();
  model::ScanSpec spec;
  spec.row_limit = 2;
  model::ScanBlockWriter block;
  EXPECT_FALSE(Open(spec).value()->Fill(1 << 20, &block)->finished);
  spec.row_limit = 1;
  EXPECT_TRUE(Open(spec).value()->Fill(1 << 20, &block)->finished);
}

TEST_F(ScanTest, ScanAndFilterRows_OpensSourcesOnce) {
  model::ScanSpec spec;
  for (int i = 100; i < 200; ++i) {
    Add("row" + std::to_string(i), 1, "", "v");
    if (i % 3 == 0) spec.row_intervals.push_back(RowInterval::Row("row" + std::to_string(i)));
  }
  Store();
  const size_t count = spec.row_intervals.size();
  EXPECT_EQ(Rest(*Open(spec).value()).size(), count);
  EXPECT_EQ(open_count_, static_cast<int>(count));
  open_count_ = 0;
  spec.scan_and_filter_rows = true;
  EXPECT_EQ(Rest(*Open(spec).value()).size(), count);
  EXPECT_EQ(open_count_, 1);
}

TEST_F(ScanTest, OneColumnOfAWideRow_IsSoughtNotScanned) {
  for (int i = 1000; i < 6000; ++i) Add("wide", 1, std::to_string(i), "v");
  Store();
  model::ScanSpec spec;
  spec.row_intervals.push_back(RowInterval::Row("wide"));
  spec.columns.emplace_back("a", model::QualifierMatch(model::QualifierMatch::Kind::kExact, "4321"));
  auto scan = Open(spec).value();
  EXPECT_EQ(Rest(*scan).size(), 1u);
  EXPECT_EQ(scan->cells_read(), 1u);
}

TEST_F(ScanTest, DamagedFile_FailsTheScanWithItsName) {
  for (int i = 0; i < 5000; ++i) Add("row" + std::to_string(100'000 + i), 1, "", std::string(40, 'v'));
  Store();
  ASSERT_TRUE(files_.Damage("cs", 200, "xx").ok());
  auto scan = Open({}).value();
  model::ScanBlockWriter block;
  const auto progress = scan->Fill(1 << 20, &block);
  EXPECT_EQ(progress.status().code(), StatusCode::kCorruption);
  EXPECT_THAT(progress.status().ToString(), testing::AllOf(testing::HasSubstr("cs"), testing::HasSubstr("offset 44")));
}

TEST_F(ScanTest, UnknownFamilyOrCounterPredicate_IsRefusedWithItsPublicCode) {
  model::ScanSpec spec;
  spec.columns.emplace_back("nope");
  EXPECT_EQ(ScanPlan::Make(schema_, spec).status().detail(), 0x5000A);
  EXPECT_FALSE(Scan::Open(ScanPlan::Make(schema_, {}).value(), ScanInput(), "garbage").ok());
}

}  // namespace
}  // namespace cellar::rangeserver

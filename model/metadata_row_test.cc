#include "model/metadata_row.h"

#include <gtest/gtest.h>

namespace cellar::model {
namespace {

RangeRecord SampleRecord() {
  RangeRecord record;
  record.range = RangeKey(TableId{1, 7}, "a", "m");
  record.location = Location("rs1");
  record.incarnation = Incarnation({2, 5});
  record.epoch = Epoch({2, 9});
  record.state = RangeState::kServing;
  record.log_refs = {LogRef{Location("rs1"), Incarnation({1, 1})}, LogRef{Location("rs2"), Incarnation({2, 4})}};
  record.manifest = std::string("\0m", 2);
  return record;
}

TEST(MetadataRowTest, RowNames_SortAsTheRangesDo) {
  const TableId table{1, 7};
  EXPECT_EQ(MetadataRowName(table, "m"), "1/7:m");
  EXPECT_EQ(MetadataRowName(table, std::nullopt), "1/7;");
  EXPECT_LT(MetadataRowName(table, std::string(3, '\xFF')), MetadataRowName(table, std::nullopt));
  // The first row at or after the search key is the range that holds the row: (a, m] holds m, not a.
  EXPECT_LE(MetadataSearchKey(table, "m"), MetadataRowName(table, "m"));
  EXPECT_GT(MetadataSearchKey(table, std::string("m\0", 2)), MetadataRowName(table, "m"));
}

TEST(MetadataRowTest, RowNames_ParseBackToTableAndEnd) {
  TableId table;
  std::optional<std::string> end;
  for (const std::optional<std::string>& wanted :
       {std::optional<std::string>(), std::optional<std::string>("m;:x"), std::optional<std::string>("")}) {
    ASSERT_TRUE(ParseMetadataRowName(MetadataRowName(TableId{0, 12}, wanted), &table, &end).ok());
    EXPECT_EQ(table, (TableId{0, 12}));
    EXPECT_EQ(end, wanted);
  }
  for (const char* bad : {"", "1/7", "1/7;x", "x:y", "1:y", ":y"}) {
    EXPECT_TRUE(ParseMetadataRowName(bad, &table, &end).Is(StatusCode::kCorruption)) << bad;
  }
}

TEST(MetadataRowTest, RootRange_HoldsMetadatasOwnRowsOnly) {
  const RangeKey root = RootRange();
  EXPECT_TRUE(root.Contains(MetadataRowName(kMetadataTable, std::nullopt)));
  EXPECT_TRUE(root.Contains(MetadataRowName(kMetadataTable, MetadataRowName(TableId{9, 9}, "zz"))));
  EXPECT_FALSE(root.Contains(MetadataRowName(kCatalogTable, "a")));
  EXPECT_FALSE(root.Contains(MetadataRowName(TableId{1, 1}, std::nullopt)));
}

TEST(MetadataRowTest, Record_SurvivesItsCells) {
  const RangeRecord record = SampleRecord();
  const std::vector<Cell> cells = EncodeRangeRecord(record);
  auto decoded = DecodeRangeRecord(cells.front().row, cells);
  ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
  EXPECT_EQ(*decoded, record);
}

TEST(MetadataRowTest, CellsOfSeveralRows_GiveOneRecordEach) {
  RangeRecord other = SampleRecord();
  other.range.end_row.reset();
  std::vector<Cell> cells = EncodeRangeRecord(SampleRecord());
  const std::vector<Cell> more = EncodeRangeRecord(other);
  cells.insert(cells.end(), more.begin(), more.end());
  auto records = DecodeRangeRecords(cells);
  ASSERT_TRUE(records.ok());
  EXPECT_EQ(*records, (std::vector<RangeRecord>{SampleRecord(), other}));
}

TEST(MetadataRowTest, MissingOrBrokenColumns_AreCorruptionThatNamesTheRow) {
  std::vector<Cell> cells = EncodeRangeRecord(SampleRecord());
  const std::string row = cells.front().row;
  cells.erase(cells.begin());
  EXPECT_NE(DecodeRangeRecord(row, cells).status().message().find("\"1/7:m\" has no StartRow"), std::string::npos);
  cells = EncodeRangeRecord(SampleRecord());
  cells[3].value = "7";
  EXPECT_NE(DecodeRangeRecord(row, cells).status().message().find("1/7:m"), std::string::npos);
}

TEST(MetadataRowTest, Directories_SortAsIncarnationsDo) {
  EXPECT_EQ((LogRef{Location("rs1"), Incarnation({1, 2})}).Directory(), "servers/rs1/0000000001.0000000002/log");
  EXPECT_LT(IncarnationDirectory(Location("rs1"), Incarnation({1, 99})),
            IncarnationDirectory(Location("rs1"), Incarnation({2, 1})));
}

}  // namespace
}  // namespace cellar::model

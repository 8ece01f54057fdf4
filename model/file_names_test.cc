#include "model/file_names.h"

#include <gtest/gtest.h>

namespace cellar::model {
namespace {

TEST(FileNamesTest, Incarnation_SortsAsItsNumbersAndReadsBack) {
  EXPECT_EQ(IncarnationName(Incarnation({1, 2})), "0000000001.0000000002");
  EXPECT_LT(IncarnationName(Incarnation({1, 99})), IncarnationName(Incarnation({2, 1})));
  EXPECT_EQ(ParseIncarnationName("0000000001.0000000002"), Incarnation({1, 2}));
  for (const char* other : {"", "1.2", "0000000001.2", "0000000001.0000000002x", "0000000001-0000000002"}) {
    EXPECT_FALSE(ParseIncarnationName(other).has_value()) << other;
  }
}

TEST(FileNamesTest, CellStore_IsSixteenDigitsBelowItsTable) {
  const TableId table{1, 7};
  const FileId file((uint64_t{2} << 32) | 1);
  EXPECT_EQ(CellStorePath(table, file), "tables/1-7/0000000200000001");
  EXPECT_EQ(FileIdBlock(file), 2u);
  EXPECT_EQ(ParseCellStoreName("0000000200000001"), file);
  EXPECT_EQ(ParseTableDirectoryName("1-7"), table);
  for (const char* other : {"", "200000001", "000000020000000G", "0000000200000001.tmp", "00000002000000A1"}) {
    EXPECT_FALSE(ParseCellStoreName(other).has_value()) << other;
  }
  for (const char* other : {"", "1", "1-", "-7", "1-07", "1-7x", "1/7"}) {
    EXPECT_FALSE(ParseTableDirectoryName(other).has_value()) << other;
  }
}

}  // namespace
}  // namespace cellar::model

#include "rangeserver/scan/scan_limits.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cellar::rangeserver {
namespace {

using Verdict = ScanLimits::Verdict;

/// Rows as the families of their cells: "ab", "a". What a scan with these limits gives of them, as "row.cell" of the
/// rows and cells counted from 0; stops where the limits say so.
std::vector<std::string> Given(ScanLimits limits, const std::vector<std::string>& rows) {
  std::vector<std::string> given;
  for (size_t row = 0; row < rows.size(); ++row) {
    if (!limits.StartRow()) break;
    for (size_t cell = 0; cell < rows[row].size(); ++cell) {
      const Verdict verdict = limits.Take(model::FamilyId{static_cast<uint8_t>(rows[row][cell])});
      if (verdict == Verdict::kEnough) return given;
      if (verdict == Verdict::kGive) given.push_back(std::to_string(row) + "." + std::to_string(cell));
    }
  }
  return given;
}

ScanLimits Limits(uint64_t row_limit, uint64_t row_offset, uint64_t cell_limit = 0, uint64_t cell_offset = 0,
                  uint64_t per_family = 0) {
  model::ScanSpec spec;
  spec.row_limit = static_cast<decltype(spec.row_limit)>(row_limit);
  spec.row_offset = static_cast<decltype(spec.row_offset)>(row_offset);
  spec.cell_limit = static_cast<decltype(spec.cell_limit)>(cell_limit);
  spec.cell_offset = static_cast<decltype(spec.cell_offset)>(cell_offset);
  spec.cell_limit_per_family = static_cast<decltype(spec.cell_limit_per_family)>(per_family);
  return ScanLimits(spec);
}

using Cells = std::vector<std::string>;
const std::vector<std::string> kRows = {"ab", "aab", "b"};

TEST(ScanLimitsTest, None_GivesEverything) {
  EXPECT_EQ(Given(Limits(0, 0), kRows), (Cells{"0.0", "0.1", "1.0", "1.1", "1.2", "2.0"}));
}

TEST(ScanLimitsTest, Rows_AreSkippedAndTakenWhole) {
  EXPECT_EQ(Given(Limits(1, 0), kRows), (Cells{"0.0", "0.1"}));
  EXPECT_EQ(Given(Limits(1, 1), kRows), (Cells{"1.0", "1.1", "1.2"}));
  EXPECT_EQ(Given(Limits(0, 2), kRows), (Cells{"2.0"}));
  EXPECT_EQ(Given(Limits(5, 3), kRows), Cells());
}

TEST(ScanLimitsTest, Cells_AreCountedBehindTheRowsThatAreSkipped) {
  EXPECT_EQ(Given(Limits(0, 0, 2), kRows), (Cells{"0.0", "0.1"}));
  EXPECT_EQ(Given(Limits(0, 0, 2, 1), kRows), (Cells{"0.1", "1.0"}));
  EXPECT_EQ(Given(Limits(0, 1, 2, 1), kRows), (Cells{"1.1", "1.2"}));
}

TEST(ScanLimitsTest, PerFamily_CutsFirst_InEachRowAnew) {
  EXPECT_EQ(Given(Limits(0, 0, 0, 0, 1), kRows), (Cells{"0.0", "0.1", "1.0", "1.2", "2.0"}));
  EXPECT_EQ(Given(Limits(0, 0, 3, 1, 1), kRows), (Cells{"0.1", "1.0", "1.2"}));
}

TEST(ScanLimitsTest, ARowWithoutCells_IsNotCounted) {
  EXPECT_EQ(Given(Limits(1, 1), {"", "a", "", "b", "a"}), (Cells{"3.0"}));
}

TEST(ScanLimitsTest, Reached_IsKnownBeforeTheNextRowIsRead) {
  ScanLimits limits = Limits(1, 0);
  ASSERT_TRUE(limits.StartRow());
  EXPECT_FALSE(limits.reached());
  EXPECT_EQ(limits.Take(model::FamilyId{1}), Verdict::kGive);
  EXPECT_FALSE(limits.reached()) << "the row may have more cells";
  EXPECT_FALSE(limits.StartRow());
  EXPECT_TRUE(limits.reached());
}

TEST(ScanLimitsTest, Counts_GoOnWhereAnotherScannerStopped) {
  for (size_t stop = 0; stop <= kRows.size(); ++stop) {
    ScanLimits before = Limits(2, 1, 3, 1);
    const std::vector<std::string> first(kRows.begin(), kRows.begin() + static_cast<ptrdiff_t>(stop));
    const std::vector<std::string> rest(kRows.begin() + static_cast<ptrdiff_t>(stop), kRows.end());
    size_t given = 0;
    bool enough = false;
    for (const std::string& row : first) {
      if (!before.StartRow()) break;
      for (const char family : row) {
        const Verdict verdict = before.Take(model::FamilyId{static_cast<uint8_t>(family)});
        enough |= verdict == Verdict::kEnough;
        given += verdict == Verdict::kGive ? 1 : 0;
        if (enough) break;
      }
    }
    ScanLimits after = Limits(2, 1, 3, 1);
    after.Start(before.counts());
    if (!enough) given += Given(after, rest).size();
    EXPECT_EQ(given, Given(Limits(2, 1, 3, 1), kRows).size()) << "stopped behind row " << stop;
  }
}

}  // namespace
}  // namespace cellar::rangeserver

#include <gtest/gtest.h>

#include "tests/support/engine_world.h"
#include "tests/support/random_cells.h"

namespace cellar::rangeserver {
namespace {

using model::Cell;

std::string Describe(const std::vector<Cell>& cells) {
  std::string text;
  for (const Cell& cell : cells) text += cell.ToString() + "\n";
  return text;
}

/// What happened to one row, for a failing seed.
std::string HistoryOfRow(const tests::EngineWorld& world, const std::string& row) {
  std::vector<Cell> cells;
  for (const Cell& cell : world.history())
    if (cell.row == row) cells.push_back(cell);
  return Describe(cells);
}

::testing::AssertionResult SameState(const tests::EngineWorld& world) {
  const std::vector<Cell> expected = world.ExpectedState();
  const std::vector<Cell> found = world.ReadAll();
  if (expected == found) return ::testing::AssertionSuccess();
  size_t i = 0;
  while (i < expected.size() && i < found.size() && expected[i] == found[i]) ++i;
  const std::string row = i < expected.size() ? expected[i].row : found[i].row;
  return ::testing::AssertionFailure() << "expected " << (i < expected.size() ? expected[i].ToString() : "the end")
                                       << "\n   found " << (i < found.size() ? found[i].ToString() : "the end")
                                       << "\nhistory of the row:\n"
                                       << HistoryOfRow(world, row) << "schema:\n"
                                       << world.schema().Encode();
}

void RunSeed(uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  tests::RandomCells cells(seed);
  tests::EngineWorld world(cells.NewSchema());
  for (int step = 0; step < 60; ++step) {
    switch (cells.random().Uniform(10)) {
      case 0:
        world.Compact(CompactionKind::kMinor);
        break;
      case 1:
        world.Compact(CompactionKind::kMerging);
        break;
      case 2:
        world.Compact(cells.random().OneIn(2) ? CompactionKind::kMajor : CompactionKind::kGc);
        break;
      case 3:
        world.Reopen();
        break;
      default: {
        std::vector<Cell> batch;
        for (uint64_t i = 0; i <= cells.random().Uniform(6); ++i)
          batch.push_back(cells.NewCell(world.schema(), world.now()));
        world.Apply(batch);
      }
    }
    ASSERT_TRUE(SameState(world)) << "after step " << step;
    world.clock().Advance(static_cast<Nanos>(cells.random().Uniform(4)) * kSecond + kMicrosecond);
  }
}

TEST(EnginePropertyTest, AnyMixOfWritesAndCompactions_EqualsTheEvaluator) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    RunSeed(seed);
    if (HasFatalFailure()) return;
  }
}

TEST(EnginePropertyTest, OneRowAndSomeFamilies_EqualThatPartOfTheEvaluator) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    tests::RandomCells cells(seed);
    tests::EngineWorld world(cells.NewSchema());
    for (int step = 0; step < 30; ++step) {
      world.Apply({cells.NewCell(world.schema(), world.now()), cells.NewCell(world.schema(), world.now())});
      if (cells.random().OneIn(5)) world.Compact(CompactionKind::kMinor);
      if (cells.random().OneIn(20)) world.Compact(CompactionKind::kMajor);
      const std::string row = cells.NewRow();
      model::FamilySet families;
      families.set(world.schema().families()[cells.random().Uniform(world.schema().families().size())].id.get());
      std::vector<Cell> expected = world.ExpectedState();
      std::erase_if(expected, [&](const Cell& cell) { return cell.row != row || !families[cell.family.get()]; });
      std::vector<Cell> found = world.ReadState(families, model::RowInterval::Row(row));
      // Other families of the same access group come along.
      std::erase_if(found, [&](const Cell& cell) { return !families[cell.family.get()]; });
      ASSERT_EQ(Describe(expected), Describe(found));
    }
  }
}

}  // namespace
}  // namespace cellar::rangeserver

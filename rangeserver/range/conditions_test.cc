#include "rangeserver/range/conditions.h"

#include <gtest/gtest.h>

#include "model/counter.h"
#include "model/mutation_evaluator.h"
#include "tests/support/engine_world.h"
#include "tests/support/random_cells.h"

namespace cellar::rangeserver {
namespace {

using model::Cell;
using model::CounterUpdate;
using model::FamilyId;
using model::KeyFlag;
using tests::EngineWorld;
using Expectation = CellCondition::Expectation;

/// Families a (1) and n (2), a counter.
model::Schema TextAndCounter() {
  model::SchemaDefinition definition;
  for (const char* name : {"a", "n"}) definition.families.emplace_back().name = name;
  definition.families.back().options.counter = true;
  Result<model::Schema> schema = model::Schema::Create(definition);
  CHECK(schema.ok());
  return std::move(schema).value();
}

Cell Put(uint8_t family, const std::string& qualifier, const std::string& value) {
  return Cell("r", FamilyId{family}, qualifier, KeyFlag::kInsert, model::kAutomaticTimestamp, model::Revision(), value);
}
Cell Add(const std::string& qualifier, int64_t amount, bool reset = false) {
  CounterUpdate update;
  update.amount = amount;
  update.reset = reset;
  return Put(2, qualifier, update.Encode());
}
Cell Marker(KeyFlag flag, uint8_t family, const std::string& qualifier) {
  Cell cell = Put(family, qualifier, "");
  cell.flag = flag;
  return cell;
}

/// Cells as a mutation's section has them.
class Encoded {
 public:
  Encoded(const std::vector<Cell>& cells, const model::Schema& schema) {
    model::FrameBuilder builder(schema.key_codec());
    for (const Cell& cell : cells) builder.Add(cell.view());
    frame_ = builder.Build();
    view_ = model::ParseFrame(frame_, model::CellLimits(), schema.key_codec()).value();
  }
  std::string_view cells() const { return view_.cells; }

 private:
  std::string frame_;
  model::FrameView view_;
};

class ConditionsTest : public testing::Test {
 protected:
  Result<MutationVerdict> Decide(const std::vector<CellCondition>& conditions, const std::vector<Cell>& cells = {}) {
    MutationQuestion question;
    question.row = "r";
    question.conditions = conditions;
    const Encoded encoded(cells.empty() ? std::vector<Cell>{Put(1, "other", "v")} : cells, world_.schema());
    question.cells = encoded.cells();
    question.base = model::Revision{world_.now() + 1};
    question.wants_counters = true;
    return DecideMutation(world_.range().Snapshot(), question, world_.now());
  }
  std::string Check(uint8_t family, const std::string& qualifier, Expectation expectation,
                    const std::string& value = "") {
    const auto verdict = Decide({CellCondition(FamilyId{family}, qualifier, expectation, value)});
    if (!verdict.ok()) return verdict.status().ToString();
    if (verdict->failed.empty()) return "holds";
    return verdict->failed[0].value.value_or("nothing");
  }
  std::string Counters(const std::vector<Cell>& cells) {
    const auto verdict = Decide({}, cells);
    if (!verdict.ok()) return verdict.status().ToString();
    std::string text;
    for (const CounterValue& counter : verdict->counters)
      text += counter.qualifier + "=" + std::to_string(counter.value) + " ";
    return text;
  }

  EngineWorld world_{TextAndCounter()};
};

TEST_F(ConditionsTest, EachExpectation_HoldsOrSaysWhatIsThere) {
  world_.Apply({Put(1, "x", "1"), Add("n", 4)});
  world_.Compact(CompactionKind::kMinor);
  world_.Apply({Put(1, "x", "newer"), Add("n", 3)});
  EXPECT_EQ(Check(1, "x", Expectation::kEquals, "newer"), "holds");
  EXPECT_EQ(Check(1, "x", Expectation::kEquals, "1"), "newer");
  EXPECT_EQ(Check(1, "x", Expectation::kAbsent), "newer");
  EXPECT_EQ(Check(1, "", Expectation::kPresent), "nothing");
  EXPECT_EQ(Check(1, "xx", Expectation::kAbsent), "holds");
  EXPECT_EQ(Check(1, "x", Expectation::kNotEquals, "1"), "holds");
  EXPECT_EQ(Check(1, "x", Expectation::kNotEquals, "newer"), "newer");
  EXPECT_EQ(Check(1, "x", Expectation::kStartsWith, "new"), "holds");
  EXPECT_EQ(Check(1, "x", Expectation::kStartsWith, "newest"), "newer");
  EXPECT_EQ(Check(1, "x", Expectation::kLess, "newer"), "newer");
  EXPECT_EQ(Check(1, "x", Expectation::kLessOrEqual, "newer"), "holds");
  EXPECT_EQ(Check(1, "x", Expectation::kLess, "\xff"), "holds") << "bytes, without a sign";
  EXPECT_EQ(Check(1, "x", Expectation::kGreater, "newe"), "holds");
  EXPECT_EQ(Check(1, "x", Expectation::kGreaterOrEqual, "newest"), "newer");
  world_.Apply({Marker(KeyFlag::kDeleteRow, 0, "")});
  EXPECT_EQ(Check(1, "x", Expectation::kAbsent), "holds");
  EXPECT_EQ(Check(2, "n", Expectation::kAbsent), "holds");
}

TEST_F(ConditionsTest, WithoutACell_OnlyAbsentAndNotEqualsHold) {
  for (uint8_t kind = 0; kind <= model::kLargestExpectation; ++kind) {
    const auto expectation = static_cast<Expectation>(kind);
    const bool holds = expectation == Expectation::kAbsent || expectation == Expectation::kNotEquals;
    EXPECT_EQ(Check(1, "x", expectation, ""), holds ? "holds" : "nothing") << static_cast<int>(kind);
  }
}

TEST_F(ConditionsTest, Counters_AreComparedAsNumbers) {
  world_.Apply({Add("n", 4), Add("n", 5), Add("m", -2)});
  EXPECT_EQ(Check(2, "n", Expectation::kEquals, "9"), "holds");
  EXPECT_EQ(Check(2, "n", Expectation::kLess, "10"), "holds") << "as text it were greater";
  EXPECT_EQ(Check(2, "m", Expectation::kLess, "-1"), "holds");
  EXPECT_EQ(Check(2, "n", Expectation::kGreater, "9"), "9");
  EXPECT_NE(Check(2, "n", Expectation::kEquals, "nine").find("compared with a number"), std::string::npos);
  EXPECT_NE(Check(2, "n", Expectation::kStartsWith, "9").find("no prefix"), std::string::npos);
}

TEST_F(ConditionsTest, UnknownFamilies_AndTooManyConditions_AreRefused) {
  EXPECT_EQ(Check(9, "x", Expectation::kAbsent), "invalid argument: condition on an unknown column family");
  const std::vector<CellCondition> many(model::kMaxConditions + 1,
                                        CellCondition(FamilyId{1}, "x", Expectation::kAbsent));
  EXPECT_TRUE(Decide(many).status().Is(StatusCode::kInvalidArgument));
}

TEST_F(ConditionsTest, AllThatFailed_AreNamed) {
  world_.Apply({Put(1, "x", "1")});
  const auto verdict = Decide({CellCondition(FamilyId{1}, "x", Expectation::kAbsent),
                               CellCondition(FamilyId{1}, "x", Expectation::kPresent),
                               CellCondition(FamilyId{1}, "y", Expectation::kPresent)});
  ASSERT_TRUE(verdict.ok());
  ASSERT_EQ(verdict->failed.size(), 2u);
  EXPECT_EQ(verdict->failed[0], (FailedCondition{0, "1"}));
  EXPECT_EQ(verdict->failed[1], (FailedCondition{2, std::nullopt}));
}

TEST_F(ConditionsTest, CounterValues_AreThoseBehindTheWrite) {
  world_.Apply({Add("n", 4), Add("m", 10)});
  world_.Compact(CompactionKind::kMinor);
  world_.Apply({Add("n", 1)});
  EXPECT_EQ(Counters({Add("n", 2)}), "n=7 ");
  EXPECT_EQ(Counters({Add("n", 2), Put(1, "x", "v"), Add("m", -20), Add("n", 3)}), "m=-10 n=10 ");
  EXPECT_EQ(Counters({Add("n", 100, true), Add("n", 1)}), "n=101 ");
  EXPECT_EQ(Counters({Marker(KeyFlag::kDeleteRow, 0, ""), Add("n", 2)}), "n=2 ");
  EXPECT_EQ(Counters({Add("n", 2), Marker(KeyFlag::kDeleteCell, 2, "n")}), "n=0 ");
  EXPECT_EQ(Counters({Put(1, "x", "v")}), "");
  EXPECT_EQ(Counters({Add("n", 2)}), "n=7 ") << "nothing of it was written";
}

TEST_F(ConditionsTest, CounterValues_ThatHangOnTheMomentOfTheWrite_AreRefused) {
  Cell marker = Marker(KeyFlag::kDeleteCell, 2, "n");
  marker.timestamp = world_.now() + kSecond;
  EXPECT_NE(Counters({Add("n", 2), marker}).find("has not come"), std::string::npos);
  std::vector<Cell> many;
  for (size_t i = 0; i <= model::kMaxReturnedCounters; ++i) many.push_back(Add("n" + std::to_string(i), 1));
  EXPECT_NE(Counters(many).find("at most 64"), std::string::npos);
}

std::string Show(const std::vector<CounterValue>& counters) {
  std::string text;
  for (const CounterValue& counter : counters) {
    text += std::to_string(counter.family.get()) + ":" + model::QuoteBytes(counter.qualifier) + "=" +
            std::to_string(counter.value) + " ";
  }
  return text;
}
std::string Lines(const std::vector<Cell>& cells) {
  std::string text;
  for (const Cell& cell : cells) text += cell.ToString() + "\n";
  return text;
}
std::string HistoryOf(const EngineWorld& world, const std::string& row) {
  std::vector<Cell> cells = world.history();
  std::erase_if(cells, [&row](const Cell& cell) { return cell.row != row; });
  return Lines(cells);
}

CellCondition AnyCondition(tests::RandomCells& cells, const EngineWorld& world) {
  const Cell cell = cells.NewCell(world.schema(), world.now());
  CellCondition condition;
  condition.family = world.schema().families().front().id;
  if (cell.family.get() != 0) condition.family = cell.family;
  condition.qualifier = cell.qualifier;
  condition.expectation = static_cast<Expectation>(cells.random().Uniform(model::kLargestExpectation + 1));
  condition.value = cell.value;
  if (world.schema().rules(condition.family).counter) condition.value = std::to_string(cells.random().Uniform(10));
  return condition;
}

TEST(ConditionsPropertyTest, AnyMutation_IsDecidedAsTheEvaluatorDoes) {
  int refused = 0;
  int counted = 0;
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    tests::RandomCells cells(seed);
    EngineWorld world(cells.NewSchema());
    for (int step = 0; step < 40; ++step) {
      if (cells.random().OneIn(6)) world.Compact(CompactionKind::kMinor);
      if (cells.random().OneIn(15)) world.Compact(CompactionKind::kMajor);
      std::vector<Cell> batch;
      for (uint64_t i = 0; i <= cells.random().Uniform(3); ++i)
        batch.push_back(cells.NewCell(world.schema(), world.now()));
      for (Cell& cell : batch) cell.row = batch.front().row;
      MutationQuestion question;
      question.row = batch.front().row;
      for (uint64_t i = cells.random().Uniform(3); i > 0; --i)
        question.conditions.push_back(AnyCondition(cells, world));
      const Encoded encoded(batch, world.schema());
      question.cells = encoded.cells();
      question.base = model::Revision{std::max(world.now(), world.range().revision_floor().get() + 1)};
      question.wants_counters = true;
      const auto expected = model::EvaluateMutation(world.schema(), world.history(), question.conditions, batch,
                                                    question.base, world.now());
      const auto verdict = DecideMutation(world.range().Snapshot(), question, world.now());
      ASSERT_EQ(verdict.status().ToString(), expected.status().ToString()) << Lines(batch) << world.now();
      if (verdict.ok()) {
        ASSERT_EQ(verdict->failed, expected->failed) << "step " << step;
        ASSERT_EQ(Show(verdict->counters), Show(expected->counters)) << "step " << step << "\nhistory:\n"
                                                                     << HistoryOf(world, question.row) << "batch:\n"
                                                                     << Lines(batch) << world.schema().Encode();
        refused += verdict->failed.empty() ? 0 : 1;
        counted += static_cast<int>(verdict->counters.size());
        if (verdict->failed.empty()) world.Apply(batch);
      }
      world.clock().Advance(static_cast<Nanos>(cells.random().Uniform(4)) * kSecond + kMicrosecond);
    }
  }
  EXPECT_GT(refused, 500);
  EXPECT_GT(counted, 200);
}

}  // namespace
}  // namespace cellar::rangeserver

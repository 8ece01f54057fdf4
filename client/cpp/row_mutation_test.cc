#include "client/cpp/include/row_mutation.h"

#include <gtest/gtest.h>

#include "model/counter.h"

namespace cellar::client {
namespace {

using model::KeyFlag;

model::Schema StateAndHits() {
  model::SchemaDefinition definition;
  for (const char* name : {"state", "hits"}) definition.families.emplace_back().name = name;
  definition.families.back().options.counter = true;
  return model::Schema::Create(definition).value();
}

class RowMutationValueTest : public testing::Test {
 protected:
  std::string Cells(const RowMutation& mutation) const {
    const auto cells = mutation.CellsFor(schema_);
    if (!cells.ok()) return cells.status().ToString() + " [" + std::to_string(cells.status().detail()) + "]";
    std::string text;
    for (const model::Cell& cell : *cells) {
      text += std::string(model::KeyFlagName(cell.flag)) + " " + std::to_string(cell.family.get()) + ":" +
              cell.qualifier + "=" + model::QuoteBytes(cell.value);
      if (cell.timestamp != model::kAutomaticTimestamp) text += " t=" + std::to_string(cell.timestamp);
      text += "\n";
    }
    return text;
  }

  const model::Schema schema_ = StateAndHits();
};

TEST_F(RowMutationValueTest, Changes_KeepTheOrderOfTheCalls) {
  RowMutation mutation("r");
  mutation.DeleteRow()
      .Set("state", "", "paid")
      .Delete("state", "old", 7)
      .DeleteFamily("hits")
      .DeleteVersion("state", "x", 5);
  EXPECT_EQ(Cells(mutation),
            "DELETE ROW 0:=\"\"\nINSERT 1:=\"paid\"\nDELETE CELL 1:old=\"\" t=7\nDELETE COLUMN FAMILY 2:=\"\"\n"
            "DELETE CELL VERSION 1:x=\"\" t=5\n");
}

TEST_F(RowMutationValueTest, Counters_AreEncoded) {
  RowMutation mutation("r");
  mutation.Increment("hits", "a", -3).SetCounter("hits", "b", -4).Set("hits", "c", "+5");
  const auto cells = mutation.CellsFor(schema_);
  ASSERT_TRUE(cells.ok());
  EXPECT_EQ(model::CounterUpdate::Decode((*cells)[0].value).value(), (model::CounterUpdate{-3, false}));
  EXPECT_EQ(model::CounterUpdate::Decode((*cells)[1].value).value(), (model::CounterUpdate{-4, true}));
  EXPECT_EQ(model::CounterUpdate::Decode((*cells)[2].value).value(), (model::CounterUpdate{5, false}));
}

TEST_F(RowMutationValueTest, WhatIsWrong_IsNamed) {
  EXPECT_EQ(Cells(RowMutation("r")), "invalid argument: the mutation changes nothing [0]");
  EXPECT_EQ(Cells(RowMutation("r").Set("nope", "", "v")),
            "invalid argument: the table has no column family 'nope' [9]");
  EXPECT_EQ(Cells(RowMutation("r").Increment("state", "")),
            "invalid argument: the column family 'state' is no counter [9]");
  EXPECT_NE(Cells(RowMutation("r").Set("hits", "", "many")).find("must be n, +n, -n or =n"), std::string::npos);
  EXPECT_NE(Cells(RowMutation("").Set("state", "", "v")).find("row is empty"), std::string::npos);
  EXPECT_NE(Cells(RowMutation("r").Set("state", "", "v", INT64_MIN)).find("[9]"), std::string::npos);
}

TEST_F(RowMutationValueTest, Conditions_GetTheFamiliesIds) {
  RowMutation mutation("r");
  mutation.IfPresent("state").IfAbsent("state", "x").IfEquals("hits", "n", "5").IfNotEquals("state", "y", "v");
  const auto conditions = mutation.ConditionsFor(schema_);
  ASSERT_TRUE(conditions.ok());
  ASSERT_EQ(conditions->size(), 4u);
  EXPECT_EQ((*conditions)[2].family, model::FamilyId(2));
  EXPECT_EQ((*conditions)[2].value, "5");
  EXPECT_EQ((*conditions)[3].expectation, RowMutation::Expectation::kNotEquals);
  EXPECT_EQ(RowMutation("r").IfPresent("nope").ConditionsFor(schema_).status().detail(), 9);
  EXPECT_EQ(RowMutation("r").IfEquals("hits", "", "x").ConditionsFor(schema_).status().detail(), 9);
}

}  // namespace
}  // namespace cellar::client

#include "model/spec_families.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "model/error_codes.h"

namespace cellar::model {
namespace {

Schema Before() {
  SchemaDefinition definition;
  for (const char* name : {"a", "b", "c"}) definition.families.emplace_back().name = name;
  return Schema::Create(std::move(definition)).value();
}

/// Names a family in each place where a spec can: the family `name`.
ScanSpec Naming(const std::string& name) {
  const ColumnPredicate leaf(name, QualifierMatch(), ColumnPredicate::Value::kExists, "");
  std::vector<PredicateTree> children(2, PredicateTree(leaf));
  ScanSpec spec;
  spec.columns.emplace_back(name);
  spec.predicates = PredicateTree(PredicateTree::Kind::kOr, std::move(children));
  CellInterval& cells = spec.cell_intervals.emplace_back();
  cells.start = CellBound::AtFamily("r", name, true);
  cells.end = CellBound::AtColumn("s", name, "q", false);
  return spec;
}

/// A spec for each of those places, the bounds of cells last.
std::vector<ScanSpec> NamingInOnePlace(const std::string& name) {
  const ScanSpec all = Naming(name);
  std::vector<ScanSpec> specs(3);
  specs[0].columns = all.columns;
  specs[1].predicates = all.predicates;
  specs[2].cell_intervals = all.cell_intervals;
  return specs;
}

TEST(SpecFamiliesTest, ARenamedFamily_IsNamedAsItIsNow_WhereverItStands) {
  const Schema before = Before();
  const Schema now = before.Alter({RenameFamily{"b", "x"}, RenameFamily{"a", "b"}}).value();
  EXPECT_EQ(RenamedFamilies(Naming("b"), before, now).value(), Naming("x"));
  EXPECT_EQ(RenamedFamilies(Naming("a"), before, now).value(), Naming("b"));
  EXPECT_EQ(RenamedFamilies(Naming("c"), before, now).value(), Naming("c"));
}

TEST(SpecFamiliesTest, ADroppedFamily_IsAnError_WhereverItStands_AlsoWhenAnotherHasItsNameNow) {
  const Schema before = Before();
  AddToSchema add;
  add.families.emplace_back().name = "b";
  const Schema dropped = before.Alter({DropFamilies{{"b"}}}).value();
  const Schema again = dropped.Alter({add}).value();
  std::vector<ScanSpec> specs = NamingInOnePlace("b");
  specs.push_back(specs.back());
  specs.back().cell_intervals[0].start = CellBound::AtRow("r", true);
  for (const ScanSpec& spec : specs) {
    for (const Schema& now : {dropped, again}) {
      EXPECT_EQ(RenamedFamilies(spec, before, now).status().detail(), kUnknownFamilyOnRead);
    }
  }
}

TEST(SpecFamiliesTest, WhatWasNeverThere_AndWhatNamesNone_StayAsTheyAre) {
  const Schema before = Before();
  const Schema now = before.Alter({DropFamilies{{"b"}}}).value();
  EXPECT_EQ(RenamedFamilies(Naming("z"), before, now).value(), Naming("z"));
  ScanSpec rows;
  CellInterval& cells = rows.cell_intervals.emplace_back();
  cells.start = CellBound::AtRow("r", true);
  EXPECT_EQ(RenamedFamilies(rows, before, now).value(), rows);
}

TEST(SpecFamiliesTest, EveryFamilyThatIsNamed_HasToBeThere_AndNoPredicateIsOnACounter) {
  SchemaDefinition definition;
  for (const char* name : {"a", "n"}) definition.families.emplace_back().name = name;
  definition.families.back().options.counter = true;
  const Schema schema = Schema::Create(std::move(definition)).value();
  for (const ScanSpec& spec : NamingInOnePlace("z")) {
    EXPECT_EQ(CheckFamilies(spec, schema).detail(), kUnknownFamilyOnRead);
  }
  EXPECT_TRUE(CheckFamilies(Naming("a"), schema).ok());
  EXPECT_TRUE(CheckFamilies(ScanSpec(), schema).ok());
  ScanSpec predicate;
  predicate.predicates = Naming("n").predicates;
  EXPECT_EQ(CheckFamilies(predicate, schema).detail(), kBadScanSpec);
}

}  // namespace
}  // namespace cellar::model

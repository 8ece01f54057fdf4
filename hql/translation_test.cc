#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "common/time/datetime.h"
#include "hql/parser.h"
#include "hql/scan_translation.h"
#include "hql/schema_translation.h"
#include "hql/statement_text.h"
#include "model/schema.h"
#include "model/schema_text.h"
#include "tests/support/golden_cases.h"

namespace cellar::hql {
namespace {

std::string ShowError(const Status& status) {
  return fmt::format("error {:#x}: {}", status.detail(), status.message());
}

// ---- SELECT

std::string ShowBound(const model::CellBound& bound) {
  constexpr std::string_view kDepths[] = {"unbounded", "row", "family", "column"};
  return fmt::format("{} {} {} {} {}", kDepths[static_cast<int>(bound.depth)], model::QuoteBytes(bound.row),
                     bound.family, model::QuoteBytes(bound.qualifier), bound.inclusive ? "inclusive" : "exclusive");
}

std::string ShowMatch(const model::QualifierMatch& match) {
  constexpr std::string_view kKinds[] = {"any", "exact", "prefix", "regex"};
  return fmt::format("{} {}", kKinds[static_cast<int>(match.kind)], model::QuoteBytes(match.text));
}

std::string ShowTree(const model::PredicateTree& tree) {
  if (tree.kind == model::PredicateTree::Kind::kLeaf) {
    constexpr std::string_view kKinds[] = {"exists", "exact", "prefix", "regex"};
    return fmt::format("[{} {}: {} {}]", tree.leaf.family, ShowMatch(tree.leaf.qualifier),
                       kKinds[static_cast<int>(tree.leaf.value)], model::QuoteBytes(tree.leaf.text));
  }
  if (tree.kind == model::PredicateTree::Kind::kRow) {
    return "[row " + tree.row.rows.ToString() + (tree.row.regex.empty() ? "" : " regex " + tree.row.regex) + "]";
  }
  std::string shown = tree.kind == model::PredicateTree::Kind::kAnd ? "and(" : "or(";
  for (const model::PredicateTree& child : tree.children) shown += ShowTree(child);
  return shown + ")";
}

std::string ShowSpec(const model::ScanSpec& spec) {
  std::string shown;
  for (const auto& rows : spec.row_intervals) shown += "rows " + rows.ToString() + "\n";
  for (const auto& cells : spec.cell_intervals) {
    shown += "cells from " + ShowBound(cells.start) + " to " + ShowBound(cells.end) + "\n";
  }
  for (const auto& column : spec.columns) shown += "column " + column.family + " " + ShowMatch(column.qualifier) + "\n";
  if (spec.start_time != model::kMinTimestamp) shown += "start " + common::FormatDateTimeUtc(spec.start_time) + "\n";
  if (spec.end_time != model::kMaxTimestamp) shown += "end " + common::FormatDateTimeUtc(spec.end_time) + "\n";
  if (!spec.row_regex.empty()) shown += "row regex " + spec.row_regex + "\n";
  if (!spec.value_regex.empty()) shown += "value regex " + spec.value_regex + "\n";
  if (!spec.predicates.empty()) shown += "predicates " + ShowTree(spec.predicates) + "\n";
  shown += fmt::format("versions {} rows {}+{} cells {}+{} per family {}{}{}{}{}\n", spec.max_versions, spec.row_offset,
                       spec.row_limit, spec.cell_offset, spec.cell_limit, spec.cell_limit_per_family,
                       spec.keys_only ? " K" : "", spec.return_deletes ? " D" : "", spec.no_cache ? " N" : "",
                       spec.scan_and_filter_rows ? " S" : "");
  EXPECT_EQ(spec.interval_mode, model::IntervalMode::kUnion);
  EXPECT_EQ(spec.predicate_mode, model::PredicateMode::kPerRow);
  return shown;
}

TEST(ScanTranslationTest, Selects_AsGolden) {
  EXPECT_TRUE(tests::MatchesGoldenCases("testdata/scans.golden", [](const std::string& input) {
    const Result<Statement> statement = ParseStatement(input);
    if (!statement.ok()) return ShowError(statement.status());
    const Result<model::ScanSpec> spec = ToScanSpec(std::get<Select>(*statement));
    return spec.ok() ? ShowSpec(*spec) : ShowError(spec.status());
  }));
}

TEST(ScanTranslationTest, ImpossibleRows_GiveEmptyInterval) {
  const Result<Statement> statement = ParseStatement("SELECT * FROM t WHERE ROW = 'a' AND ROW = 'b'");
  ASSERT_TRUE(statement.ok());
  const Result<model::ScanSpec> spec = ToScanSpec(std::get<Select>(*statement));
  ASSERT_TRUE(spec.ok());
  ASSERT_EQ(spec->row_intervals.size(), 1u);
  EXPECT_TRUE(spec->row_intervals[0].IsEmpty());
}

// ---- CREATE and ALTER

Result<model::Schema> MakeSchema(const CreateTable& create) {
  ASSIGN_OR_RETURN(model::SchemaDefinition definition, ToSchemaDefinition(create));
  return model::Schema::Create(std::move(definition));
}

Result<model::Schema> AlterExample(const AlterTable& alter) {
  const Result<Statement> base =
      ParseStatement("CREATE TABLE foo (a MAX_VERSIONS 1, b, c, ACCESS GROUP g (c) COMPRESSOR 'zstd', INDEX b)");
  ASSIGN_OR_RETURN(const model::Schema schema, MakeSchema(std::get<CreateTable>(*base)));
  ASSIGN_OR_RETURN(const auto alterations, ToAlterations(alter, schema.definition()));
  return schema.Alter(alterations);
}

std::string ShowSchema(const std::string& input) {
  const Result<Statement> statement = ParseStatement(input);
  if (!statement.ok()) return ShowError(statement.status());
  const auto* create = std::get_if<CreateTable>(&*statement);
  const Result<model::Schema> schema = create ? MakeSchema(*create) : AlterExample(std::get<AlterTable>(*statement));
  if (!schema.ok()) return ShowError(schema.status());
  std::string shown = model::SchemaToCreateStatement(*schema, "foo");
  const Result<Statement> again = ParseStatement(shown);
  EXPECT_TRUE(again.ok()) << again.status().ToString();
  if (again.ok()) {
    const Result<model::Schema> same = MakeSchema(std::get<CreateTable>(*again));
    EXPECT_TRUE(same.ok() && model::SchemaToCreateStatement(*same, "foo") == shown) << shown;
  }
  for (const std::string& warning : SchemaWarnings(schema->definition())) shown += "\nwarning: " + warning;
  return shown;
}

TEST(SchemaTranslationTest, Schemas_AsGolden) {
  EXPECT_TRUE(tests::MatchesGoldenCases("testdata/schemas.golden", ShowSchema));
}

}  // namespace
}  // namespace cellar::hql

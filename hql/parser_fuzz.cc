// Statements: whatever the text, the parser answers; what it takes prints to a text that parses to the same statement,
// and means something that the data model checks.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/check.h"
#include "hql/parser.h"
#include "hql/scan_translation.h"
#include "hql/schema_translation.h"
#include "hql/statement_text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cellar::hql;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  ExpectedAfter(text);
  const cellar::Result<Statement> statement = ParseStatement(text);
  if (!statement.ok()) {
    CHECK(!statement.status().message().empty());
    return 0;
  }
  const std::string canonical = StatementText(*statement);
  const cellar::Result<Statement> again = ParseStatement(canonical);
  CHECK(again.ok());
  CHECK(StatementText(*again) == canonical);
  if (const auto* select = std::get_if<Select>(&*statement)) (void)ToScanSpec(*select);
  if (const auto* create = std::get_if<CreateTable>(&*statement)) (void)ToSchemaDefinition(*create);
  if (const auto* alter = std::get_if<AlterTable>(&*statement)) {
    (void)ToAlterations(*alter, cellar::model::SchemaDefinition());
  }
  return 0;
}

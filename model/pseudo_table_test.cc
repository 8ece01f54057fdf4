#include "model/pseudo_table.h"

#include <gtest/gtest.h>

#include "model/error_codes.h"

namespace cellar::model {
namespace {

TEST(PseudoTableTest, Names_AreCutAtTheMark) {
  for (const auto& [path, table] :
       {std::pair("/n/t^.cellstore.index", "/n/t"), std::pair("t^.cellstore.index", "t"),
        std::pair("/^t^.cellstore.index", "/^t"), std::pair("/a.b^.cellstore.index/", "/a.b")}) {
    const auto name = ParsePseudoTable(path);
    ASSERT_TRUE(name.ok() && name->has_value()) << path;
    EXPECT_EQ((*name)->table_path, table);
    EXPECT_EQ((*name)->part, kCellStoreIndex);
    EXPECT_EQ(CheckNoPseudoTable(path).detail(), kUnsupportedOperation);
  }
}

TEST(PseudoTableTest, OtherNames_AreTables) {
  for (const char* path : {"/", "", "/n/t", "/^t", "/^.t", "/n^.x/t", "/t^", "/t.cellstore.index", "/t^cellstore"}) {
    const auto name = ParsePseudoTable(path);
    ASSERT_TRUE(name.ok()) << path;
    EXPECT_FALSE(name->has_value()) << path;
    EXPECT_TRUE(CheckNoPseudoTable(path).ok()) << path;
  }
}

TEST(PseudoTableTest, OtherParts_AreRefused) {
  for (const char* path :
       {"/t^.", "/t^.cellstore", "/t^.cellstore.index.x", "/t^.Cellstore.index", "/t^.^.cellstore.index"}) {
    EXPECT_EQ(ParsePseudoTable(path).status().detail(), kBadPseudoTable) << path;
  }
}

TEST(PseudoTableTest, Schema_IsNoTables) {
  const auto schema = CellStoreIndexSchema();
  EXPECT_TRUE(IsPseudo(*schema));
  EXPECT_EQ(schema->FindFamily("KeyCount")->id, cellstore_index_family::kKeyCount);
  SchemaDefinition definition;
  definition.families.emplace_back().name = "a";
  EXPECT_FALSE(IsPseudo(*Schema::Create(definition)));
  EXPECT_EQ(schema->Alter({}).status().detail(), kUnsupportedOperation);
  EXPECT_EQ(schema->Replace(definition).status().detail(), kUnsupportedOperation);
}

}  // namespace
}  // namespace cellar::model

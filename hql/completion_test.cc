#include "hql/completion.h"

#include <gtest/gtest.h>

namespace cellar::hql {
namespace {

class FixedNames final : public NameSource {
 public:
  std::vector<std::string> Tables() override { return {"visits", "visitors", "odd-name", "table"}; }
  std::vector<std::string> Namespaces() override { return {"test", "/"}; }
  std::vector<std::string> Families(const std::string& table) override {
    asked = table;
    return {"url", "referer", "c-f"};
  }
  std::vector<std::string> Files(const std::string&) override { return {"data/", "data.tsv"}; }

  std::string asked;
};

using Words = std::vector<std::string>;

Words At(const std::string& text, const std::string& after = "") {
  FixedNames names;
  return Complete(text, after, names).candidates;
}

TEST(CompletionTest, Keywords_ByPlace) {
  EXPECT_EQ(At("SEL"), (Words{"SELECT"}));
  EXPECT_EQ(At("sel"), (Words{"select"}));
  EXPECT_EQ(At("CREATE "), (Words{"DATABASE", "NAMESPACE", "TABLE"}));
  EXPECT_EQ(At("SELECT * FROM visits LI"), (Words{"LIMIT"}));
  EXPECT_EQ(At("SELECT * FROM visits CELL_LIMIT 3 CELL_"),
            (Words{"CELL_LIMIT", "CELL_LIMIT_PER_FAMILY", "CELL_OFFSET"}));
  EXPECT_EQ(At("COMPACT TYPE=M"), (Words{"MAJOR", "MERGING", "MINOR"}));
}

TEST(CompletionTest, TableNames_QuotedWhereNeeded) {
  EXPECT_EQ(At("SELECT * FROM vi"), (Words{"visitors", "visits"}));
  EXPECT_EQ(At("DROP TABLE "), (Words{"'odd-name'", "'table'", "IF", "visitors", "visits"}));
  EXPECT_EQ(At("DROP TABLE 'o"), (Words{"'odd-name'"}));
  EXPECT_EQ(At("DROP TABLE \"vis"), (Words{"\"visitors\"", "\"visits\""}));
}

TEST(CompletionTest, FamiliesOfTheTable) {
  FixedNames names;
  EXPECT_EQ(Complete("SELECT * FROM visits WHERE u", "", names).candidates, (Words{"url"}));
  EXPECT_EQ(names.asked, "visits");
  EXPECT_EQ(Complete("DELETE r", "", names).candidates, (Words{}));
  EXPECT_EQ(Complete("ALTER TABLE 'odd-name' DROP (", "", names).candidates, (Words{"'c-f'", "referer", "url"}));
  EXPECT_EQ(names.asked, "odd-name");
  EXPECT_EQ(At("SELECT u", " FROM visits"), (Words{"url"}));
  EXPECT_EQ(At("DELETE r", " FROM 'odd-name' WHERE ROW = 'x'"), (Words{"referer"}));
}

TEST(CompletionTest, FilesNamespacesTopics) {
  EXPECT_EQ(At("LOAD DATA INFILE 'da"), (Words{"'data.tsv'", "'data/"}));
  EXPECT_EQ(At("USE t"), (Words{"test"}));
  EXPECT_EQ(At("HELP COM"), (Words{"COMPACT"}));
}

TEST(CompletionTest, WrongBeginning_GivesNothing) {
  EXPECT_EQ(At("SELECT * FORM t "), (Words{}));
  EXPECT_EQ(At("nonsense "), (Words{}));
}

TEST(CompletionTest, CommonPrefix_OfAll) {
  EXPECT_EQ(CommonPrefix({"visitors", "visits"}), "visit");
  EXPECT_EQ(CommonPrefix({"a"}), "a");
  EXPECT_EQ(CommonPrefix({"a", "b"}), "");
  EXPECT_EQ(CommonPrefix({}), "");
}

}  // namespace
}  // namespace cellar::hql

#include "hql/load/cell_format.h"

#include <gtest/gtest.h>

#include "hql/load/field_escape.h"

namespace cellar::hql {
namespace {

model::Cell Example() {
  return model::Cell("r\t1", model::FamilyId{1}, "q", model::KeyFlag::kInsert, 5'000, model::Revision{9}, "v\n\x1b");
}

std::string Line(const CellFormat& format, const model::Cell& cell) {
  std::string line;
  AppendCellLine(format, cell.view(), "cf", &line);
  return line;
}

TEST(CellFormatTest, Plain_IsRowColumnValue) {
  EXPECT_EQ(Line(CellFormat(), Example()), "r\\t1\tcf:q\tv\\n\x1b\n");
}

TEST(CellFormatTest, WithoutQualifier_HasNoColon) {
  model::Cell cell = Example();
  cell.qualifier.clear();
  EXPECT_EQ(Line(CellFormat(), cell), "r\\t1\tcf\tv\\n\x1b\n");
}

TEST(CellFormatTest, Separator_IsEscapedInsteadOfTab) {
  CellFormat format;
  format.separator = ':';
  EXPECT_EQ(Line(format, Example()), "r\t1:cf\\:q:v\\n\x1b\n");
}

TEST(CellFormatTest, NoEscape_GivesBytesAsTheyAre) {
  CellFormat format;
  format.escaped = false;
  EXPECT_EQ(Line(format, Example()), "r\t1\tcf:q\tv\n\x1b\n");
}

TEST(CellFormatTest, Terminal_SeesNoControlBytes) {
  CellFormat format;
  format.for_terminal = true;
  EXPECT_EQ(Line(format, Example()), "r\\t1\tcf:q\tv\\n\\x1b\n");
}

TEST(CellFormatTest, TimestampsAndRevisions_ComeFirst) {
  CellFormat format;
  format.timestamps = true;
  format.revisions = true;
  format.timestamp_text = CellFormat::TimestampText::kNanoseconds;
  EXPECT_EQ(Line(format, Example()), "9\t5000\tr\\t1\tcf:q\tv\\n\x1b\n");
  format.timestamp_text = CellFormat::TimestampText::kMicroseconds;
  EXPECT_EQ(Line(format, Example()), "9\t5\tr\\t1\tcf:q\tv\\n\x1b\n");
  format.keys_only = true;
  EXPECT_EQ(Line(format, Example()), "9\t5\tr\\t1\n");
  std::string header;
  AppendHeaderLine(format, &header);
  EXPECT_EQ(header, "#revision\ttimestamp\trow\n");
}

TEST(CellFormatTest, Deletes_HaveTheirKindLast) {
  model::Cell cell = Example();
  cell.value.clear();
  cell.flag = model::KeyFlag::kDeleteVersion;
  EXPECT_EQ(Line(CellFormat(), cell), "r\\t1\tcf:q\t\tDELETE CELL VERSION\n");
  cell.qualifier.clear();
  cell.flag = model::KeyFlag::kDeleteFamily;
  EXPECT_EQ(Line(CellFormat(), cell), "r\\t1\tcf\t\tDELETE COLUMN FAMILY\n");
  cell.family = model::FamilyId{0};
  cell.flag = model::KeyFlag::kDeleteRow;
  EXPECT_EQ(Line(CellFormat(), cell), "r\\t1\t\tDELETE ROW\n");
}

TEST(CellFormatTest, TimestampNames) {
  CellFormat::TimestampText text = CellFormat::TimestampText::kDateTime;
  EXPECT_TRUE(ParseTimestampText("nanos", &text));
  EXPECT_EQ(text, CellFormat::TimestampText::kNanoseconds);
  EXPECT_TRUE(ParseTimestampText("usecs", &text));
  EXPECT_FALSE(ParseTimestampText("seconds", &text));
}

TEST(FieldEscapeTest, UnknownEscapes_StayAsWritten) {
  std::string out;
  AppendUnescapedField("\\x\\N\\", '\t', &out);
  EXPECT_EQ(out, "\\x\\N\\");
}

TEST(FieldEscapeTest, Split_EscapedSeparator) {
  std::vector<std::string_view> fields;
  SplitFields("a\\,b,c\\\\,d,", ',', true, &fields);
  EXPECT_EQ(fields, (std::vector<std::string_view>{"a\\,b", "c\\\\", "d", ""}));
  SplitFields("a\\,b", ',', false, &fields);
  EXPECT_EQ(fields, (std::vector<std::string_view>{"a\\", "b"}));
  SplitFields("a\\\tb", '\t', true, &fields);
  EXPECT_EQ(fields, (std::vector<std::string_view>{"a\\", "b"}));
}

}  // namespace
}  // namespace cellar::hql

#include "hql/shell/answer_text.h"

#include <gtest/gtest.h>

#include "common/bytes/utf8.h"
#include "hql/lexer.h"
#include "hql/shell/display_text.h"
#include "hql/shell/json_text.h"

namespace cellar::hql {
namespace {

model::CellView CellOf(std::string_view row, std::string_view qualifier, std::string_view value,
                       model::KeyFlag flag = model::KeyFlag::kInsert) {
  model::CellView cell;
  cell.key = {row, model::FamilyId(1), qualifier, flag, 1'700'000'000'123'456'789, model::Revision(7)};
  cell.value = value;
  return cell;
}

std::string TextOf(OutputFormat format, const AnswerColumns& columns, const std::vector<model::CellView>& cells) {
  const auto text = NewAnswerText(format, columns);
  std::string out;
  text->Begin(&out);
  for (const model::CellView& cell : cells) text->Cell(cell, "url", &out);
  text->End(&out);
  return out;
}

std::string Displayed(std::string_view bytes) {
  std::string out;
  AppendDisplayText(bytes, &out);
  return out;
}

TEST(DisplayTextTest, PrintableStays_AllElseIsEscaped) {
  EXPECT_EQ(Displayed("größe 日本 😀"), "größe 日本 😀");
  EXPECT_EQ(Displayed(std::string_view("a\tb\nc\rd\0e\\f", 11)), "a\\tb\\nc\\rd\\0e\\\\f");
  EXPECT_EQ(Displayed("\x1b[31m\x7f"), "\\x1b[31m\\x7f");
  EXPECT_EQ(Displayed("\xff\xc3(\xe2\x82"), "\\xff\\xc3(\\xe2\\x82");
  EXPECT_EQ(Displayed("\xc2\x9b"), "\\xc2\\x9b");  // a control character of eight bits
  EXPECT_EQ(Displayed("a\xe2\x80\xae"
                      "b"),
            "a\\xe2\\x80\\xae"
            "b");                                                             // turns the direction
  EXPECT_EQ(Displayed("\xc0\x80\xed\xa0\x80"), "\\xc0\\x80\\xed\\xa0\\x80");  // overlong, a surrogate
}

TEST(DisplayTextTest, AStringOfHqlWithIt_MeansTheSameBytes) {
  std::string all;
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; second += 5) all += {static_cast<char>(first), static_cast<char>(second)};
  }
  std::string quoted;
  for (const char c : Displayed(all)) quoted += c == '\'' ? std::string("\\'") : std::string(1, c);
  EXPECT_EQ(DecodeString("'" + quoted + "'"), all);
  EXPECT_TRUE(common::IsUtf8(quoted));
}

TEST(DisplayTextTest, Width) {
  EXPECT_EQ(DisplayWidth("abc"), 3u);
  EXPECT_EQ(DisplayWidth("größe"), 5u);
  EXPECT_EQ(DisplayWidth("日本"), 4u);
  EXPECT_EQ(DisplayWidth("e\xcc\x81"), 1u);
}

TEST(AnswerTextTest, Table_AlignsAndEndsWithTheLastColumn) {
  EXPECT_EQ(TextOf(OutputFormat::kTable, AnswerColumns(), {CellOf("日本", "home", "x"), CellOf("r", "", "a\nb")}),
            " row  | column   | value\n"
            "------+----------+-------\n"
            " 日本 | url:home | x\n"
            " r    | url      | a\\nb\n");
  EXPECT_EQ(TextOf(OutputFormat::kTable, AnswerColumns(), {}), "");
}

TEST(AnswerTextTest, Table_LaterCells_KeepTheColumns) {
  const auto text = NewAnswerText(OutputFormat::kTable, AnswerColumns());
  std::string out;
  for (int i = 0; i < 500; ++i) text->Cell(CellOf("r", "", "v"), "url", &out);
  EXPECT_TRUE(out.starts_with(" row | column | value\n-----+--------+-------\n r   | url    | v\n"));
  out.clear();
  text->Cell(CellOf("longer", "", "v"), "url", &out);
  EXPECT_EQ(out, " longer | url    | v\n");
}

TEST(AnswerTextTest, Vertical) {
  AnswerColumns columns;
  columns.timestamp = true;
  columns.timestamp_text = CellFormat::TimestampText::kNanoseconds;
  EXPECT_EQ(TextOf(OutputFormat::kVertical, columns, {CellOf("r", "q", "v"), CellOf("r2", "", "")}),
            "-[ 1 ]----------------------------------\n"
            "timestamp | 1700000000123456789\n"
            "row       | r\n"
            "column    | url:q\n"
            "value     | v\n"
            "-[ 2 ]----------------------------------\n"
            "timestamp | 1700000000123456789\n"
            "row       | r2\n"
            "column    | url\n"
            "value     | \n");
}

TEST(AnswerTextTest, Csv_QuotesWhereNeeded) {
  EXPECT_EQ(TextOf(OutputFormat::kCsv, AnswerColumns(), {}), "row,column,value\n");
  EXPECT_EQ(TextOf(OutputFormat::kCsv, AnswerColumns(), {CellOf("a,b", "q", "say \"x\""), CellOf("\xff", "", "a\nb")}),
            "row,column,value\n\"a,b\",url:q,\"say \"\"x\"\"\"\n\xff,url,\"a\nb\"\n");
  AnswerColumns columns;
  columns.separator = ';';
  columns.revision = true;
  EXPECT_EQ(TextOf(OutputFormat::kCsv, columns, {CellOf("a,b", "", "x;y")}),
            "revision;row;column;value\n7;a,b;url;\"x;y\"\n");
}

TEST(AnswerTextTest, Json_TextAndBytes) {
  AnswerColumns columns;
  columns.revision = true;
  columns.timestamp = true;
  columns.timestamp_text = CellFormat::TimestampText::kMicroseconds;
  EXPECT_EQ(TextOf(OutputFormat::kJson, columns, {CellOf("ä\"\\", "q", "\x1b\n")}),
            "{\"revision\":7,\"timestamp\":1700000000123456,\"row\":\"ä\\\"\\\\\",\"column\":\"url:q\","
            "\"value\":\"\\u001b\\n\"}\n");
  EXPECT_EQ(TextOf(OutputFormat::kJson, AnswerColumns(), {CellOf("r", "", "\xff")}),
            "{\"row\":\"r\",\"column\":\"url\",\"value_base64\":\"/w==\"}\n");
}

TEST(AnswerTextTest, Json_Base64) {
  const auto member = [](std::string_view bytes) {
    std::string out;
    AppendJsonMember("v", bytes, &out);
    return out;
  };
  EXPECT_EQ(member("\xff\xfe"), "\"v_base64\":\"//4=\"");
  EXPECT_EQ(member("\xff\xfe\xfd"), "\"v_base64\":\"//79\"");
  EXPECT_EQ(member("\xff\xfe\xfd\x01"), "\"v_base64\":\"//79AQ==\"");
}

TEST(AnswerTextTest, KeysOnlyAndDeleteMarkers) {
  AnswerColumns columns;
  columns.keys_only = true;
  EXPECT_EQ(TextOf(OutputFormat::kJson, columns, {CellOf("r", "q", "v")}), "{\"row\":\"r\"}\n");
  columns = AnswerColumns();
  columns.marker = true;
  EXPECT_EQ(TextOf(OutputFormat::kCsv, columns,
                   {CellOf("r", "", "", model::KeyFlag::kDeleteRow), CellOf("r", "q", "", model::KeyFlag::kDeleteCell),
                    CellOf("r", "q", "v")}),
            "row,column,value,deletes\nr,,,DELETE ROW\nr,url:q,,DELETE CELL\nr,url:q,v,\n");
  EXPECT_EQ(TextOf(OutputFormat::kJson, columns, {CellOf("r", "q", "v")}),
            "{\"row\":\"r\",\"column\":\"url:q\",\"value\":\"v\"}\n");
}

TEST(AnswerTextTest, FormatNames) {
  for (const std::string_view name : kOutputFormatNames) EXPECT_EQ(OutputFormatName(*ParseOutputFormat(name)), name);
  EXPECT_EQ(ParseOutputFormat("JSON"), OutputFormat::kJson);
  EXPECT_EQ(ParseOutputFormat("xml"), std::nullopt);
  std::string line;
  AppendJsonTextLine("sys\t(namespace)", &line);
  EXPECT_EQ(line, "{\"text\":\"sys\\t(namespace)\"}");
}

}  // namespace
}  // namespace cellar::hql

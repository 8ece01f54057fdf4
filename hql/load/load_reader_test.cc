#include "hql/load/load_reader.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "hql/load/cell_format.h"
#include "hql/load/memory_files.h"
#include "hql/parser.h"
#include "model/error_codes.h"
#include "tests/support/golden_cases.h"

namespace cellar::hql {
namespace {

const model::Schema& ExampleSchema() {
  static const model::Schema schema = [] {
    model::SchemaDefinition definition;
    for (const char* name : {"a", "b", "c"}) {
      model::ColumnFamily family;
      family.name = name;
      definition.families.push_back(family);
    }
    return *model::Schema::Create(definition);
  }();
  return schema;
}

std::string ShowCell(const LoadedCell& cell) {
  std::string shown = fmt::format("{} {}[{}]:{} ", model::QuoteBytes(cell.row), cell.family, cell.family_id.get(),
                                  model::QuoteBytes(cell.qualifier));
  if (cell.timestamp != model::kAutomaticTimestamp) shown += fmt::format("t={} ", cell.timestamp);
  return shown + fmt::format("{} {}\n", model::KeyFlagName(cell.flag), model::QuoteBytes(cell.value));
}

LoadOptions ToOptions(const std::string& text) {
  const Result<Statement> statement = ParseStatement("LOAD DATA INFILE " + text + " 'x' INTO TABLE t");
  EXPECT_TRUE(statement.ok()) << statement.status().ToString();
  const auto& load = std::get<LoadData>(*statement);
  LoadOptions options;
  options.row_key_columns = load.row_key_columns;
  options.timestamp_column = load.timestamp_column;
  options.row_uniquify_chars = load.row_uniquify_chars;
  options.duplicate_key_columns = load.duplicate_key_columns;
  options.escaped = !load.no_escape;
  options.ignore_unknown_families = load.ignore_unknown_families;
  options.single_cell_format = load.single_cell_format;
  options.separator = load.separator.value_or('\t');
  return options;
}

void ReplaceAll(std::string* text, const std::string& what, const std::string& by) {
  for (size_t at = 0; (at = text->find(what, at)) != std::string::npos; at += by.size())
    text->replace(at, what.size(), by);
}

std::string ReadEverything(LoadReader& reader) {
  std::string shown;
  std::vector<LoadedCell> cells;
  while (true) {
    const Result<bool> more = reader.Next(&cells);
    if (!more.ok()) {
      EXPECT_TRUE(cells.empty());
      shown += fmt::format("error {}: {}\n", more.status().detail(), more.status().message());
      break;
    }
    if (!*more) break;
    for (const LoadedCell& cell : cells) shown += ShowCell(cell);
  }
  const LoadStats& stats = reader.stats();
  shown += fmt::format("{} lines, {} cells", stats.line_count, stats.cell_count);
  if (stats.skipped_line_count > 0) shown += fmt::format(", {} skipped", stats.skipped_line_count);
  if (stats.unknown_family_cell_count > 0) shown += fmt::format(", {} unknown", stats.unknown_family_cell_count);
  shown += "\n";
  for (const std::string& reason : stats.skip_reasons) shown += "  " + reason + "\n";
  return shown;
}

std::string Load(const std::string& input) {
  const size_t end = std::min(input.find('\n'), input.size());
  std::string first = input.substr(0, end);
  std::string file = input.substr(std::min(end + 1, input.size()));
  ReplaceAll(&file, "⇥", "\t");
  ReplaceAll(&file, "␍", "\r");
  std::optional<std::string> header;
  if (first == "HEADER") {
    const size_t header_end = file.find('\n');
    header = file.substr(0, header_end);
    file.erase(0, header_end + 1);
  }
  const bool into_file = first == "INTO FILE";
  const LoadOptions options = ToOptions(first == "." || first == "HEADER" || into_file ? "" : first);
  const std::unique_ptr<ByteSource> source = NewMemorySource(file);
  SeededRandom random(7);
  const auto reader = LoadReader::Open(*source, options, into_file ? nullptr : &ExampleSchema(), random, header);
  if (!reader.ok()) return fmt::format("error {:#x}: {}", reader.status().detail(), reader.status().message());
  return ReadEverything(**reader);
}

TEST(LoadReaderTest, Files_AsGolden) {
  EXPECT_TRUE(tests::MatchesGoldenCases("testdata/loads.golden", Load));
}

Result<std::vector<model::Cell>> LoadCells(const std::string& file, const LoadOptions& options) {
  const std::unique_ptr<ByteSource> source = NewMemorySource(file);
  SeededRandom random(7);
  ASSIGN_OR_RETURN(const auto reader, LoadReader::Open(*source, options, &ExampleSchema(), random));
  std::vector<model::Cell> all;
  std::vector<LoadedCell> cells;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, reader->Next(&cells));
    if (!more) return all;
    for (const LoadedCell& cell : cells) {
      all.emplace_back(std::string(cell.row), cell.family_id, std::string(cell.qualifier), cell.flag, cell.timestamp,
                       model::Revision{0}, std::string(cell.value));
    }
  }
}

TEST(LoadReaderTest, OversizedRow_IsRefusedWithItsLine) {
  const std::string file = "#row\tcolumn\tvalue\nr\ta\tv\n" + std::string(model::kMaxRowBytes + 1, 'x') + "\ta\tv\n";
  const auto cells = LoadCells(file, LoadOptions());
  ASSERT_FALSE(cells.ok());
  EXPECT_TRUE(cells.status().message().starts_with("line 3: row")) << cells.status().ToString();
  EXPECT_EQ(cells.status().detail(), model::kBadKey);
}

TEST(LoadReaderTest, TooManyColumns_AreRefused) {
  std::string header = "#id";
  for (int i = 0; i < 255; ++i) header += "\ta:" + std::to_string(i);
  const auto cells = LoadCells(header + "\n", LoadOptions());
  ASSERT_FALSE(cells.ok());
  EXPECT_EQ(cells.status().detail(), model::kTooManyColumns);
}

TEST(LoadReaderTest, SkipReasons_AreBounded) {
  std::string file = "#row\tcolumn\tvalue\n";
  for (int i = 0; i < 1'000; ++i) file += "bad\n";
  const std::unique_ptr<ByteSource> source = NewMemorySource(file);
  SeededRandom random(7);
  const auto reader = LoadReader::Open(*source, LoadOptions(), &ExampleSchema(), random);
  ASSERT_TRUE(reader.ok());
  std::vector<LoadedCell> cells;
  EXPECT_FALSE((*reader)->Next(&cells).value());
  EXPECT_EQ((*reader)->stats().skipped_line_count, 1'000u);
  EXPECT_EQ((*reader)->stats().skip_reasons.size(), kMaxSkipReasons);
}

std::string RandomBytes(Random& random, size_t most, size_t least = 0) {
  constexpr std::string_view kSpecial("\t\n\r\0\\:#N\xFF,'\" ", 13);
  std::string bytes(least + random.Uniform(most + 1 - least), '\0');
  for (char& c : bytes) {
    c = random.OneIn(2) ? kSpecial[random.Uniform(kSpecial.size())] : static_cast<char>(random.Uniform(256));
  }
  return bytes;
}

model::Cell RandomCell(Random& random) {
  model::Cell cell;
  cell.row = RandomBytes(random, 8, 1);
  cell.timestamp = static_cast<int64_t>(random.Next()) >> random.Uniform(60);
  if (cell.timestamp < model::kMinTimestamp) cell.timestamp = model::kMinTimestamp;
  cell.flag = static_cast<model::KeyFlag>(random.OneIn(4) ? random.Uniform(4) : 4);
  if (cell.flag != model::KeyFlag::kDeleteRow)
    cell.family = model::FamilyId{static_cast<uint8_t>(1 + random.Uniform(3))};
  if (cell.flag >= model::KeyFlag::kDeleteCell) cell.qualifier = RandomBytes(random, 8);
  if (cell.flag == model::KeyFlag::kInsert) cell.value = RandomBytes(random, 20);
  return cell;
}

TEST(LoadReaderTest, Property_EveryExportLoadsAgain) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SeededRandom random(seed);
    CellFormat format;
    do {
      format.separator = random.OneIn(2) ? '\t' : static_cast<char>(random.Uniform(256));
    } while (!IsUsableSeparator(format.separator));
    format.timestamps = true;
    format.timestamp_text = CellFormat::TimestampText::kNanoseconds;
    format.revisions = random.OneIn(2);
    std::vector<model::Cell> written;
    std::string file;
    AppendHeaderLine(format, &file);
    for (size_t i = random.Uniform(30); i > 0; --i) {
      written.push_back(RandomCell(random));
      const model::ColumnFamily* family = ExampleSchema().FindFamily(written.back().family);
      AppendCellLine(format, written.back().view(), family == nullptr ? "" : family->name, &file);
    }
    LoadOptions options;
    options.separator = format.separator;
    const auto read = LoadCells(file, options);
    ASSERT_TRUE(read.ok()) << read.status().ToString() << "\n" << file;
    ASSERT_EQ(*read, written) << model::QuoteBytes(file);
  }
}

}  // namespace
}  // namespace cellar::hql

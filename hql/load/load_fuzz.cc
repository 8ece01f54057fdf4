// Files of cells: whatever the bytes and options, the reader ends; what it gives out can be written and reads back.

#include <fuzzer/FuzzedDataProvider.h>

#include <string>
#include <vector>

#include "common/base/check.h"
#include "hql/load/cell_format.h"
#include "hql/load/load_reader.h"
#include "hql/load/memory_files.h"

namespace cellar::hql {
namespace {

model::Schema MakeSchema() {
  model::SchemaDefinition definition;
  for (const char* name : {"a", "b"}) {
    model::ColumnFamily family;
    family.name = name;
    definition.families.push_back(family);
  }
  return *model::Schema::Create(definition);
}

std::vector<model::Cell> Read(const std::string& file, const LoadOptions& options, const model::Schema& schema) {
  const auto source = NewMemorySource(file);
  SeededRandom random(1);
  const auto reader = LoadReader::Open(*source, options, &schema, random);
  std::vector<model::Cell> all;
  if (!reader.ok()) return all;
  std::vector<LoadedCell> cells;
  while (true) {
    const Result<bool> more = (*reader)->Next(&cells);
    if (!more.ok() || !*more) return all;
    for (const LoadedCell& cell : cells) {
      all.emplace_back(std::string(cell.row), cell.family_id, std::string(cell.qualifier), cell.flag, cell.timestamp,
                       model::Revision{0}, std::string(cell.value));
      if (all.back().timestamp == model::kAutomaticTimestamp) all.back().timestamp = 1;
    }
  }
}

void Run(FuzzedDataProvider* input) {
  const model::Schema schema = MakeSchema();
  LoadOptions options;
  options.escaped = input->ConsumeBool();
  options.duplicate_key_columns = input->ConsumeBool();
  options.ignore_unknown_families = input->ConsumeBool();
  options.single_cell_format = input->ConsumeBool();
  const char separator = input->ConsumeBool() ? '\t' : input->ConsumeIntegral<char>();
  if (IsUsableSeparator(separator)) options.separator = separator;
  if (input->ConsumeBool()) options.row_uniquify_chars = 3;
  const std::vector<std::string> keys[] = {
      {}, {"id"}, {"%05id", "%-4n"}, {"%6id", "\\%c"}, {input->ConsumeRandomLengthString(8)}};
  options.row_key_columns = input->PickValueInArray(keys);
  if (input->ConsumeBool()) options.timestamp_column = "ts";
  const std::string headers[] = {"", "#", "#row\tcolumn\tvalue\n", "#timestamp\trow\tcolumn\tvalue\n",
                                 "#id\ta\tts\tn\t%c\tb:q\n"};
  const std::string file_begin = input->PickValueInArray(headers);
  const std::vector<model::Cell> cells = Read(file_begin + input->ConsumeRemainingBytesAsString(), options, schema);

  CellFormat format;
  format.timestamps = true;
  format.timestamp_text = CellFormat::TimestampText::kNanoseconds;
  format.separator = options.separator;
  std::string file;
  AppendHeaderLine(format, &file);
  for (const model::Cell& cell : cells) {
    const model::ColumnFamily* family = schema.FindFamily(cell.family);
    AppendCellLine(format, cell.view(), family == nullptr ? "" : family->name, &file);
  }
  LoadOptions plain;
  plain.separator = options.separator;
  CHECK(Read(file, plain, schema) == cells);
}

}  // namespace
}  // namespace cellar::hql

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzedDataProvider input(data, size);
  cellar::hql::Run(&input);
  return 0;
}

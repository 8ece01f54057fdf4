#include "hql/error_codes.h"
#include "hql/executor/statement_run.h"
#include "hql/scan_translation.h"
#include "model/counter.h"
#include "model/error_codes.h"
#include "model/pseudo_table.h"

namespace cellar::hql {

namespace {

constexpr size_t kFileBufferBytes = 256 << 10;

/// Lines on their way to a file.
class LineBuffer {
 public:
  explicit LineBuffer(ByteSink& file) : file_(file) {}

  std::string* text() { return &text_; }
  Status FlushWhenFull() { return text_.size() < kFileBufferBytes ? Status() : Flush(); }
  Status Flush() {
    RETURN_IF_ERROR(file_.Write(text_));
    text_.clear();
    return Status();
  }

 private:
  ByteSink& file_;
  std::string text_;
};

CellFormat FormatOf(const OutputOptions& output, bool keys_only, CellFormat::TimestampText timestamp_text) {
  CellFormat format;
  format.separator = output.separator.value_or(kDefaultSeparator);
  format.escaped = !output.no_escape;
  format.timestamps = output.display_timestamps;
  format.revisions = output.display_revisions;
  format.keys_only = keys_only;
  format.timestamp_text = timestamp_text;
  return format;
}

/// The header line without its end.
std::string HeaderText(const CellFormat& format) {
  std::string header;
  AppendHeaderLine(format, &header);
  header.pop_back();
  return header;
}

/// RETURN_DELETES gives the updates of a counter one by one, encoded: their text as INSERT takes it, "+5" or "=2".
/// `text` holds it.
void ShowCounterUpdate(const model::Schema& schema, model::CellView* cell, std::string* text) {
  if (cell->key.flag != model::KeyFlag::kInsert || !schema.rules(cell->key.family).counter) return;
  const Result<model::CounterUpdate> update = model::CounterUpdate::Decode(cell->value);
  if (!update.ok()) return;
  *text = update->ToText();
  cell->value = *text;
}

}  // namespace

Status StatementRun::Scan(DatabaseTable& table, model::ScanSpec spec, const CellFormat& format, ByteSink* file) {
  const bool shows_updates = spec.return_deletes;
  ASSIGN_OR_RETURN(const std::shared_ptr<CellScanner> scanner, table.NewScanner(std::move(spec)));
  {
    common::MutexLock lock(session.mutex_);
    session.scanner_ = scanner;
  }
  std::optional<LineBuffer> lines;
  if (file != nullptr) {
    lines.emplace(*file);
    AppendHeaderLine(format, lines->text());
  }
  model::CellView cell;
  std::string counter_text;
  while (scanner->Next(&cell)) {
    RETURN_IF_ERROR(CheckNotCancelled());
    if (shows_updates) ShowCounterUpdate(scanner->schema(), &cell, &counter_text);
    const model::ColumnFamily* family = scanner->schema().FindFamily(cell.key.family);
    const std::string_view family_name = family == nullptr ? std::string_view() : std::string_view(family->name);
    ++outcome.cell_count;
    outcome.key_bytes += cell.key.row.size() + family_name.size() + cell.key.qualifier.size();
    outcome.value_bytes += cell.value.size();
    if (!lines) {
      RETURN_IF_ERROR(sink.Cell(format, cell, family_name));
      continue;
    }
    AppendCellLine(format, cell, family_name, lines->text());
    RETURN_IF_ERROR(lines->FlushWhenFull());
  }
  RETURN_IF_ERROR(CheckNotCancelled());
  RETURN_IF_ERROR(scanner->status());
  return lines ? lines->Flush() : Status();
}

Status StatementRun::ScanTo(const Name& name, model::ScanSpec spec, const CellFormat& format,
                            const std::optional<std::string>& file, bool header_on_terminal) {
  outcome.is_scan = true;
  ASSIGN_OR_RETURN(const std::unique_ptr<DatabaseTable> table, Open(name));
  if (!file) {
    if (header_on_terminal) RETURN_IF_ERROR(sink.Lines(HeaderText(format)));
    return Scan(*table, std::move(spec), format, nullptr);
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<ByteSink> opened, OpenSink(session.files_, *file));
  RETURN_IF_ERROR(Scan(*table, std::move(spec), format, opened.get()));
  return opened->Finish();
}

Status StatementRun::Run(const Select& select) {
  ASSIGN_OR_RETURN(model::ScanSpec spec, ToScanSpec(select));
  const CellFormat format = FormatOf(select.output, select.keys_only, session.options_.timestamp_text);
  return ScanTo(select.table, std::move(spec), format, select.output.file, /*header_on_terminal=*/false);
}

Status StatementRun::Run(const DumpTable& dump) {
  ASSIGN_OR_RETURN(model::ScanSpec spec, ToScanSpec(dump.select));
  CellFormat format = FormatOf(dump.select.output, /*keys_only=*/false, CellFormat::TimestampText::kNanoseconds);
  format.timestamps = !dump.no_timestamps;
  return ScanTo(dump.select.table, std::move(spec), format, dump.select.output.file, /*header_on_terminal=*/true);
}

Status StatementRun::Run(const DumpPseudoTable& dump) {
  ASSIGN_OR_RETURN(const std::optional<model::PseudoTableName> name, model::ParsePseudoTable(dump.table.text));
  if (!name) {
    return common::InvalidArgument("'" + dump.table.text + "' is no pseudo-table; there is t^." +
                                   std::string(model::kCellStoreIndex) + " of a table t")
        .WithDetail(model::kBadPseudoTable);
  }
  return ScanTo(dump.table, model::ScanSpec(), CellFormat(), dump.file, /*header_on_terminal=*/false);
}

}  // namespace cellar::hql

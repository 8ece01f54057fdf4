#include <fmt/format.h>

#include "hql/executor/statement_run.h"

namespace cellar::hql {

namespace {

constexpr size_t kMaxHeaderBytes = 4 << 20;
constexpr size_t kFileBufferBytes = 256 << 10;
constexpr uint64_t kCellsBetweenProgress = 10'000;

LoadOptions ToLoadOptions(const LoadData& load) {
  LoadOptions options;
  options.row_key_columns = load.row_key_columns;
  options.timestamp_column = load.timestamp_column;
  options.row_uniquify_chars = load.row_uniquify_chars;
  options.duplicate_key_columns = load.duplicate_key_columns;
  options.escaped = !load.no_escape;
  options.ignore_unknown_families = load.ignore_unknown_families;
  options.single_cell_format = load.single_cell_format;
  options.separator = load.separator.value_or(kDefaultSeparator);
  return options;
}

Result<std::optional<std::string>> ReadHeaderFile(FileOpener& files, const std::string& name) {
  if (name.empty()) return std::optional<std::string>();
  ASSIGN_OR_RETURN(const std::unique_ptr<ByteSource> source, OpenSource(files, name));
  ASSIGN_OR_RETURN(std::string text, ReadAll(*source, kMaxHeaderBytes));
  text.resize(std::min(text.find('\n'), text.size()));
  return std::optional<std::string>(std::move(text));
}

std::optional<model::Durability> DurabilityOf(const LoadData& load, std::optional<model::Durability> session) {
  if (load.no_log) return model::Durability::kNone;
  if (load.no_log_sync) return model::Durability::kFlush;
  return session;
}

std::string Count(uint64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

LoadProgress ProgressOf(const ByteSource& source, uint64_t cell_count) {
  LoadProgress progress;
  progress.bytes_read = source.bytes_read();
  progress.total_bytes = source.total_bytes();
  progress.cell_count = cell_count;
  return progress;
}

}  // namespace

void StatementRun::ReportLoad(const LoadStats& stats) {
  sink.Notice(fmt::format("{} from {}", Count(outcome.cell_count, "cell"), Count(stats.line_count, "line")));
  if (stats.unknown_family_cell_count > 0) {
    sink.Notice(Count(stats.unknown_family_cell_count, "cell") + " of unknown column families left out");
  }
  if (stats.skipped_line_count == 0) return;
  sink.Notice(fmt::format("warning: {} skipped", Count(stats.skipped_line_count, "line")));
  for (const std::string& reason : stats.skip_reasons) sink.Notice("  " + reason);
  if (stats.skipped_line_count > stats.skip_reasons.size()) sink.Notice("  …");
}

/// Sets the cells of all lines, up to the first error.
Status StatementRun::WriteLines(LoadReader& reader, ByteSource& source, DatabaseTable& table, CellWriter& writer) {
  std::vector<LoadedCell> cells;
  std::vector<std::string> counters;
  uint64_t next_progress = kCellsBetweenProgress;
  while (true) {
    RETURN_IF_ERROR(CheckNotCancelled());
    ASSIGN_OR_RETURN(const bool more, reader.Next(&cells));
    if (!more) return Status();
    counters.resize(std::max(counters.size(), cells.size()));
    std::vector<model::CellView> views;
    views.reserve(cells.size());
    for (size_t i = 0; i < cells.size(); ++i) {
      const LoadedCell& cell = cells[i];
      model::CellView view;
      view.key = {cell.row, cell.family_id, cell.qualifier, cell.flag, cell.timestamp, model::Revision()};
      view.value = cell.value;
      const Status encoded = EncodeCounter(table.schema(), &view, &counters[i]);
      if (!encoded.ok()) return encoded.WithContext(fmt::format("line {}", reader.line_number()));
      views.push_back(view);
    }
    for (const model::CellView& view : views) RETURN_IF_ERROR(writer.Set(view));
    outcome.cell_count += views.size();
    if (outcome.cell_count < next_progress) continue;
    next_progress = outcome.cell_count + kCellsBetweenProgress;
    sink.Progress(ProgressOf(source, outcome.cell_count));
  }
}

Status StatementRun::LoadIntoTable(const LoadData& load) {
  ASSIGN_OR_RETURN(const std::unique_ptr<DatabaseTable> table, Open(*load.table));
  ASSIGN_OR_RETURN(const auto header, ReadHeaderFile(session.files_, load.header_file));
  ASSIGN_OR_RETURN(const std::unique_ptr<ByteSource> source, OpenSource(session.files_, load.source));
  Result<std::unique_ptr<LoadReader>> opened =
      LoadReader::Open(*source, ToLoadOptions(load), &table->schema(), session.random_, header);
  if (!opened.ok()) return std::move(opened).status().WithContext(load.source);
  LoadReader& reader = **opened;
  const std::shared_ptr<CellWriter> writer = NewWriter(*table, DurabilityOf(load, SessionDurability()));
  Status status = WriteLines(reader, *source, *table, *writer);
  const Status flushed = writer->Flush();  // what was read before an error stays
  sink.Progress(ProgressOf(*source, outcome.cell_count));
  outcome.load = reader.stats();
  if (flushed.ok()) ReportLoad(reader.stats());
  if (status.Is(StatusCode::kCancelled) || flushed.Is(StatusCode::kCancelled)) {
    return EndedWhileWriting(writer->counts())
        .WithContext(fmt::format("{}: line {}", load.source, reader.line_number()));
  }
  if (!status.ok()) return std::move(status).WithContext(load.source);
  return flushed;
}

Status StatementRun::LoadIntoFile(const LoadData& load) {
  ASSIGN_OR_RETURN(const auto header, ReadHeaderFile(session.files_, load.header_file));
  ASSIGN_OR_RETURN(const std::unique_ptr<ByteSource> source, OpenSource(session.files_, load.source));
  Result<std::unique_ptr<LoadReader>> opened =
      LoadReader::Open(*source, ToLoadOptions(load), nullptr, session.random_, header);
  if (!opened.ok()) return std::move(opened).status().WithContext(load.source);
  LoadReader& reader = **opened;
  ASSIGN_OR_RETURN(const std::unique_ptr<ByteSink> file, OpenSink(session.files_, *load.file));
  CellFormat format;
  format.timestamps = reader.has_timestamps();
  format.timestamp_text = CellFormat::TimestampText::kNanoseconds;
  std::string text;
  AppendHeaderLine(format, &text);
  std::vector<LoadedCell> cells;
  while (true) {
    RETURN_IF_ERROR(CheckNotCancelled());
    Result<bool> more = reader.Next(&cells);
    if (!more.ok()) return std::move(more).status().WithContext(load.source);
    if (!*more) break;
    for (const LoadedCell& cell : cells) {
      model::CellView view;
      view.key = {cell.row, cell.family_id, cell.qualifier, cell.flag, cell.timestamp, model::Revision()};
      view.value = cell.value;
      AppendCellLine(format, view, cell.family, &text);
    }
    outcome.cell_count += cells.size();
    if (text.size() < kFileBufferBytes) continue;
    RETURN_IF_ERROR(file->Write(text));
    text.clear();
  }
  RETURN_IF_ERROR(file->Write(text));
  RETURN_IF_ERROR(file->Finish());
  outcome.load = reader.stats();
  ReportLoad(reader.stats());
  return Status();
}

Status StatementRun::Run(const LoadData& load) {
  return load.table ? LoadIntoTable(load) : LoadIntoFile(load);
}

}  // namespace cellar::hql

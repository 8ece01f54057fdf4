#include "hql/shell/shell_sink.h"

#include <sys/stat.h>

#include <algorithm>
#include <string>

namespace cellar::hql {

namespace {

AnswerColumns ColumnsOf(const Select& select, CellFormat::TimestampText timestamp_text) {
  AnswerColumns columns;
  columns.revision = select.output.display_revisions;
  columns.timestamp = select.output.display_timestamps;
  columns.keys_only = select.keys_only;
  columns.marker = select.return_deletes;
  columns.timestamp_text = timestamp_text;
  columns.escaped = !select.output.no_escape;
  columns.separator = select.output.separator.value_or(kDefaultSeparator);
  return columns;
}

/// The form of a statement's cells. DUMP TABLE has a form of its own, and FS asks for separated fields.
std::unique_ptr<AnswerText> TextFor(const Statement& statement, OutputFormat format,
                                    CellFormat::TimestampText timestamp_text) {
  const bool tells_of_row = std::holds_alternative<Update>(statement) || std::holds_alternative<Insert>(statement);
  // Lines and cells are mixed there, which CSV and its header cannot hold.
  if (tells_of_row && format != OutputFormat::kCsv) return NewAnswerText(format, AnswerColumns());
  const auto* const select = std::get_if<Select>(&statement);
  if (select == nullptr || select->output.file) return nullptr;
  if (select->output.separator && format == OutputFormat::kTable) return nullptr;
  return NewAnswerText(format, ColumnsOf(*select, timestamp_text));
}

}  // namespace

ShellSink::ShellSink(TextOutput& output, TextOutput& errors, ProgressDisplay& progress, const ShellSettings& settings,
                     const Options& options)
    : output_(output),
      errors_(errors),
      progress_(progress),
      settings_(settings),
      options_(options),
      output_is_terminal_(output.is_terminal()),
      paged_(output) {
  // A progress line goes when the answer comes, unless the two cannot meet.
  struct stat about = {};
  const bool is_file = ::fstat(output.fd(), &about) == 0 && S_ISREG(about.st_mode);
  if (!is_file) output.SetBeforeWrite([this] { progress_.Stop(); });
}

ShellSink::~ShellSink() {
  output_.SetBeforeWrite(nullptr);
}

void ShellSink::Begin(const Statement& statement, bool pages) {
  text_ = TextFor(statement, settings_.format, options_.timestamp_text);
  json_lines_ = settings_.format == OutputFormat::kJson && !std::holds_alternative<DumpTable>(statement);
  paged_.Begin(pages && settings_.pages ? settings_.pager : "");
  progress_.Begin();
  if (text_) text_->Begin(paged_.buffer());
}

void ShellSink::End() {
  progress_.Stop();
  if (output_is_terminal_) (void)errors_.Flush();  // notices tell what cells are shown
  if (text_) {
    text_->End(paged_.buffer());
    (void)paged_.FlushWhenFull();  // broken() tells
  }
  if (const Status ended = paged_.End(); !ended.ok() && !output_.broken())
    Notice("warning: " + std::string(ended.message()));
  (void)errors_.Flush();
}

Status ShellSink::Lines(std::string_view text) {
  std::string* const out = paged_.buffer();
  if (!json_lines_) {
    *out += text;
    *out += '\n';
    return paged_.FlushWhenFull();
  }
  while (true) {
    const size_t end = std::min(text.find('\n'), text.size());
    AppendJsonTextLine(text.substr(0, end), out);
    *out += '\n';
    if (end == text.size()) return paged_.FlushWhenFull();
    text.remove_prefix(end + 1);
  }
}

Status ShellSink::Cell(const CellFormat& format, const model::CellView& cell, std::string_view family) {
  if (text_) {
    text_->Cell(cell, family, paged_.buffer());
  } else if (output_is_terminal_) {
    CellFormat for_terminal = format;
    for_terminal.for_terminal = format.escaped;
    AppendCellLine(for_terminal, cell, family, paged_.buffer());
  } else {
    AppendCellLine(format, cell, family, paged_.buffer());
  }
  return paged_.FlushWhenFull();
}

void ShellSink::Notice(std::string_view text) {
  if (!options_.notices) return;
  progress_.Clear();
  (void)errors_.Write(text);
  (void)errors_.Write("\n");
}

void ShellSink::Progress(const LoadProgress& progress) {
  progress_.Update(progress);
}

void ShellSink::Progress(const RebuildProgress& progress) {
  progress_.Update(progress);
}

}  // namespace cellar::hql

#include "hql/shell/shell_sink.h"

#include "hql/shell/statistics_text.h"

namespace cellar::hql {

namespace {
constexpr Nanos kProgressInterval = 200 * kMillisecond;
constexpr size_t kProgressWidth = 100;
}  // namespace

ShellSink::ShellSink(TextOutput& output, TextOutput& errors, const Clock& clock, const Options& options)
    : output_(output),
      errors_(errors),
      clock_(clock),
      options_(options),
      output_is_terminal_(output.is_terminal()),
      shows_progress_(options.progress && errors.is_terminal()) {}

void ShellSink::Begin() {
  begin_ = clock_.MonotonicNow();
  last_progress_ = begin_;
}

void ShellSink::End() {
  (void)output_.Flush();  // broken() tells
  ClearProgress();
  (void)errors_.Flush();
}

Status ShellSink::Lines(std::string_view text) {
  RETURN_IF_ERROR(output_.Write(text));
  return output_.Write("\n");
}

Status ShellSink::Cell(const CellFormat& format, const model::CellView& cell, std::string_view family) {
  if (output_is_terminal_) {
    CellFormat for_terminal = format;
    for_terminal.for_terminal = format.escaped;
    AppendCellLine(for_terminal, cell, family, output_.buffer());
  } else {
    AppendCellLine(format, cell, family, output_.buffer());
  }
  return output_.FlushWhenFull();
}

void ShellSink::Notice(std::string_view text) {
  if (!options_.notices) return;
  ClearProgress();
  (void)errors_.Write(text);
  (void)errors_.Write("\n");
}

void ShellSink::Progress(const LoadProgress& progress) {
  if (!shows_progress_) return;
  const Nanos now = clock_.MonotonicNow();
  if (now - last_progress_ < kProgressInterval) return;
  last_progress_ = now;
  (void)errors_.Write("\r\x1b[K" + ProgressLine(progress, now - begin_, kProgressWidth));
  (void)errors_.Flush();
  progress_shown_ = true;
}

void ShellSink::ClearProgress() {
  if (!progress_shown_) return;
  (void)errors_.Write("\r\x1b[K");
  progress_shown_ = false;
}

}  // namespace cellar::hql

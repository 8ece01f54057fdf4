#pragma once

#include <string_view>

#include "common/time/clock.h"
#include "hql/executor/answer_sink.h"
#include "hql/shell/text_output.h"

namespace cellar::hql {

/// Answers as text: lines and cells to the output, notices and the progress of loads to the errors. Borrows both.
class ShellSink final : public AnswerSink {
 public:
  struct Options {
    bool notices = true;
    bool progress = true;  ///< Only when errors go to a terminal.

    Options() = default;
  };

  ShellSink(TextOutput& output, TextOutput& errors, const Clock& clock, const Options& options);

  /// Before each statement: rates count from here.
  void Begin();
  /// After each: everything is written, and no progress line is left behind.
  void End();

  Status Lines(std::string_view text) override;
  Status Cell(const CellFormat& format, const model::CellView& cell, std::string_view family) override;
  void Notice(std::string_view text) override;
  void Progress(const LoadProgress& progress) override;

 private:
  void ClearProgress();

  TextOutput& output_;
  TextOutput& errors_;
  const Clock& clock_;
  const Options options_;
  const bool output_is_terminal_;
  const bool shows_progress_;
  Nanos begin_ = 0;
  Nanos last_progress_ = 0;
  bool progress_shown_ = false;
};

}  // namespace cellar::hql

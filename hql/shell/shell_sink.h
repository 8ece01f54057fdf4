#pragma once

#include <memory>
#include <string_view>

#include "common/time/clock.h"
#include "hql/ast.h"
#include "hql/executor/answer_sink.h"
#include "hql/shell/answer_text.h"
#include "hql/shell/paged_output.h"
#include "hql/shell/progress_display.h"
#include "hql/shell/shell_settings.h"
#include "hql/shell/text_output.h"

namespace cellar::hql {

/// Answers as text: lines and cells to the output, in the format of the settings, through the pager where there is one;
/// notices and progress to the errors. Borrows all it is given.
class ShellSink final : public AnswerSink {
 public:
  struct Options {
    bool notices = true;
    CellFormat::TimestampText timestamp_text = CellFormat::TimestampText::kDateTime;

    Options() = default;
  };

  ShellSink(TextOutput& output, TextOutput& errors, ProgressDisplay& progress, const ShellSettings& settings,
            const Options& options);
  ~ShellSink() override;
  ShellSink(const ShellSink&) = delete;
  ShellSink& operator=(const ShellSink&) = delete;

  /// Before each statement. `pages`: whether its answer may go through the pager.
  void Begin(const Statement& statement, bool pages);
  /// After each: everything is written, no progress line is left behind, and the user has left the pager.
  void End();

  /// The user left the pager before the answer's end: the statement was ended for that.
  bool left_early() const { return paged_.left_early(); }
  bool paging() const { return paged_.paging(); }

  Status Lines(std::string_view text) override;
  Status Cell(const CellFormat& format, const model::CellView& cell, std::string_view family) override;
  void Notice(std::string_view text) override;
  void Progress(const LoadProgress& progress) override;
  void Progress(const RebuildProgress& progress) override;

 private:
  TextOutput& output_;
  TextOutput& errors_;
  ProgressDisplay& progress_;
  const ShellSettings& settings_;
  const Options options_;
  const bool output_is_terminal_;
  PagedOutput paged_;
  bool json_lines_ = false;
  std::unique_ptr<AnswerText> text_;  ///< None: lines of separated fields.
};

}  // namespace cellar::hql

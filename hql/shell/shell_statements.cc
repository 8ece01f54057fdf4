#include "hql/parser.h"
#include "hql/shell/error_text.h"
#include "hql/shell/shell_run.h"
#include "hql/shell/statistics_text.h"
#include "hql/shell/terminal_size.h"

namespace cellar::hql {

void ShellRun::Fail(const Status& status) {
  const std::optional<TerminalSize> screen = SizeOfTerminal(streams_.errors);
  const std::string text = ErrorText(status);
  Say(screen ? WrapText(text, screen->columns) : text);
  failed_ = true;
  interrupted_ = status.Is(StatusCode::kCancelled);
  result_ = status.Is(StatusCode::kUnavailable) ? kExitUsage : kExitStatementFailed;
  last_answer_.reset();
}

void ShellRun::RunStatement(const SplitStatement& statement) {
  ParseError error;
  const Result<Statement> parsed = ParseStatement(statement.text, statement.position, &error);
  if (!parsed.ok()) {
    Fail(parsed.status());
    if (const std::string place = PointAt(statement, error); !place.empty()) Say(place + Suggestion(statement, error));
    return;
  }
  if (!interactive_ && watch_.TakeInterrupt()) return Fail(common::Cancelled("interrupted"));
  const Nanos begin = clock_.MonotonicNow();
  files_.Resume();
  sink_.Begin(*parsed, interactive_);
  watch_.set_running(true);
  const Result<StatementOutcome> outcome = session_.Execute(*parsed, sink_);
  const Nanos elapsed = clock_.MonotonicNow() - begin;
  watch_.set_running(false);
  const bool paged = sink_.paging();
  sink_.End();
  if (paged) (void)watch_.TakeInterrupt();  // it was for the pager
  if (output_.broken()) return;
  if (!outcome.ok() && sink_.left_early()) return;
  if (!outcome.ok()) {
    Fail(outcome.status());
    return;
  }
  last_answer_.reset();
  if (outcome->health) last_answer_ = static_cast<int>(*outcome->health);
  if (outcome->not_applied) last_answer_ = kExitNotApplied;
  if (!failed_ || interactive_) result_ = last_answer_.value_or(kExitOk);
  if (IsTimed(*outcome)) Say(TimingLine(*outcome, elapsed));
}

bool ShellRun::IsTimed(const StatementOutcome& outcome) const {
  if (settings_.timing) return *settings_.timing;
  const bool of_interest = interactive_ || outcome.is_scan || outcome.load;
  return of_interest && !options_.test_mode && !options_.batch && !options_.output_only;
}

}  // namespace cellar::hql

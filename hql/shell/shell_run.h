#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>

#include "hql/executor/interpreter.h"
#include "hql/files/files_by_scheme.h"
#include "hql/files/local_files.h"
#include "hql/files/stored_files.h"
#include "hql/shell/interrupt_watch.h"
#include "hql/shell/line_input.h"
#include "hql/shell/meta_command.h"
#include "hql/shell/progress_display.h"
#include "hql/shell/shell.h"
#include "hql/shell/shell_names.h"
#include "hql/shell/shell_settings.h"
#include "hql/shell/shell_sink.h"
#include "hql/shell/text_output.h"
#include "hql/statement_splitter.h"

namespace cellar::hql {

/// One run of the shell. For shell.cc and shell_*.cc only.
class ShellRun {
 public:
  ShellRun(const ShellOptions& options, Database& database, const Clock& clock, Random& random, ShellSignals& signals,
           const ShellStreams& streams);

  int Run();

 private:
  bool ended() const;
  /// From the watch's thread.
  void CancelStatement();
  /// From the watch's thread: SIGINT came again and again, and the statement is still there. A shell with a user keeps
  /// it; a script ends.
  void AnswerImpatience();
  void Say(const std::string& text);

  // ---- The beginning

  int Begin();
  int WaitForCluster(Nanos longest);

  // ---- Where statements come from: shell_input.cc

  void RunInput();
  void RunText(const std::string& text);
  /// False when the file cannot be read.
  bool RunFile(const std::string& name, int depth);
  void RunLines(LineInput& input, int depth);
  void TakeLine(const std::string& line, StatementSplitter& splitter, int depth);
  std::string PromptFor(const StatementSplitter& splitter) const;
  Completion CompleteLine(std::string_view line, std::string_view after);

  // ---- Statements: shell_statements.cc

  void Fail(const Status& status);
  void RunStatement(const SplitStatement& statement);
  bool IsTimed(const StatementOutcome& outcome) const;

  // ---- What speaks to the shell: shell_commands.cc

  void RunMeta(const MetaCommand& command, StatementSplitter& splitter, int depth);
  /// Text that is no statement's answer, with the pager if it is long.
  void Show(const std::string& text);
  /// In a script only what goes wrong is worth a line.
  void SayOrFail(const Result<std::string>& answer);
  void Quit(const std::string& argument);
  void Source(const std::string& name, int depth);
  void System(const std::string& command);
  void Pause(const std::string& argument);

  const ShellOptions& options_;
  const ShellStreams streams_;
  const Clock& clock_;
  LocalFiles files_;
  StoredFiles stored_;
  FilesByScheme all_files_;
  TextOutput output_;
  TextOutput errors_;
  Interpreter session_;
  ShellSettings settings_;
  ShellNames names_;
  ProgressDisplay progress_;
  ShellSink sink_;
  StatementSplitter* splitter_ = nullptr;  ///< Of the input that is being read.

  std::atomic<bool> interactive_ = false;
  bool stop_on_error_ = false;
  bool failed_ = false;
  bool interrupted_ = false;  ///< The last failure was SIGINT's doing: a script goes no further.
  int result_ = kExitOk;
  std::optional<int> last_answer_;  ///< Exit status of the last statement, STATUS or not applied.
  std::optional<int> exit_code_;    ///< The user left.

  InterruptWatch watch_;  ///< Last: its thread cancels the session.
};

}  // namespace cellar::hql

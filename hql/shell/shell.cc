#include "hql/shell/shell.h"

#include <unistd.h>

#include "hql/error_codes.h"
#include "hql/shell/error_text.h"
#include "hql/shell/shell_run.h"

namespace cellar::hql {

namespace {

constexpr int kWaitStepMs = 200;

InterpreterOptions ToInterpreterOptions(const ShellOptions& options) {
  InterpreterOptions interpreter;
  interpreter.timestamp_text = options.timestamp_text;
  interpreter.no_log_sync = options.no_log_sync;
  return interpreter;
}

ShellSink::Options ToSinkOptions(const ShellOptions& options) {
  ShellSink::Options sink;
  sink.notices = !options.output_only;
  sink.timestamp_text = options.timestamp_text;
  return sink;
}

ShellSettings ToSettings(const ShellOptions& options, const TextOutput& output) {
  ShellSettings settings;
  const bool for_people = output.is_terminal() && !options.test_mode;
  settings.format = options.format.value_or(for_people ? OutputFormat::kTable : OutputFormat::kTsv);
  settings.pager = options.pager;
  return settings;
}

/// The terminal that shows how far a statement is; −1 for none.
int ProgressTerminal(const ShellOptions& options, const TextOutput& errors) {
  return options.output_only || options.test_mode || !errors.is_terminal() ? -1 : errors.fd();
}

/// What `kExitInterrupted` is for: somebody who does not want to wait any longer.
constexpr int kExitInterrupted = 130;

OpenClusterFiles OpenerOf(const ShellOptions& options) {
  if (options.open_cluster_files) return options.open_cluster_files;
  return []() -> Result<std::shared_ptr<FileSystem>> {
    return common::Unsupported("this shell reads and writes no files of the cluster").WithDetail(kNotAllowed);
  };
}

/// Where the descriptor behind '-' may be read: not where statements come from.
int InputForFiles(const ShellOptions& options, const ShellStreams& streams) {
  const bool from_input = options.statements.empty() && (!options.command_file || *options.command_file == "-");
  return from_input ? -1 : streams.input;
}

}  // namespace

ShellRun::ShellRun(const ShellOptions& options, Database& database, const Clock& clock, Random& random,
                   ShellSignals& signals, const ShellStreams& streams)
    : options_(options),
      streams_(streams),
      clock_(clock),
      files_(InputForFiles(options, streams)),
      stored_(OpenerOf(options)),
      all_files_(files_, stored_),
      output_(streams.output),
      errors_(streams.errors),
      session_(database, all_files_, random, ToInterpreterOptions(options)),
      settings_(ToSettings(options, output_)),
      names_(database, session_),
      progress_(ProgressTerminal(options, errors_), clock, [this] { return files_.traffic().bytes_written.load(); }),
      sink_(output_, errors_, progress_, settings_, ToSinkOptions(options)),
      watch_(
          signals, [this] { CancelStatement(); }, [this] { AnswerImpatience(); }) {}

int ShellRun::Run() {
  const int began = Begin();
  if (began != kExitOk) return began;
  if (!options_.statements.empty()) {
    stop_on_error_ = true;
    for (const std::string& text : options_.statements) RunText(text);
  } else if (options_.command_file) {
    stop_on_error_ = true;
    if (!RunFile(*options_.command_file, /*depth=*/0)) return kExitUsage;
  } else {
    stop_on_error_ = options_.batch;
    RunInput();
  }
  (void)output_.Flush();
  if (output_.broken() && !output_.closed()) Say(ErrorText(output_.Flush()));
  (void)errors_.Flush();
  return exit_code_.value_or(output_.broken() ? kExitStatementFailed : result_);
}

bool ShellRun::ended() const {
  const bool gave_up = (failed_ && stop_on_error_) || (interrupted_ && !interactive_);
  return exit_code_ || output_.broken() || watch_.end_requested() || gave_up;
}

void ShellRun::CancelStatement() {
  session_.Cancel();
  files_.Cancel();
}

void ShellRun::AnswerImpatience() {
  if (!interactive_) ::_exit(kExitInterrupted);
  if (sink_.paging()) return;
  constexpr std::string_view kHint = "\nThe statement ends when the server answers. Ctrl-\\ ends the shell.\n";
  [[maybe_unused]] const ssize_t written = ::write(streams_.errors, kHint.data(), kHint.size());
}

void ShellRun::Say(const std::string& text) {
  (void)errors_.Write(text + "\n");
  (void)errors_.Flush();
}

int ShellRun::Begin() {
  if (options_.probe) {
    const int waited = WaitForCluster(options_.wait.value_or(0));
    if (waited != kExitOk) return waited;
  }
  if (options_.name_space == "/") return kExitOk;
  const Status used = session_.Use(options_.name_space);
  if (used.ok()) return kExitOk;
  Say(ErrorText(used));
  return kExitUsage;
}

int ShellRun::WaitForCluster(Nanos longest) {
  const Nanos end = clock_.MonotonicNow() + longest;
  while (true) {
    const Status answered = options_.probe();
    if (answered.ok()) return kExitOk;
    if (clock_.MonotonicNow() >= end) {
      Say("error: no Cellar answers: " + answered.ToString());
      return options_.wait ? kExitWaitedTooLong : kExitUsage;
    }
    if (watch_.WaitReadable(-1, kWaitStepMs)) return kExitUsage;
  }
}

int RunShell(const ShellOptions& options, Database& database, const Clock& clock, Random& random, ShellSignals& signals,
             const ShellStreams& streams) {
  ShellRun run(options, database, clock, random, signals, streams);
  return run.Run();
}

}  // namespace cellar::hql

#include "hql/shell/shell.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <memory>
#include <optional>
#include <string>

#include "hql/executor/interpreter.h"
#include "hql/help.h"
#include "hql/load/memory_files.h"
#include "hql/parser.h"
#include "hql/shell/error_text.h"
#include "hql/shell/interrupt_watch.h"
#include "hql/shell/line_editor.h"
#include "hql/shell/local_files.h"
#include "hql/shell/meta_command.h"
#include "hql/shell/progress_display.h"
#include "hql/shell/shell_names.h"
#include "hql/shell/shell_settings.h"
#include "hql/shell/shell_sink.h"
#include "hql/shell/statistics_text.h"
#include "hql/shell/stream_input.h"
#include "hql/shell/system_command.h"
#include "hql/shell/terminal_size.h"
#include "hql/shell/text_output.h"
#include "hql/statement_splitter.h"

namespace cellar::hql {

namespace {

constexpr int kMaxSourceDepth = 16;
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

/// Where the descriptor behind '-' may be read: not where statements come from.
int InputForFiles(const ShellOptions& options, const ShellStreams& streams) {
  const bool from_input = options.statements.empty() && (!options.command_file || *options.command_file == "-");
  return from_input ? -1 : streams.input;
}

/// One run of the shell.
class Shell {
 public:
  Shell(const ShellOptions& options, Database& database, const Clock& clock, Random& random, ShellSignals& signals,
        const ShellStreams& streams)
      : options_(options),
        streams_(streams),
        clock_(clock),
        files_(InputForFiles(options, streams)),
        output_(streams.output),
        errors_(streams.errors),
        session_(database, files_, random, ToInterpreterOptions(options)),
        settings_(ToSettings(options, output_)),
        names_(database, session_),
        progress_(ProgressTerminal(options, errors_), clock, [this] { return files_.traffic().bytes_written.load(); }),
        sink_(output_, errors_, progress_, settings_, ToSinkOptions(options)),
        watch_(
            signals, [this] { CancelStatement(); }, [this] { AnswerImpatience(); }) {}

  int Run() {
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

 private:
  bool ended() const {
    const bool gave_up = (failed_ && stop_on_error_) || (interrupted_ && !interactive_);
    return exit_code_ || output_.broken() || watch_.end_requested() || gave_up;
  }

  /// From the watch's thread.
  void CancelStatement() {
    session_.Cancel();
    files_.Cancel();
  }

  /// From the watch's thread: SIGINT came again and again, and the statement is still there. A shell with a user keeps
  /// it; a script ends.
  void AnswerImpatience() {
    if (!interactive_) ::_exit(kExitInterrupted);
    if (sink_.paging()) return;
    constexpr std::string_view kHint = "\nThe statement ends when the server answers. Ctrl-\\ ends the shell.\n";
    [[maybe_unused]] const ssize_t written = ::write(streams_.errors, kHint.data(), kHint.size());
  }

  void Say(const std::string& text) {
    (void)errors_.Write(text + "\n");
    (void)errors_.Flush();
  }

  // ---- The beginning

  int Begin() {
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

  int WaitForCluster(Nanos longest) {
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

  // ---- Where statements come from

  void RunInput() {
    interactive_ = ::isatty(streams_.input) == 1 && !options_.batch;
    if (!interactive_) {
      StreamInput input(std::make_unique<DescriptorSource>(streams_.input), streams_.input, watch_);
      RunLines(input, 0);
      return;
    }
    const int terminal = ::isatty(streams_.output) == 1 ? streams_.output : streams_.errors;
    const auto completer = [this](std::string_view line, std::string_view after) { return CompleteLine(line, after); };
    auto editor = LineEditor::Open(streams_.input, terminal, options_.history_file, completer, watch_);
    if (!editor.ok()) {
      Say(ErrorText(editor.status()));
      result_ = kExitUsage;
      return;
    }
    const bool quiet = options_.silent_startup || options_.test_mode || options_.output_only;
    if (!quiet) Say(fmt::format("Cellar {}. Statements end with ';'. HELP lists them, quit leaves.", options_.version));
    RunLines(**editor, 0);
    if (!exit_code_) result_ = last_answer_.value_or(kExitOk);
  }

  /// Standard input as it is.
  class DescriptorSource final : public ByteSource {
   public:
    explicit DescriptorSource(int fd) : files_(fd), source_(files_.OpenForReading("-").value()) {}
    Result<size_t> Read(char* out, size_t size) override { return source_->Read(out, size); }
    uint64_t bytes_read() const override { return source_->bytes_read(); }
    std::optional<uint64_t> total_bytes() const override { return std::nullopt; }

   private:
    LocalFiles files_;
    std::unique_ptr<ByteSource> source_;
  };

  void RunText(const std::string& text) {
    StreamInput input(NewMemorySource(text), -1, watch_);
    RunLines(input, 0);
  }

  /// False when the file cannot be read.
  bool RunFile(const std::string& name, int depth) {
    if (name == "-") {
      StreamInput input(std::make_unique<DescriptorSource>(streams_.input), streams_.input, watch_);
      RunLines(input, depth);
      return true;
    }
    Result<std::unique_ptr<ByteSource>> source = OpenSource(files_, name);
    if (!source.ok()) {
      Say(ErrorText(source.status()));
      return false;
    }
    StreamInput input(std::move(source).value(), -1, watch_);
    RunLines(input, depth);
    return true;
  }

  void RunLines(LineInput& input, int depth) {
    StatementSplitter splitter;
    StatementSplitter* const outer = splitter_;
    splitter_ = &splitter;
    std::string line;
    while (!ended()) {
      if (interactive_ && splitter.at_start())
        splitter = StatementSplitter();  // lines count from the statement's first
      const LineInput::Outcome outcome = input.Read(PromptFor(splitter), &line);
      if (outcome == LineInput::Outcome::kEnd) break;
      if (outcome == LineInput::Outcome::kInterrupted) {
        splitter.Clear();
        continue;
      }
      if (outcome == LineInput::Outcome::kFailed) {
        Fail(common::IoError(line));
        break;
      }
      TakeLine(line, splitter, depth);
    }
    // A last statement needs no ';', but what somebody typed and left is no statement.
    const std::optional<SplitStatement> rest = splitter.TakeRest();
    if (rest && !interactive_ && !ended()) RunStatement(*rest);
    splitter_ = outer;
  }

  void TakeLine(const std::string& line, StatementSplitter& splitter, int depth) {
    const std::optional<MetaCommand> meta = splitter.in_string()  ? std::nullopt
                                            : splitter.at_start() ? ParseMetaCommand(line)
                                                                  : ParseMetaCommandInside(line);
    if (meta) {
      const Status added = splitter.AddLine("");  // counts
      (void)added;
      RunMeta(*meta, splitter, depth);
      return;
    }
    if (const Status added = splitter.AddLine(line); !added.ok()) {
      Fail(added);
      return;
    }
    while (!ended()) {
      const std::optional<SplitStatement> statement = splitter.Next();
      if (!statement) return;
      RunStatement(*statement);
    }
  }

  std::string PromptFor(const StatementSplitter& splitter) const {
    if (!interactive_ || options_.no_prompt) return "";
    if (splitter.in_string()) return "     '> ";
    if (!splitter.at_start()) return "     -> ";
    return session_.current_namespace() == "/" ? "cellar> " : "cellar:" + session_.current_namespace() + "> ";
  }

  Completion CompleteLine(std::string_view line, std::string_view after) {
    const std::string before(splitter_ == nullptr ? std::string_view() : splitter_->pending());
    Completion completion;
    if (before.empty() && line.starts_with('\\')) {
      completion.candidates = CompleteMetaCommand(line, &completion.replace_from);
      return completion;
    }
    completion = Complete(before + std::string(line), after, names_);
    if (completion.replace_from < before.size()) return Completion();
    completion.replace_from -= before.size();
    return completion;
  }

  // ---- Statements

  void Fail(const Status& status) {
    const std::optional<TerminalSize> screen = SizeOfTerminal(streams_.errors);
    const std::string text = ErrorText(status);
    Say(screen ? WrapText(text, screen->columns) : text);
    failed_ = true;
    interrupted_ = status.Is(StatusCode::kCancelled);
    result_ = status.Is(StatusCode::kUnavailable) ? kExitUsage : kExitStatementFailed;
    last_answer_.reset();
  }

  void RunStatement(const SplitStatement& statement) {
    ParseError error;
    const Result<Statement> parsed = ParseStatement(statement.text, statement.position, &error);
    if (!parsed.ok()) {
      Fail(parsed.status());
      if (const std::string place = PointAt(statement, error); !place.empty())
        Say(place + Suggestion(statement, error));
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

  bool IsTimed(const StatementOutcome& outcome) const {
    if (settings_.timing) return *settings_.timing;
    const bool of_interest = interactive_ || outcome.is_scan || outcome.load;
    return of_interest && !options_.test_mode && !options_.batch && !options_.output_only;
  }

  // ---- What speaks to the shell

  void RunMeta(const MetaCommand& command, StatementSplitter& splitter, int depth) {
    switch (command.kind) {
      case MetaCommand::Kind::kHelp:
        return Show(HelpText(command.argument));
      case MetaCommand::Kind::kCommands:
        return Show(MetaCommandHelp());
      case MetaCommand::Kind::kFormat:
        return SayOrFail(SetFormat(command.argument, &settings_));
      case MetaCommand::Kind::kTiming:
        return SayOrFail(SetTiming(command.argument, &settings_));
      case MetaCommand::Kind::kPager:
        return SayOrFail(SetPager(command.argument, &settings_));
      case MetaCommand::Kind::kQuit:
        return Quit(command.argument);
      case MetaCommand::Kind::kPrint:
        return Say(std::string(splitter.pending()));
      case MetaCommand::Kind::kClear:
        return splitter.Clear();
      case MetaCommand::Kind::kSource:
        return Source(command.argument, depth);
      case MetaCommand::Kind::kSystem:
        return System(command.argument);
      case MetaCommand::Kind::kPause:
        return Pause(command.argument);
    }
  }

  /// Text that is no statement's answer, with the pager if it is long.
  void Show(const std::string& text) {
    PagedOutput paged(output_);
    paged.Begin(interactive_ && settings_.pages ? settings_.pager : "");
    *paged.buffer() += text;
    (void)paged.FlushWhenFull();
    (void)paged.End();
    (void)watch_.TakeInterrupt();
  }

  /// In a script only what goes wrong is worth a line.
  void SayOrFail(const Result<std::string>& answer) {
    if (!answer.ok()) return Fail(answer.status());
    if (interactive_) Say(*answer);
  }

  void Quit(const std::string& argument) {
    int code = result_;
    if (interactive_) code = last_answer_.value_or(kExitOk);
    if (!argument.empty()) {
      const auto [end, error] = std::from_chars(argument.data(), argument.data() + argument.size(), code);
      if (error != std::errc() || end != argument.data() + argument.size()) {
        return Fail(common::InvalidArgument("exit takes a number"));
      }
    }
    exit_code_ = code;
  }

  void Source(const std::string& name, int depth) {
    if (depth == kMaxSourceDepth) return Fail(common::InvalidArgument("source: files that run files, 16 deep"));
    std::string file = name;
    const bool quoted = file.size() >= 2 && (file[0] == '\'' || file[0] == '"') && file.back() == file[0];
    if (quoted) file = file.substr(1, file.size() - 2);
    const bool was_interactive = interactive_;
    interactive_ = false;
    if (!RunFile(file, depth + 1)) {
      failed_ = true;
      result_ = kExitStatementFailed;
    }
    interactive_ = was_interactive;
    if (was_interactive) interrupted_ = false;
  }

  void System(const std::string& command) {
    (void)output_.Flush();
    watch_.set_running(true);
    const Result<int> status = RunSystemCommand(command);
    watch_.set_running(false);
    if (!status.ok()) return Fail(status.status());
    if (*status != 0) Fail(common::IoError(fmt::format("the command ended with {}", *status)));
  }

  void Pause(const std::string& argument) {
    unsigned seconds = 0;
    constexpr unsigned kLongest = 86'400;
    const auto [end, error] = std::from_chars(argument.data(), argument.data() + argument.size(), seconds);
    if (error != std::errc() || end != argument.data() + argument.size() || seconds > kLongest) {
      return Fail(common::InvalidArgument("pause takes a number of seconds, at most 86400"));
    }
    (void)output_.Flush();
    if (watch_.WaitReadable(-1, static_cast<int>(seconds) * 1'000)) watch_.TakeInterrupt();
  }

  const ShellOptions& options_;
  const ShellStreams streams_;
  const Clock& clock_;
  LocalFiles files_;
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

}  // namespace

int RunShell(const ShellOptions& options, Database& database, const Clock& clock, Random& random, ShellSignals& signals,
             const ShellStreams& streams) {
  Shell shell(options, database, clock, random, signals, streams);
  return shell.Run();
}

}  // namespace cellar::hql

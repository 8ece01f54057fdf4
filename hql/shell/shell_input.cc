#include <fmt/format.h>
#include <unistd.h>

#include "hql/load/memory_files.h"
#include "hql/shell/error_text.h"
#include "hql/shell/line_editor.h"
#include "hql/shell/meta_command.h"
#include "hql/shell/shell_run.h"
#include "hql/shell/stream_input.h"

namespace cellar::hql {

void ShellRun::RunInput() {
  interactive_ = ::isatty(streams_.input) == 1 && !options_.batch;
  if (!interactive_) {
    StreamInput input(NewDescriptorSource(streams_.input), streams_.input, watch_);
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
  if (!quiet)
    Say(fmt::format("Cellar {}. Statements end with ';'. HELP lists them, \\? the shell's commands; quit leaves.",
                    options_.version));
  RunLines(**editor, 0);
  if (!exit_code_) result_ = last_answer_.value_or(kExitOk);
}

void ShellRun::RunText(const std::string& text) {
  StreamInput input(NewMemorySource(text), -1, watch_);
  RunLines(input, 0);
}

bool ShellRun::RunFile(const std::string& name, int depth) {
  if (name == "-") {
    StreamInput input(NewDescriptorSource(streams_.input), streams_.input, watch_);
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

void ShellRun::RunLines(LineInput& input, int depth) {
  StatementSplitter splitter;
  StatementSplitter* const outer = splitter_;
  splitter_ = &splitter;
  std::string line;
  while (!ended()) {
    if (interactive_ && splitter.at_start()) splitter = StatementSplitter();  // lines count from the statement's first
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

void ShellRun::TakeLine(const std::string& line, StatementSplitter& splitter, int depth) {
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

std::string ShellRun::PromptFor(const StatementSplitter& splitter) const {
  if (!interactive_ || options_.no_prompt) return "";
  if (splitter.in_string()) return "     '> ";
  if (!splitter.at_start()) return "     -> ";
  return session_.current_namespace() == "/" ? "cellar> " : "cellar:" + session_.current_namespace() + "> ";
}

Completion ShellRun::CompleteLine(std::string_view line, std::string_view after) {
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

}  // namespace cellar::hql

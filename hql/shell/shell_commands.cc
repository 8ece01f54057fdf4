#include <fmt/format.h>

#include <charconv>

#include "hql/help.h"
#include "hql/shell/shell_run.h"
#include "hql/shell/system_command.h"

namespace cellar::hql {

namespace {
constexpr int kMaxSourceDepth = 16;
}  // namespace

void ShellRun::RunMeta(const MetaCommand& command, StatementSplitter& splitter, int depth) {
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

void ShellRun::Show(const std::string& text) {
  PagedOutput paged(output_);
  paged.Begin(interactive_ && settings_.pages ? settings_.pager : "");
  *paged.buffer() += text;
  (void)paged.FlushWhenFull();
  const bool is_paging = paged.paging();
  (void)paged.End();
  if (is_paging) (void)watch_.TakeInterrupt();  // it was for the pager
}

void ShellRun::SayOrFail(const Result<std::string>& answer) {
  if (!answer.ok()) return Fail(answer.status());
  if (interactive_) Say(*answer);
}

void ShellRun::Quit(const std::string& argument) {
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

void ShellRun::Source(const std::string& name, int depth) {
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

void ShellRun::System(const std::string& command) {
  (void)output_.Flush();
  watch_.set_running(true);
  const Result<int> status = RunSystemCommand(command);
  watch_.set_running(false);
  if (!status.ok()) return Fail(status.status());
  if (*status != 0) Fail(common::IoError(fmt::format("the command ended with {}", *status)));
}

void ShellRun::Pause(const std::string& argument) {
  unsigned seconds = 0;
  constexpr unsigned kLongest = 86'400;
  const auto [end, error] = std::from_chars(argument.data(), argument.data() + argument.size(), seconds);
  if (error != std::errc() || end != argument.data() + argument.size() || seconds > kLongest) {
    return Fail(common::InvalidArgument("pause takes a number of seconds, at most 86400"));
  }
  (void)output_.Flush();
  if (watch_.WaitReadable(-1, static_cast<int>(seconds) * 1'000)) watch_.TakeInterrupt();
}

}  // namespace cellar::hql

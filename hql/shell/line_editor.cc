#include "hql/shell/line_editor.h"

#include <fcntl.h>
#include <histedit.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cstring>
#include <cwchar>

#include "hql/error_codes.h"
#include "hql/shell/display_text.h"
#include "hql/shell/terminal_size.h"

namespace cellar::hql {

namespace {

constexpr int kHistoryLines = 2'000;
constexpr size_t kMostShownCandidates = 200;

/// Bytes to characters needs a locale that knows UTF-8; "C" drops what is not ASCII.
void UseUtf8() {
  std::setlocale(LC_CTYPE, "");
  if (MB_CUR_MAX == 1) std::setlocale(LC_CTYPE, "C.UTF-8");
}

FILE* OpenStream(int fd, const char* mode) {
  const int copy = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
  return copy < 0 ? nullptr : ::fdopen(copy, mode);
}

}  // namespace

/// What libedit's callbacks find behind EL_CLIENTDATA.
struct LineEditor::Terminal {
  Terminal(Completer completer_in, InterruptWatch& watch_in) : completer(std::move(completer_in)), watch(watch_in) {}
  ~Terminal() {
    if (history != nullptr && !history_file.empty()) Save();
    if (edit != nullptr) el_end(edit);
    if (history != nullptr) history_end(history);
    if (input != nullptr) std::fclose(input);
    if (output != nullptr) std::fclose(output);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  Status Start(int input_fd, int output_fd, const std::optional<std::string>& file);
  void Save();
  unsigned char CompleteLine();
  void ShowCandidates(const std::vector<std::string>& candidates);

  static Terminal& Of(EditLine* edit) {
    Terminal* terminal = nullptr;
    el_get(edit, EL_CLIENTDATA, &terminal);
    return *terminal;
  }
  static char* Prompt(EditLine* edit) { return Of(edit).prompt.data(); }
  static unsigned char OnTab(EditLine* edit, int) { return Of(edit).CompleteLine(); }
  static int ReadCharacter(EditLine* edit, wchar_t* character);

  const Completer completer;
  InterruptWatch& watch;
  FILE* input = nullptr;
  FILE* output = nullptr;
  EditLine* edit = nullptr;
  History* history = nullptr;
  HistEvent event = {};
  std::string history_file;
  std::string prompt;
  std::string last_added;
  bool interrupted = false;
};

Status LineEditor::Terminal::Start(int input_fd, int output_fd, const std::optional<std::string>& file) {
  UseUtf8();
  input = OpenStream(input_fd, "r");
  output = OpenStream(output_fd, "w");
  if (input == nullptr || output == nullptr)
    return common::IoError("the terminal cannot be opened").WithDetail(kLocalIoError);
  edit = el_init("cellar", input, output, output);
  history = history_init();
  if (edit == nullptr || history == nullptr) return common::IoError("no line editing here").WithDetail(kLocalIoError);
  history_file = file.value_or("");
  ::history(history, &event, H_SETSIZE, kHistoryLines);
  if (!history_file.empty()) ::history(history, &event, H_LOAD, history_file.c_str());
  el_set(edit, EL_CLIENTDATA, this);
  el_set(edit, EL_PROMPT, &Terminal::Prompt);
  el_set(edit, EL_EDITOR, "emacs");
  el_set(edit, EL_SIGNAL, 0);
  el_set(edit, EL_HIST, ::history, history);
  el_set(edit, EL_GETCFN, &Terminal::ReadCharacter);
  el_set(edit, EL_ADDFN, "hql-complete", "completes the word", &Terminal::OnTab);
  el_set(edit, EL_BIND, "^I", "hql-complete", nullptr);
  el_set(edit, EL_BIND, "^R", "em-inc-search-prev", nullptr);
  el_set(edit, EL_BIND, "\\e[1~", "ed-move-to-beg", nullptr);
  el_set(edit, EL_BIND, "\\e[4~", "ed-move-to-end", nullptr);
  el_set(edit, EL_BIND, "\\e[3~", "ed-delete-next-char", nullptr);
  return Status();
}

void LineEditor::Terminal::Save() {
  ::history(history, &event, H_SAVE, history_file.c_str());  // for the user's eyes only; a shell without it is a shell
}

/// One character, however many bytes; −1 when there are no more or the user interrupts.
int LineEditor::Terminal::ReadCharacter(EditLine* edit, wchar_t* character) {
  Terminal& terminal = Of(edit);
  const int fd = ::fileno(terminal.input);
  std::mbstate_t state = {};
  while (true) {
    terminal.watch.WaitReadable(fd, -1);
    if (terminal.watch.TakeInterrupt() || terminal.watch.end_requested()) {
      terminal.interrupted = true;
      return -1;
    }
    char byte = 0;
    const ssize_t count = ::read(fd, &byte, 1);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count <= 0) return static_cast<int>(count);
    const size_t length = std::mbrtowc(character, &byte, 1, &state);
    if (length == static_cast<size_t>(-2)) continue;  // more bytes follow
    if (length == static_cast<size_t>(-1)) {
      state = {};
      continue;  // no character: left out
    }
    return 1;
  }
}

unsigned char LineEditor::Terminal::CompleteLine() {
  const LineInfo* info = el_line(edit);
  const std::string_view text(info->buffer, static_cast<size_t>(info->cursor - info->buffer));
  const std::string_view after(info->cursor, static_cast<size_t>(info->lastchar - info->cursor));
  const Completion completion = completer(text, after);
  if (completion.candidates.empty()) return CC_REFRESH_BEEP;
  const bool only = completion.candidates.size() == 1;
  std::string insert = CommonPrefix(completion.candidates);
  const std::string_view typed = text.substr(std::min(completion.replace_from, text.size()));
  if (only && !insert.ends_with('/')) insert += ' ';
  if (!only && insert.size() <= typed.size()) {
    ShowCandidates(completion.candidates);
    return CC_REDISPLAY;
  }
  std::mbstate_t state = {};
  const std::string terminated(typed);
  const char* bytes = terminated.c_str();
  const size_t characters = std::mbsrtowcs(nullptr, &bytes, 0, &state);
  el_deletestr(edit, static_cast<int>(characters == static_cast<size_t>(-1) ? typed.size() : characters));
  return el_insertstr(edit, insert.c_str()) == 0 ? CC_REFRESH : CC_REFRESH_BEEP;
}

/// In columns, down and then across.
void LineEditor::Terminal::ShowCandidates(const std::vector<std::string>& candidates) {
  constexpr size_t kGap = 2;
  constexpr size_t kUsualColumns = 80;
  const size_t count = std::min(candidates.size(), kMostShownCandidates);
  size_t width = 0;
  for (size_t i = 0; i < count; ++i) width = std::max(width, DisplayWidth(candidates[i]) + kGap);
  const std::optional<TerminalSize> size = SizeOfTerminal(::fileno(output));
  const size_t columns = std::max<size_t>((size ? size->columns : kUsualColumns) / width, 1);
  const size_t rows = (count + columns - 1) / columns;
  std::string text = "\n";
  for (size_t row = 0; row < rows; ++row) {
    for (size_t i = row; i < count; i += rows) {
      text += candidates[i];
      if (i + rows < count) text.append(width - DisplayWidth(candidates[i]), ' ');
    }
    text += '\n';
  }
  if (candidates.size() > count) text += "…\n";
  std::fputs(text.c_str(), output);
  std::fflush(output);
}

LineEditor::LineEditor(std::unique_ptr<Terminal> terminal) : terminal_(std::move(terminal)) {}
LineEditor::~LineEditor() = default;

Result<std::unique_ptr<LineEditor>> LineEditor::Open(int input, int output,
                                                     const std::optional<std::string>& history_file,
                                                     Completer completer, InterruptWatch& watch) {
  auto terminal = std::make_unique<Terminal>(std::move(completer), watch);
  RETURN_IF_ERROR(terminal->Start(input, output, history_file));
  return std::unique_ptr<LineEditor>(new LineEditor(std::move(terminal)));
}

LineInput::Outcome LineEditor::Read(const std::string& prompt, std::string* line) {
  Terminal& terminal = *terminal_;
  terminal.prompt = prompt;
  terminal.interrupted = false;
  int count = 0;
  const char* text = el_gets(terminal.edit, &count);
  if (terminal.interrupted) {
    std::fputs("^C\n", terminal.output);
    std::fflush(terminal.output);
    return terminal.watch.end_requested() ? Outcome::kEnd : Outcome::kInterrupted;
  }
  if (text == nullptr || count <= 0) return Outcome::kEnd;
  *line = std::string(text, static_cast<size_t>(count));
  while (line->ends_with('\n') || line->ends_with('\r')) line->pop_back();
  const bool blank = line->find_first_not_of(" \t") == std::string::npos;
  if (!blank && *line != terminal.last_added) {
    ::history(terminal.history, &terminal.event, H_ENTER, line->c_str());
    terminal.last_added = *line;
  }
  return Outcome::kLine;
}

}  // namespace cellar::hql

#include "hql/shell/paged_output.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "hql/error_codes.h"
#include "hql/shell/child_process.h"
#include "hql/shell/display_text.h"

namespace cellar::hql {

namespace {

constexpr int kCommandNotFound = 127;
constexpr int kCommandNotRun = 126;

bool IsInPath(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "/usr/bin:/bin" : path;
  while (!rest.empty()) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
    if (::access((std::string(folder) + "/" + program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

}  // namespace

/// A pager that runs.
struct PagedOutput::Pager {
  Pager(pid_t child_in, int fd_in) : child(child_in), fd(fd_in), output(fd_in) {}
  ~Pager() { Close(); }
  Pager(const Pager&) = delete;
  Pager& operator=(const Pager&) = delete;

  void Close() {
    if (fd >= 0) ::close(fd);
    fd = -1;
  }

  const pid_t child;
  int fd;
  TextOutput output;
};

PagedOutput::PagedOutput(TextOutput& output) : output_(output) {}
PagedOutput::~PagedOutput() = default;

TextOutput& PagedOutput::stream() {
  return pager_ ? pager_->output : output_;
}

void PagedOutput::Begin(const std::string& pager) {
  pager_command_ = pager;
  left_early_ = false;
  held_ = false;
  held_text_.clear();
  counted_bytes_ = 0;
  counted_rows_ = 0;
  if (pager.empty()) return;
  const std::optional<TerminalSize> size = SizeOfTerminal(output_.fd());
  if (!size) return;
  screen_ = *size;
  held_ = true;
}

/// Of the lines that came since; a long one takes several rows.
void PagedOutput::CountRows() {
  while (true) {
    const size_t end = held_text_.find('\n', counted_bytes_);
    if (end == std::string::npos) return;
    const size_t width = DisplayWidth(std::string_view(held_text_).substr(counted_bytes_, end - counted_bytes_));
    counted_rows_ += width == 0 ? 1 : (width + screen_.columns - 1) / screen_.columns;
    counted_bytes_ = end + 1;
  }
}

Status PagedOutput::StartPager() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return common::IoError("no pipe to the pager").WithDetail(kLocalIoError);
  RETURN_IF_ERROR(output_.Flush());
  output_.AboutToWrite();
  const Result<pid_t> child = StartShellCommand(pager_command_, ends[0]);
  ::close(ends[0]);
  if (!child.ok()) {
    ::close(ends[1]);
    return child.status();
  }
  pager_ = std::make_unique<Pager>(*child, ends[1]);
  paging_ = true;
  return Status();
}

Status PagedOutput::FlushWhenFull() {
  if (held_) {
    CountRows();
    if (counted_rows_ + 1 < screen_.rows) return Status();  // the prompt has a row, too
    held_ = false;
    (void)StartPager();  // without one it is plain
    *stream().buffer() += held_text_;
    held_text_.clear();
    return pager_ ? pager_->output.Flush() : output_.FlushWhenFull();
  }
  const Status status = stream().FlushWhenFull();
  if (pager_ && pager_->output.broken()) left_early_ = true;
  return status;
}

Status PagedOutput::End() {
  if (held_) {
    held_ = false;
    *output_.buffer() += held_text_;
  }
  if (!pager_) return output_.Flush();
  (void)pager_->output.Flush();
  if (pager_->output.broken()) left_early_ = true;
  pager_->Close();
  const Result<int> ended = WaitForCommand(pager_->child);
  pager_.reset();
  paging_ = false;
  if (ended.ok() && (*ended == kCommandNotFound || *ended == kCommandNotRun)) {
    return common::IoError("the pager '" + pager_command_ + "' cannot be run; \\pager off shows answers without one");
  }
  return Status();
}

std::string DefaultPager() {
  if (const char* pager = std::getenv("PAGER"); pager != nullptr) return pager;
  return IsInPath("less") ? "less -FRSX" : "";
}

}  // namespace cellar::hql

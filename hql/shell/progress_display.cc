#include "hql/shell/progress_display.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "hql/shell/statistics_text.h"
#include "hql/shell/terminal_size.h"

namespace cellar::hql {

namespace {

constexpr Nanos kFirstAfter = 500 * kMillisecond;
constexpr Nanos kInterval = 200 * kMillisecond;
constexpr size_t kWidestLine = 100;

size_t WidthOf(int fd) {
  const std::optional<TerminalSize> size = SizeOfTerminal(fd);
  return size ? std::min(size->columns - 1, kWidestLine) : kWidestLine;
}

void WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count <= 0) return;  // a line of progress less
    text.remove_prefix(static_cast<size_t>(count));
  }
}

}  // namespace

ProgressDisplay::ProgressDisplay(int fd, const Clock& clock, std::function<uint64_t()> bytes_written)
    : fd_(fd), clock_(clock), bytes_written_(std::move(bytes_written)) {
  if (fd_ >= 0) thread_ = std::make_unique<common::Thread>("shell-progress", [this] { Run(); });
}

ProgressDisplay::~ProgressDisplay() {
  ended_ = true;
  parker_.Unpark();
}

void ProgressDisplay::Begin() {
  if (fd_ < 0) return;
  {
    MutexLock lock(mutex_);
    active_ = true;
    begin_ = clock_.MonotonicNow();
    written_before_ = bytes_written_();
    load_.reset();
    rebuild_.reset();
  }
  if (idle_.exchange(false)) parker_.Unpark();
}

void ProgressDisplay::Update(const LoadProgress& at) {
  MutexLock lock(mutex_);
  load_ = at;
}

void ProgressDisplay::Update(const RebuildProgress& at) {
  MutexLock lock(mutex_);
  rebuild_ = at;
}

void ProgressDisplay::Clear() {
  MutexLock lock(mutex_);
  Erase();
}

void ProgressDisplay::Stop() {
  MutexLock lock(mutex_);
  active_ = false;
  Erase();
}

void ProgressDisplay::Run() {
  while (!ended_) {
    if (idle_) {
      parker_.Park();
      continue;
    }
    parker_.ParkFor(kInterval);
    MutexLock lock(mutex_);
    if (active_) {
      Draw();
    } else {
      idle_ = true;
    }
  }
}

void ProgressDisplay::Draw() {
  const Nanos elapsed = clock_.MonotonicNow() - begin_;
  if (elapsed < kFirstAfter) return;
  WriteAll(fd_, "\r\x1b[K" + Line(elapsed, WidthOf(fd_)));
  shown_ = true;
}

std::string ProgressDisplay::Line(Nanos elapsed, size_t width) const {
  if (load_) return ProgressLine(*load_, elapsed, width);
  if (rebuild_) return ProgressLine(*rebuild_, elapsed, width);
  const uint64_t written = bytes_written_() - written_before_;
  return written > 0 ? WrittenLine(written, elapsed, width) : WaitingLine(elapsed, width);
}

void ProgressDisplay::Erase() {
  if (!shown_) return;
  WriteAll(fd_, "\r\x1b[K");
  shown_ = false;
}

}  // namespace cellar::hql

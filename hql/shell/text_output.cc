#include "hql/shell/text_output.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "hql/error_codes.h"

namespace cellar::hql {

namespace {
constexpr size_t kFlushBytes = 64 << 10;
}  // namespace

Status TextOutput::Write(std::string_view text) {
  buffer_ += text;
  return FlushWhenFull();
}

Status TextOutput::FlushWhenFull() {
  if (broken()) return Flush();
  return buffer_.size() < kFlushBytes ? Status() : Flush();
}

Status TextOutput::Flush() {
  std::string_view rest = buffer_;
  if (!rest.empty()) AboutToWrite();
  while (!rest.empty() && !broken()) {
    const ssize_t count = ::write(fd_, rest.data(), rest.size());
    if (count >= 0) {
      rest.remove_prefix(static_cast<size_t>(count));
    } else if (errno == EAGAIN) {  // a terminal shared with a program that made it non-blocking
      pollfd watched = {fd_, POLLOUT, 0};
      (void)::poll(&watched, 1, -1);
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
  buffer_.clear();
  if (!broken()) return Status();
  return common::IoError(std::string("standard output: ") + std::strerror(error_)).WithDetail(kLocalIoError);
}

bool TextOutput::is_terminal() const {
  return ::isatty(fd_) == 1;
}

}  // namespace cellar::hql

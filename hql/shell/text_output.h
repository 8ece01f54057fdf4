#pragma once

#include <cerrno>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/status.h"

namespace cellar::hql {

/// Buffered text to a descriptor. Once a write failed everything further is dropped. One thread.
class TextOutput {
 public:
  explicit TextOutput(int fd) : fd_(fd) {}

  /// kIoError when the text cannot be written, now or before.
  Status Write(std::string_view text);
  Status Flush();

  /// Room to append to directly; follow it by FlushWhenFull.
  std::string* buffer() { return &buffer_; }
  Status FlushWhenFull();

  /// Called before each write to the descriptor, from now on.
  void SetBeforeWrite(std::function<void()> action) { before_write_ = std::move(action); }
  /// As if something were written: who else writes there calls it.
  void AboutToWrite() const {
    if (before_write_) before_write_();
  }

  int fd() const { return fd_; }
  bool is_terminal() const;
  /// A write failed.
  bool broken() const { return error_ != 0; }
  /// Nobody reads any more: a pipe was closed, a terminal went away.
  bool closed() const { return error_ == EPIPE || error_ == EIO; }

 private:
  const int fd_;
  std::string buffer_;
  std::function<void()> before_write_;
  int error_ = 0;  ///< Of the write that failed.
};

}  // namespace cellar::hql

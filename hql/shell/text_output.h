#pragma once

#include <string>
#include <string_view>

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

  bool is_terminal() const;
  /// Nobody reads any more: a pipe was closed, a terminal went away.
  bool broken() const { return broken_; }

 private:
  const int fd_;
  std::string buffer_;
  bool broken_ = false;
};

}  // namespace cellar::hql

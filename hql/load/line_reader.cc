#include "hql/load/line_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "hql/error_codes.h"

namespace cellar::hql {

namespace {
constexpr size_t kReadBytes = 256 << 10;
}  // namespace

Status LineReader::Fill() {
  if (begin_ > 0) {
    buffer_.erase(0, begin_);
    scanned_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() >= kMaxLineBytes) {
    return common::InvalidArgument(fmt::format("line {} is longer than {} bytes", line_number_ + 1, kMaxLineBytes))
        .WithDetail(kBadLoadFile);
  }
  const size_t old_size = buffer_.size();
  const size_t room = std::clamp(old_size, kReadBytes, size_t{8} << 20);  // grows with the line, so that time is linear
  buffer_.resize(old_size + room);
  Result<size_t> count = source_.Read(buffer_.data() + old_size, room);
  buffer_.resize(old_size + (count.ok() ? *count : 0));
  if (!count.ok()) return std::move(count).status();
  ended_ = *count == 0;
  return Status();
}

Result<bool> LineReader::Next(std::string_view* line) {
  while (true) {
    const size_t end = buffer_.find('\n', scanned_);
    if (end != std::string::npos || (ended_ && begin_ < buffer_.size())) {
      const size_t length = (end == std::string::npos ? buffer_.size() : end) - begin_;
      *line = std::string_view(buffer_).substr(begin_, length);
      begin_ += std::min(length + 1, buffer_.size() - begin_);
      scanned_ = begin_;
      ++line_number_;
      return true;
    }
    if (ended_) return false;
    scanned_ = buffer_.size();
    RETURN_IF_ERROR(Fill());
  }
}

}  // namespace cellar::hql

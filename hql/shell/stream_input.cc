#include "hql/shell/stream_input.h"

#include <utility>

#include "hql/files/local_files.h"

namespace cellar::hql {

namespace {

class DescriptorSource final : public ByteSource {
 public:
  explicit DescriptorSource(int fd) : files_(fd), source_(files_.OpenForReading("-").value()) {}
  Result<size_t> Read(char* out, size_t size) override { return source_->Read(out, size); }
  uint64_t bytes_read() const override { return source_->bytes_read(); }
  std::optional<uint64_t> total_bytes() const override { return std::nullopt; }

 private:
  LocalFiles files_;
  const std::unique_ptr<ByteSource> source_;
};

}  // namespace

/// Waits for the descriptor or an interrupt before each read.
class StreamInput::WaitingSource final : public ByteSource {
 public:
  WaitingSource(std::unique_ptr<ByteSource> source, int fd, InterruptWatch& watch)
      : source_(std::move(source)), fd_(fd), watch_(watch) {}

  Result<size_t> Read(char* out, size_t size) override {
    if (fd_ >= 0) {
      watch_.WaitReadable(fd_, -1);
      if (watch_.TakeInterrupt()) return common::Cancelled("interrupted");
    }
    return source_->Read(out, size);
  }
  uint64_t bytes_read() const override { return source_->bytes_read(); }
  std::optional<uint64_t> total_bytes() const override { return source_->total_bytes(); }

 private:
  const std::unique_ptr<ByteSource> source_;
  const int fd_;
  InterruptWatch& watch_;
};

StreamInput::StreamInput(std::unique_ptr<ByteSource> source, int fd, InterruptWatch& watch)
    : source_(std::make_unique<WaitingSource>(std::move(source), fd, watch)), lines_(*source_) {}

LineInput::Outcome StreamInput::Read(const std::string&, std::string* line) {
  std::string_view next;
  const Result<bool> more = lines_.Next(&next);
  if (!more.ok()) {
    *line = more.status().message();
    return more.status().Is(StatusCode::kCancelled) ? Outcome::kEnd : Outcome::kFailed;
  }
  if (!*more) return Outcome::kEnd;
  if (next.ends_with('\r')) next.remove_suffix(1);
  *line = std::string(next);
  return Outcome::kLine;
}

std::unique_ptr<ByteSource> NewDescriptorSource(int fd) {
  return std::make_unique<DescriptorSource>(fd);
}

}  // namespace cellar::hql

#include "hql/load/memory_files.h"

#include <algorithm>
#include <cstring>

#include "hql/error_codes.h"

namespace cellar::hql {

namespace {

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes) : bytes_(bytes) {}

  Result<size_t> Read(char* out, size_t size) override {
    const size_t count = std::min(size, bytes_.size() - read_);
    std::memcpy(out, bytes_.data() + read_, count);
    read_ += count;
    return count;
  }
  uint64_t bytes_read() const override { return read_; }
  std::optional<uint64_t> total_bytes() const override { return bytes_.size(); }

 private:
  const std::string_view bytes_;
  size_t read_ = 0;
};

class MemorySink final : public ByteSink {
 public:
  explicit MemorySink(std::string& target) : target_(target) {}

  Status Write(std::string_view bytes) override {
    target_ += bytes;
    return Status();
  }
  Status Finish() override { return Status(); }

 private:
  std::string& target_;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> MemoryFiles::OpenForReading(const std::string& name) {
  const auto found = contents.find(name);
  if (found == contents.end()) return common::NotFound("file '" + name + "' does not exist").WithDetail(kFileNotFound);
  return NewMemorySource(found->second);
}

Result<std::unique_ptr<ByteSink>> MemoryFiles::OpenForWriting(const std::string& name) {
  std::string& target = contents[name];
  target.clear();
  return std::unique_ptr<ByteSink>(std::make_unique<MemorySink>(target));
}

std::unique_ptr<ByteSource> NewMemorySource(std::string_view bytes) {
  return std::make_unique<MemorySource>(bytes);
}

}  // namespace cellar::hql

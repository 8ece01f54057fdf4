#include "hql/load/gzip.h"

#include <fmt/format.h>
#include <zlib.h>

#include <utility>

#include "hql/error_codes.h"

namespace cellar::hql {

namespace {

constexpr size_t kBufferBytes = 64 << 10;
constexpr int kWindowBitsWithGzipHeader = 15 + 16;

class GzipSource final : public ByteSource {
 public:
  GzipSource(std::unique_ptr<ByteSource> packed, std::string name)
      : packed_(std::move(packed)), name_(std::move(name)) {}
  ~GzipSource() override {
    if (open_) inflateEnd(&stream_);
  }
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;

  Status Start() {
    if (inflateInit2(&stream_, kWindowBitsWithGzipHeader) != Z_OK) return Damaged("zlib cannot start");
    open_ = true;
    return Status();
  }

  Result<size_t> Read(char* out, size_t size) override {
    if (ended_) return size_t{0};
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = static_cast<uInt>(std::min<size_t>(size, kBufferBytes));
    const uInt room = stream_.avail_out;
    while (stream_.avail_out == room) {
      RETURN_IF_ERROR(Fill());
      if (stream_.avail_in == 0) {  // the end of the file
        if (in_member_) return Damaged("the file ends in the middle");
        ended_ = true;
        return size_t{0};
      }
      RETURN_IF_ERROR(Inflate());
    }
    const size_t count = room - stream_.avail_out;
    unpacked_ += count;
    if (unpacked_ > kGzipRatioFromBytes && unpacked_ / kMaxGzipRatio > packed_->bytes_read()) {
      return Damaged(fmt::format("unpacks to more than {} times its size", kMaxGzipRatio));
    }
    return count;
  }

  uint64_t bytes_read() const override { return packed_->bytes_read(); }
  std::optional<uint64_t> total_bytes() const override { return packed_->total_bytes(); }

 private:
  Status Damaged(const std::string& what) const {
    return common::Corruption(fmt::format("{}: offset {}: {}", name_, packed_->bytes_read() - stream_.avail_in, what))
        .WithDetail(kLocalIoError);
  }

  Status Fill() {
    if (stream_.avail_in > 0) return Status();
    ASSIGN_OR_RETURN(const size_t count, packed_->Read(buffer_, kBufferBytes));
    stream_.next_in = reinterpret_cast<Bytef*>(buffer_);
    stream_.avail_in = static_cast<uInt>(count);
    return Status();
  }

  Status Inflate() {
    in_member_ = true;
    const int code = inflate(&stream_, Z_NO_FLUSH);
    if (code == Z_STREAM_END) {  // perhaps another member follows
      in_member_ = false;
      return inflateReset(&stream_) == Z_OK ? Status() : Damaged("zlib cannot go on");
    }
    if (code != Z_OK && code != Z_BUF_ERROR) {
      return Damaged(fmt::format("not gzip: {}", stream_.msg == nullptr ? "damaged" : stream_.msg));
    }
    return Status();
  }

  const std::unique_ptr<ByteSource> packed_;
  const std::string name_;
  z_stream stream_ = {};
  bool open_ = false;
  bool in_member_ = false;
  bool ended_ = false;
  uint64_t unpacked_ = 0;
  char buffer_[kBufferBytes];
};

class GzipSink final : public ByteSink {
 public:
  GzipSink(std::unique_ptr<ByteSink> packed, std::string name) : packed_(std::move(packed)), name_(std::move(name)) {}
  ~GzipSink() override {
    if (open_) deflateEnd(&stream_);
  }
  GzipSink(const GzipSink&) = delete;
  GzipSink& operator=(const GzipSink&) = delete;

  Status Start() {
    constexpr int kMemoryLevel = 8;
    if (deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kWindowBitsWithGzipHeader, kMemoryLevel,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
      return common::IoError(name_ + ": zlib cannot start").WithDetail(kLocalIoError);
    }
    open_ = true;
    return Status();
  }

  Status Write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const size_t part = std::min(bytes.size(), kLargestPart);
      RETURN_IF_ERROR(Deflate(bytes.substr(0, part), Z_NO_FLUSH));
      bytes.remove_prefix(part);
    }
    return Status();
  }

  Status Finish() override {
    RETURN_IF_ERROR(Deflate({}, Z_FINISH));
    return packed_->Finish();
  }

 private:
  static constexpr size_t kLargestPart = 1 << 30;

  Status Deflate(std::string_view bytes, int flush) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(buffer_);
      stream_.avail_out = kBufferBytes;
      if (deflate(&stream_, flush) == Z_STREAM_ERROR) {
        return common::IoError(name_ + ": zlib failed").WithDetail(kLocalIoError);
      }
      RETURN_IF_ERROR(packed_->Write(std::string_view(buffer_, kBufferBytes - stream_.avail_out)));
    } while (stream_.avail_out == 0);
    return Status();
  }

  const std::unique_ptr<ByteSink> packed_;
  const std::string name_;
  z_stream stream_ = {};
  bool open_ = false;
  char buffer_[kBufferBytes];
};

}  // namespace

Result<std::unique_ptr<ByteSource>> NewGzipSource(std::unique_ptr<ByteSource> packed, std::string name) {
  auto source = std::make_unique<GzipSource>(std::move(packed), std::move(name));
  RETURN_IF_ERROR(source->Start());
  return std::unique_ptr<ByteSource>(std::move(source));
}

Result<std::unique_ptr<ByteSink>> NewGzipSink(std::unique_ptr<ByteSink> packed, std::string name) {
  auto sink = std::make_unique<GzipSink>(std::move(packed), std::move(name));
  RETURN_IF_ERROR(sink->Start());
  return std::unique_ptr<ByteSink>(std::move(sink));
}

}  // namespace cellar::hql

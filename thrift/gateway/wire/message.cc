#include "thrift/gateway/wire/message.h"

#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/transport/TVirtualTransport.h>

#include <algorithm>
#include <utility>

namespace cellar::thrift {
namespace {

using ::apache::thrift::protocol::TBinaryProtocolT;
using ::apache::thrift::protocol::TMessageType;
using ::apache::thrift::protocol::TType;

/// A frame's bytes, as Thrift reads them.
class FrameSource final : public ::apache::thrift::transport::TVirtualTransport<FrameSource> {
 public:
  explicit FrameSource(std::string_view bytes) : rest_(bytes) {}

  bool isOpen() const override { return true; }
  uint32_t read(uint8_t* target, uint32_t size) {
    size = static_cast<uint32_t>(std::min<size_t>(size, rest_.size()));
    std::copy_n(rest_.data(), size, target);
    rest_.remove_prefix(size);
    return size;
  }
  const uint8_t* borrow(uint8_t*, uint32_t* size) {
    if (*size > rest_.size()) return nullptr;
    *size = static_cast<uint32_t>(rest_.size());
    return reinterpret_cast<const uint8_t*>(rest_.data());
  }
  void consume(uint32_t size) { rest_.remove_prefix(size); }

  size_t size() const { return rest_.size(); }
  void Exhaust() { rest_ = std::string_view(); }

 private:
  std::string_view rest_;
};

/// An answer's bytes, as Thrift writes them.
class FrameSink final : public ::apache::thrift::transport::TVirtualTransport<FrameSink> {
 public:
  /// Both are the writer's.
  FrameSink(AnswerFrame& frame, std::string* const& long_text) : frame_(frame), long_text_(long_text) {}

  bool isOpen() const override { return true; }
  void write(const uint8_t* bytes, uint32_t size) {
    const char* const text = reinterpret_cast<const char*>(bytes);
    if (size < kLongText || long_text_ == nullptr || text != long_text_->data()) {
      frame_.bytes.append(text, size);
      return;
    }
    frame_.text_at = frame_.bytes.size();
    frame_.text = std::move(*long_text_);
  }

 private:
  static constexpr uint32_t kLongText = 4 << 10;  ///< From here on a piece of its own costs less than a copy.

  AnswerFrame& frame_;
  std::string* const& long_text_;
};

/// Lists and maps whose elements cannot be there end the reading before room is made for them.
class RequestProtocol final : public TBinaryProtocolT<FrameSource> {
 public:
  explicit RequestProtocol(const std::shared_ptr<FrameSource>& source)
      : TBinaryProtocolT<FrameSource>(source, static_cast<int32_t>(source->size()), kMaxListElements,
                                      /*strict_read=*/false, /*strict_write=*/true),
        source_(*source) {}

  uint32_t readListBegin_virt(TType& type, uint32_t& size) override {
    const uint32_t read = readListBegin(type, size);
    CheckThatAreThere(LeastBytes(type), &size);
    return read;
  }
  uint32_t readSetBegin_virt(TType& type, uint32_t& size) override {
    const uint32_t read = readSetBegin(type, size);
    CheckThatAreThere(LeastBytes(type), &size);
    return read;
  }
  uint32_t readMapBegin_virt(TType& key, TType& value, uint32_t& size) override {
    const uint32_t read = readMapBegin(key, value, size);
    CheckThatAreThere(LeastBytes(key) + LeastBytes(value), &size);
    return read;
  }

 private:
  static size_t LeastBytes(TType type) {
    switch (type) {
      case ::apache::thrift::protocol::T_STRING:
        return 4;
      case ::apache::thrift::protocol::T_LIST:
      case ::apache::thrift::protocol::T_SET:
        return 5;
      case ::apache::thrift::protocol::T_MAP:
        return 6;
      default:
        return 1;
    }
  }
  void CheckThatAreThere(size_t least_bytes, uint32_t* size) {
    if (*size * least_bytes <= source_.size()) return;
    *size = 0;
    source_.Exhaust();  // the next read finds the end
  }

  FrameSource& source_;
};

using AnswerProtocol = TBinaryProtocolT<FrameSink>;

}  // namespace

RequestReader::RequestReader(std::string_view frame)
    : protocol_(std::make_shared<RequestProtocol>(std::make_shared<FrameSource>(frame))) {}

RequestReader::~RequestReader() = default;

Result<MessageHead> RequestReader::ReadHead() {
  MessageHead head;
  try {
    TMessageType type = ::apache::thrift::protocol::T_CALL;
    protocol_->readMessageBegin(head.method, type, head.sequence);
    if (type != ::apache::thrift::protocol::T_CALL) return common::InvalidArgument("a message that is no call");
  } catch (const std::exception& error) {
    return common::InvalidArgument(error.what());
  }
  return head;
}

AnswerWriter::AnswerWriter(const MessageHead& head, bool is_exception)
    : protocol_(std::make_shared<AnswerProtocol>(std::make_shared<FrameSink>(frame_, long_text_))) {
  protocol_->writeMessageBegin(
      head.method, is_exception ? ::apache::thrift::protocol::T_EXCEPTION : ::apache::thrift::protocol::T_REPLY,
      head.sequence);
}

AnswerWriter::~AnswerWriter() = default;

AnswerFrame AnswerWriter::Finish() {
  protocol_->writeMessageEnd();
  return std::move(frame_);
}

AnswerFrame MakeRefusal(const MessageHead& head,
                        ::apache::thrift::TApplicationException::TApplicationExceptionType type,
                        const std::string& message) {
  AnswerWriter writer(head, /*is_exception=*/true);
  writer.Write(::apache::thrift::TApplicationException(type, message));
  return writer.Finish();
}

}  // namespace cellar::thrift

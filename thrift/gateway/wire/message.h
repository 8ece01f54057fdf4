#pragma once

#include <thrift/TApplicationException.h>
#include <thrift/protocol/TProtocol.h>

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "thrift/gateway/wire/answer_frame.h"

namespace cellar::thrift {

/// What a message begins with.
struct MessageHead {
  std::string method;
  int32_t sequence = 0;

  MessageHead() = default;
};

inline constexpr int32_t kMaxListElements = 1 << 20;

/// Reads one request out of a frame, which outlives it: binary protocol, strict or as before there were versions.
/// Sizes are checked against the bytes that are there before anything is allocated for them.
class RequestReader {
 public:
  explicit RequestReader(std::string_view frame);
  ~RequestReader();

  /// kInvalidArgument when it is no call.
  Result<MessageHead> ReadHead();

  /// kInvalidArgument when the bytes are no `arguments`.
  template <typename Arguments>
  Status Read(Arguments* arguments) {
    try {
      arguments->read(protocol_.get());
      return Status();
    } catch (const std::exception& error) {
      return common::InvalidArgument(error.what());
    }
  }

 private:
  std::shared_ptr<::apache::thrift::protocol::TProtocol> protocol_;
};

/// Writes one answer as a frame for Peer::Answer.
class AnswerWriter {
 public:
  AnswerWriter(const MessageHead& head, bool is_exception);
  ~AnswerWriter();

  /// `long_text`: a string of `body` that is moved into the frame instead of being copied if it is long.
  template <typename Body>
  void Write(const Body& body, std::string* long_text = nullptr) {
    long_text_ = long_text;
    body.write(protocol_.get());
  }
  AnswerFrame Finish();

 private:
  AnswerFrame frame_;
  std::string* long_text_ = nullptr;
  std::shared_ptr<::apache::thrift::protocol::TProtocol> protocol_;
};

/// Takes the answer's `success` out of it if it is a long string.
template <typename Body>
AnswerFrame MakeAnswer(const MessageHead& head, Body& body) {
  AnswerWriter writer(head, /*is_exception=*/false);
  if constexpr (requires(std::string* text) { text = &body.success; }) {
    writer.Write(body, &body.success);
  } else {
    writer.Write(body);
  }
  return writer.Finish();
}

/// The answer to a method or arguments that are not known.
AnswerFrame MakeRefusal(const MessageHead& head,
                        ::apache::thrift::TApplicationException::TApplicationExceptionType type,
                        const std::string& message);

}  // namespace cellar::thrift

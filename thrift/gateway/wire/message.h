#pragma once

#include <thrift/TApplicationException.h>
#include <thrift/protocol/TProtocol.h>

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/result.h"

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

  template <typename Body>
  void Write(const Body& body) {
    body.write(protocol_.get());
  }
  std::string Finish();

 private:
  std::string frame_;
  std::shared_ptr<::apache::thrift::protocol::TProtocol> protocol_;
};

template <typename Body>
std::string MakeAnswer(const MessageHead& head, const Body& body) {
  AnswerWriter writer(head, /*is_exception=*/false);
  writer.Write(body);
  return writer.Finish();
}

/// The answer to a method or arguments that are not known.
std::string MakeRefusal(const MessageHead& head,
                        ::apache::thrift::TApplicationException::TApplicationExceptionType type,
                        const std::string& message);

}  // namespace cellar::thrift

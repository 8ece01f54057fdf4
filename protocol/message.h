#pragma once

#include <thrift/protocol/TCompactProtocol.h>
#include <thrift/transport/TBufferTransports.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace cellar::protocol {

/// The message struct's bytes: Thrift compact protocol.
template <typename Message>
std::string EncodeMessage(const Message& message) {
  auto buffer = std::make_shared<apache::thrift::transport::TMemoryBuffer>();
  apache::thrift::protocol::TCompactProtocolT<apache::thrift::transport::TMemoryBuffer> protocol(buffer);
  message.write(&protocol);
  return buffer->getBufferAsString();
}

/// Parses `bytes`, all of which must belong to the message. Strings and containers longer than what arrived are
/// refused before anything is allocated. kInvalidArgument on malformed bytes.
template <typename Message>
Result<Message> DecodeMessage(std::string_view bytes) {
  using apache::thrift::transport::TMemoryBuffer;
  const auto limit = static_cast<int32_t>(std::min<size_t>(bytes.size(), INT32_MAX));
  try {
    auto buffer = std::make_shared<TMemoryBuffer>(reinterpret_cast<uint8_t*>(const_cast<char*>(bytes.data())),
                                                  static_cast<uint32_t>(limit), TMemoryBuffer::OBSERVE);
    apache::thrift::protocol::TCompactProtocolT<TMemoryBuffer> protocol(buffer, limit, limit);
    Message message;
    message.read(&protocol);
    if (buffer->available_read() != 0) return common::InvalidArgument("message has bytes behind its end");
    return message;
  } catch (const apache::thrift::TException& error) {
    return common::InvalidArgument(std::string("malformed message: ") + error.what());
  }
}

}  // namespace cellar::protocol

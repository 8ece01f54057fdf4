#pragma once

#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/transport/TBufferTransports.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/gateway/raw_connection.h"

namespace cellar::tests {

/// One argument of a call: its type on the wire, and its bytes there.
struct WireValue {
  ::apache::thrift::protocol::TType type = ::apache::thrift::protocol::T_STOP;
  std::string bytes;
};

/// What `write` writes to a binary protocol.
template <typename Write>
WireValue WireOf(::apache::thrift::protocol::TType type, Write write) {
  const auto memory = std::make_shared<::apache::thrift::transport::TMemoryBuffer>();
  ::apache::thrift::protocol::TBinaryProtocol protocol(memory);
  write(protocol);
  return WireValue{type, memory->getBufferAsString()};
}

WireValue WireI64(int64_t number);
WireValue WireI32(int32_t number);
WireValue WireBool(bool value);
WireValue WireBytes(const std::string& bytes);
WireValue WireTexts(const std::vector<std::string>& texts);  ///< list<string>.

template <typename Generated>
WireValue WireStruct(const Generated& value) {
  return WireOf(::apache::thrift::protocol::T_STRUCT, [&value](auto& protocol) { value.write(&protocol); });
}

/// A list of values of one type.
WireValue WireList(::apache::thrift::protocol::TType element, const std::vector<WireValue>& values);

/// Arguments with their field ids.
using WireArguments = std::vector<std::pair<int16_t, WireValue>>;

/// As a call carries them, without the end of their struct.
std::string EncodeArguments(const WireArguments& arguments);

/// What came back.
struct WireAnswer {
  enum class Kind { kReply, kRefusal, kException, kClosed };
  Kind kind = Kind::kClosed;
  int32_t code = 0;  ///< A refusal's, or an exception's type.
  int64_t id = 0;    ///< What a method that returns i64 replied.
  std::string message;
};

/// Calls and waits. kClosed when the gateway hung up.
WireAnswer CallWith(RawConnection& connection, std::string_view method, std::string_view arguments);

}  // namespace cellar::tests

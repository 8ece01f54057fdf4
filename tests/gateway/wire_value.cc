#include "tests/gateway/wire_value.h"

#include <thrift/TApplicationException.h>

#include "common/bytes/coding.h"
#include "thrift/idl/gen/Client_types.h"

namespace cellar::tests {
namespace {

using ::apache::thrift::protocol::TBinaryProtocol;
using ::apache::thrift::protocol::TMessageType;
using ::apache::thrift::protocol::TType;
using ::apache::thrift::transport::TMemoryBuffer;
namespace protocol = ::apache::thrift::protocol;

/// The struct of a reply: field 0 is what was returned, field 1 the ClientException.
void ReadReply(TBinaryProtocol& from, WireAnswer* answer) {
  answer->kind = WireAnswer::Kind::kReply;
  std::string name;
  TType type = protocol::T_STOP;
  int16_t field = 0;
  from.readStructBegin(name);
  while (true) {
    from.readFieldBegin(name, type, field);
    if (type == protocol::T_STOP) return;
    if (field == 1 && type == protocol::T_STRUCT) {
      ::Hypertable::ThriftGen::ClientException refusal;
      refusal.read(&from);
      answer->kind = WireAnswer::Kind::kRefusal;
      answer->code = refusal.code;
      answer->message = refusal.message;
    } else if (field == 0 && type == protocol::T_I64) {
      from.readI64(answer->id);
    } else {
      from.skip(type);
    }
  }
}

}  // namespace

WireValue WireI64(int64_t number) {
  return WireOf(protocol::T_I64, [number](auto& to) { to.writeI64(number); });
}

WireValue WireI32(int32_t number) {
  return WireOf(protocol::T_I32, [number](auto& to) { to.writeI32(number); });
}

WireValue WireBool(bool value) {
  return WireOf(protocol::T_BOOL, [value](auto& to) { to.writeBool(value); });
}

WireValue WireBytes(const std::string& bytes) {
  return WireOf(protocol::T_STRING, [&bytes](auto& to) { to.writeBinary(bytes); });
}

WireValue WireTexts(const std::vector<std::string>& texts) {
  std::vector<WireValue> values;
  for (const std::string& text : texts) values.push_back(WireBytes(text));
  return WireList(protocol::T_STRING, values);
}

WireValue WireList(TType element, const std::vector<WireValue>& values) {
  WireValue list{protocol::T_LIST, std::string(1, static_cast<char>(element))};
  common::PutBigEndian32(&list.bytes, static_cast<uint32_t>(values.size()));
  for (const WireValue& value : values) list.bytes += value.bytes;
  return list;
}

std::string EncodeArguments(const WireArguments& arguments) {
  std::string encoded;
  for (const auto& [id, value] : arguments) {
    encoded += static_cast<char>(value.type);
    encoded += static_cast<char>(id >> 8);
    encoded += static_cast<char>(id);
    encoded += value.bytes;
  }
  return encoded;
}

WireAnswer CallWith(RawConnection& connection, std::string_view method, std::string_view arguments) {
  connection.SendFrame(CallOf(method, arguments));
  std::string frame = connection.Receive();
  WireAnswer answer;
  if (frame == "closed") return answer;
  TBinaryProtocol from(std::make_shared<TMemoryBuffer>(reinterpret_cast<uint8_t*>(frame.data()),
                                                       static_cast<uint32_t>(frame.size()), TMemoryBuffer::COPY));
  std::string name;
  TMessageType type{};
  int32_t sequence = 0;
  from.readMessageBegin(name, type, sequence);
  if (type == protocol::T_EXCEPTION) {
    ::apache::thrift::TApplicationException exception;
    exception.read(&from);
    answer.kind = WireAnswer::Kind::kException;
    answer.code = exception.getType();
    answer.message = exception.what();
  } else {
    ReadReply(from, &answer);
  }
  return answer;
}

}  // namespace cellar::tests

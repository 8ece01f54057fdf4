#include "thrift/gateway/calls/packed_arguments.h"

#include <string>

#include "common/bytes/coding.h"

namespace cellar::thrift {
namespace {

using ::apache::thrift::protocol::TProtocol;
using ::apache::thrift::protocol::TType;

/// What readBinary reads, in its place.
uint32_t ReadInPlace(TProtocol* in, std::string_view* bytes) {
  constexpr uint32_t kLengthBytes = 4;
  ::apache::thrift::transport::TTransport& frame = *in->getTransport();
  uint32_t available = kLengthBytes;
  const auto* const at = reinterpret_cast<const char*>(frame.borrow(nullptr, &available));
  if (at != nullptr) {
    const uint32_t size = common::LoadBigEndian32(at);
    if (size <= available - kLengthBytes) {
      *bytes = std::string_view(at + kLengthBytes, size);
      frame.consume(kLengthBytes + size);
      return kLengthBytes + size;
    }
  }
  std::string none;
  return in->readBinary(none);  // it says what is wrong
}

}  // namespace

uint32_t PackedArguments::read(TProtocol* in) {
  const ::apache::thrift::protocol::TInputRecursionTracker depth(*in);
  std::string name;
  TType type = ::apache::thrift::protocol::T_STOP;
  int16_t id = 0;
  uint32_t size = in->readStructBegin(name);
  while (true) {
    size += in->readFieldBegin(name, type, id);
    if (type == ::apache::thrift::protocol::T_STOP) break;
    if (id == 1 && type == ::apache::thrift::protocol::T_I64) {
      size += in->readI64(mutator);
    } else if (id == 2 && type == ::apache::thrift::protocol::T_STRING) {
      size += ReadInPlace(in, &cells);
    } else if (id == 3 && type == ::apache::thrift::protocol::T_BOOL) {
      size += in->readBool(flush);
    } else {
      size += in->skip(type);
    }
    size += in->readFieldEnd();
  }
  return size + in->readStructEnd();
}

}  // namespace cellar::thrift

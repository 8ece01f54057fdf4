#include "fsbroker/wire/binary_protocol.h"

#include <thrift/protocol/TBinaryProtocol.h>

#include <utility>

#include "fsbroker/wire/protocol.h"

namespace cellar::fsbroker {

std::shared_ptr<apache::thrift::protocol::TProtocol> BinaryProtocolOver(std::shared_ptr<FramedSocket> socket) {
  return std::make_shared<apache::thrift::protocol::TBinaryProtocolT<FramedSocket>>(
      std::move(socket), static_cast<int32_t>(kMaxFrameBytes), kMaxListElements, /*strict_read=*/true,
      /*strict_write=*/true);
}

}  // namespace cellar::fsbroker

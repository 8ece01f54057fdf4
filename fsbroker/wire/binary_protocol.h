#pragma once

#include <thrift/protocol/TProtocol.h>

#include <memory>

#include "fsbroker/wire/framed_socket.h"

namespace cellar::fsbroker {

/// The protocol that a broker and its clients speak over `socket`: binary, strict, with bounds on strings and lists.
std::shared_ptr<apache::thrift::protocol::TProtocol> BinaryProtocolOver(std::shared_ptr<FramedSocket> socket);

}  // namespace cellar::fsbroker

#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "common/base/status.h"

namespace cellar::fsbroker {

namespace gen {
class BrokerClient;
}

// The two calls that carry data. Thrift's stub wants, and gives, one std::string; these send from the caller's memory
// and receive into it. They throw what the stub would.

/// `append`, of the pieces as one.
void AppendPieces(gen::BrokerClient& stub, int64_t file, uint64_t offset, std::span<const std::string_view> pieces,
                  bool sync);

/// `read`, of at most `size` bytes into `out`. An error when the answer holds more.
Status ReadInto(gen::BrokerClient& stub, int64_t file, uint64_t offset, size_t size, char* out, size_t* got);

}  // namespace cellar::fsbroker

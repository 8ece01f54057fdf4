#pragma once

#include <thrift/protocol/TProtocol.h>

#include <cstdint>
#include <string_view>

namespace cellar::thrift {

/// The arguments of mutator_set_cells_serialized and its asynchronous twin: read as the generated ones are, but for the
/// cells, which stay where they are in the frame. It outlives them.
struct PackedArguments {
  int64_t mutator = 0;
  std::string_view cells;
  bool flush = false;

  PackedArguments() = default;

  /// Of a RequestReader's protocol; its exceptions are those of the generated readers.
  uint32_t read(::apache::thrift::protocol::TProtocol* in);  // NOLINT(readability-identifier-naming): Thrift's name
};

}  // namespace cellar::thrift

#pragma once

#include <cstdint>

namespace cellar::thrift {

// Numbers of the public error table that packed cells give, for Status::detail().

inline constexpr int32_t kInvalidArgument = 56;
inline constexpr int32_t kInputOverrun = 0x80001;
inline constexpr int32_t kVersionMismatch = 0x80004;

}  // namespace cellar::thrift

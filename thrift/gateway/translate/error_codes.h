#pragma once

#include <cstdint>

namespace cellar::thrift {

// Numbers of the public error table that the gateway itself gives, for Status::detail().

inline constexpr int32_t kFailedExpectation = -1;
inline constexpr int32_t kAnswerTooLarge = 3;
inline constexpr int32_t kRequestTimeout = 4;
inline constexpr int32_t kNotImplemented = 31;
inline constexpr int32_t kCancelledCode = 33;
inline constexpr int32_t kNotAllowed = 44;
inline constexpr int32_t kCellExists = 48;
inline constexpr int32_t kBadScannerId = 0x90001;
inline constexpr int32_t kBadMutatorId = 0x90002;
inline constexpr int32_t kBadNamespaceId = 0x90003;
inline constexpr int32_t kBadFutureId = 0x90004;

}  // namespace cellar::thrift

#pragma once

#include <cstdint>

namespace cellar::model {

// Numbers of the public error table (docs/reference/errors.md) that checks of the data model give, for
// Status::detail(). Clients of the Thrift API see them.

inline constexpr int32_t kBadSchema = 7;
inline constexpr int32_t kBadKey = 9;
inline constexpr int32_t kBadCompressorArgument = 14;
inline constexpr int32_t kTooManyColumns = 24;
inline constexpr int32_t kBadScanSpec = 30;
inline constexpr int32_t kSchemaParseError = 34;
inline constexpr int32_t kBadPseudoTable = 54;
inline constexpr int32_t kBadFormat = 55;
inline constexpr int32_t kUnsupportedOperation = 58;
inline constexpr int32_t kIncompatibleOptions = 61;
inline constexpr int32_t kUnknownFamilyOnRead = 0x5000A;
inline constexpr int32_t kReadOnly = 0x50022;
inline constexpr int32_t kBadCommand = 0x60002;

}  // namespace cellar::model

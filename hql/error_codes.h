#pragma once

#include <cstdint>

namespace cellar::hql {

// Numbers of the public error table (docs/reference/errors.md) that the language itself gives, for Status::detail().

inline constexpr int32_t kParseError = 11;
inline constexpr int32_t kFileNotFound = 12;
inline constexpr int32_t kTableNotFound = 22;
inline constexpr int32_t kNotImplemented = 31;
inline constexpr int32_t kBadTableName = 35;
inline constexpr int32_t kNameAlreadyInUse = 39;
inline constexpr int32_t kNamespaceNotFound = 40;
inline constexpr int32_t kBadNamespace = 41;
inline constexpr int32_t kNamespaceExists = 42;
inline constexpr int32_t kNotAllowed = 44;
inline constexpr int32_t kLocalIoError = 5;
inline constexpr int32_t kNoServers = 0x40004;
inline constexpr int32_t kNoSuchServer = 0x4000A;
inline constexpr int32_t kBadLoadFile = 0x60001;

}  // namespace cellar::hql

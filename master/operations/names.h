#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "model/schema_definition.h"

namespace cellar::master {

// Numbers of the public error table for what is wrong with a name.
inline constexpr int32_t kTableNotFound = 22;
inline constexpr int32_t kBadTableName = 35;
inline constexpr int32_t kNameInUse = 39;
inline constexpr int32_t kNamespaceNotFound = 40;
inline constexpr int32_t kBadNamespace = 41;
inline constexpr int32_t kNamespaceExists = 42;
inline constexpr int32_t kProtected = 57;
inline constexpr int32_t kNamespaceNotEmpty = 0x30013;
inline constexpr int32_t kGenerationMismatch = 0x40008;

inline constexpr size_t kMaxPathBytes = 4096;

/// "/a/b" of " //a/b/ ": one '/' before each name, blanks around the whole dropped (hql.md §3); the root is "/".
/// kInvalidArgument with kBadNamespace for control characters and paths that are too long.
Result<std::string> CanonicalPath(std::string_view path);

/// "/a" of "/a/b", "/" of "/a". Requires a canonical path other than "/".
std::string ParentOf(std::string_view path);
/// "b" of "/a/b".
std::string_view LastName(std::string_view path);

/// Where the index table of a table at this canonical path is: "/a/^b" for values, "/a/^^b" for qualifiers.
std::string IndexTablePath(std::string_view path, model::IndexKind kind);

/// kInvalidArgument with kBadTableName for index tables: they come, change and go with the table they belong to.
Status CheckNoIndexTable(std::string_view path);

/// Whether a table may have this canonical path, as far as the text tells: kInvalidArgument with kBadTableName.
Status CheckTableName(std::string_view path);

/// `/`, `/tmp`, `/sys` and what is in `/sys`: not made or dropped by users.
bool IsProtected(std::string_view path);

}  // namespace cellar::master

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"

namespace cellar::common {

// What a path in a FileSystem is, and taking it apart. "" is the root.

inline constexpr size_t kMaxPathBytes = 1'024;
inline constexpr size_t kMaxPathComponents = 32;
inline constexpr size_t kMaxPathComponentBytes = 200;

/// The name under which a backend may keep a seal's mark inside the sealed directory; no file of the user's.
inline constexpr std::string_view kSealMarkName = ".seal";

/// True for [A-Za-z0-9._-]+ of at most kMaxPathComponentBytes, other than ".", ".." and the seal mark's name.
bool IsValidPathComponent(std::string_view component);

/// OK for the path of a file or a directory below the root; kInvalidArgument naming it otherwise, also for "".
Status ValidatePath(std::string_view path);

/// The same, and the root is allowed.
Status ValidateDirectoryPath(std::string_view path);

/// "a/b" of "a/b/c"; "" of "a".
std::string_view ParentPath(std::string_view path);

/// "c" of "a/b/c".
std::string_view LastComponent(std::string_view path);

/// "a/b" of "a" and "b"; "b" of "" and "b".
std::string JoinPath(std::string_view directory, std::string_view name);

/// True when `path` lies below `directory`; not for the directory itself.
bool IsBelow(std::string_view path, std::string_view directory);

/// "b/c" of "a/b/c" and "a". Requires IsBelow(path, directory).
std::string_view PathBelow(std::string_view path, std::string_view directory);

/// The directories above `path`, from the root down: "", "a", "a/b" of "a/b/c".
std::vector<std::string_view> DirectoriesAbove(std::string_view path);

}  // namespace cellar::common

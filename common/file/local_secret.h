#pragma once

#include <string>

#include "common/base/result.h"

namespace cellar::common {

inline constexpr size_t kMaxSecretBytes = 4096;

/// The first line of a file that holds a password, without its end. `setting` is what names the file, for messages; the
/// secret is in none of them. kNotFound; kInvalidArgument when others than its owner may read or write the file, when
/// it is no regular file, empty or too long; kIoError.
Result<std::string> ReadLocalSecret(const std::string& path, const std::string& setting);

}  // namespace cellar::common

#include "tests/support/temporary_folder.h"

#include <stdlib.h>

#include <filesystem>

#include "common/base/check.h"

namespace cellar::tests {

TemporaryFolder::TemporaryFolder(std::string_view name)
    : path_((std::filesystem::temp_directory_path() / ("cellar-" + std::string(name) + "-XXXXXX")).string()) {
  CHECK(::mkdtemp(path_.data()) != nullptr);
}

TemporaryFolder::~TemporaryFolder() {
  std::filesystem::remove_all(path_);
}

}  // namespace cellar::tests

#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>
#include <system_error>

#include "common/base/check.h"

namespace cellar::common {

/// An empty directory of the machine for one test, removed with everything in it at the end.
class LocalTestDirectory {
 public:
  LocalTestDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "cellar-test-XXXXXX").string();
    CHECK(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~LocalTestDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  LocalTestDirectory(const LocalTestDirectory&) = delete;
  LocalTestDirectory& operator=(const LocalTestDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string Below(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace cellar::common

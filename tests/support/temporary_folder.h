#pragma once

#include <string>
#include <string_view>

namespace cellar::tests {

/// A new, empty folder of this machine's, removed with all that is in it.
class TemporaryFolder {
 public:
  /// `name` says whose it is: "cellar-NAME-…" in the folder for temporary files. Ends the process when there is none.
  explicit TemporaryFolder(std::string_view name);
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace cellar::tests

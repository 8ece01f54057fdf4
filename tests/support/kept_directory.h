#pragma once

#include <map>
#include <string>
#include <utility>

#include "common/file/memory_file_system.h"

namespace cellar::tests {

/// What a directory held at one moment, to be put back later: a copy that somebody restores. Its files lie in it
/// directly. Borrows the disk. No process uses the directory while it is put back or emptied.
class KeptDirectory {
 public:
  KeptDirectory(common::MemoryFileSystem& disk, std::string directory)
      : disk_(disk), directory_(std::move(directory)) {}

  bool empty() const { return files_.empty(); }
  void Keep();
  void Empty();    ///< The directory, not what was kept.
  void PutBack();  ///< Makes room when the disk is full.

 private:
  common::MemoryFileSystem& disk_;
  const std::string directory_;
  std::map<std::string, std::string> files_;  ///< By path.
};

}  // namespace cellar::tests

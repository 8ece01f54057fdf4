#pragma once

#include <memory>
#include <string>

#include "hql/load/byte_stream.h"

namespace cellar::hql {

/// Regular files below one directory of this machine, the import root, and nothing else. Names count from it, or are
/// absolute and begin with it. Refused with public code 44: a "..", a symbolic link anywhere below the root, what is no
/// regular file, "-", and every name when there is no root. Thread-safe.
///
/// Each part of a name is opened by itself, within the directory before, without following links: whoever changes
/// directories meanwhile leads nowhere else. Files are written as LocalFiles writes them.
class ConfinedFiles final : public FileOpener {
 public:
  /// `root`: an absolute path, which may itself lead over links; empty: there is none.
  explicit ConfinedFiles(std::string root);

  bool has_root() const { return !root_.empty(); }

  Result<std::unique_ptr<ByteSource>> OpenForReading(const std::string& name) override;
  Result<std::unique_ptr<ByteSink>> OpenForWriting(const std::string& name) override;

 private:
  std::string root_;  ///< Without a '/' at the end.
};

}  // namespace cellar::hql

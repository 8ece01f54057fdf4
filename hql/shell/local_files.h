#pragma once

#include <memory>
#include <string>

#include "hql/load/byte_stream.h"

namespace cellar::hql {

/// The user's files, by the rights of the process. "~/" in front is the home directory, "-" the given input.
class LocalFiles final : public FileOpener {
 public:
  /// `input`: the descriptor behind "-"; -1 when statements come from there.
  explicit LocalFiles(int input) : input_(input) {}

  Result<std::unique_ptr<ByteSource>> OpenForReading(const std::string& name) override;
  Result<std::unique_ptr<ByteSink>> OpenForWriting(const std::string& name) override;

 private:
  const int input_;
};

/// `name` with the home directory in place of a leading "~/".
std::string ExpandHome(const std::string& name);

}  // namespace cellar::hql

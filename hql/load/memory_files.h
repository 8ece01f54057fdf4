#pragma once

#include <map>
#include <memory>
#include <string>

#include "hql/load/byte_stream.h"

namespace cellar::hql {

/// Files by name in memory: the FileOpener of tests and of in-process callers. Must outlive what it opened. One thread.
class MemoryFiles final : public FileOpener {
 public:
  Result<std::unique_ptr<ByteSource>> OpenForReading(const std::string& name) override;
  Result<std::unique_ptr<ByteSink>> OpenForWriting(const std::string& name) override;

  std::map<std::string, std::string> contents;
};

/// Bytes that the caller keeps alive.
std::unique_ptr<ByteSource> NewMemorySource(std::string_view bytes);

}  // namespace cellar::hql

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace cellar::hql {

/// Bytes that come one after the other: a file, standard input, what is unpacked from either. Used by one thread.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  /// Up to `size` bytes into `out`; 0 at the end. May block. Errors name the file.
  virtual Result<size_t> Read(char* out, size_t size) = 0;

  /// For progress: how much was read of what, in bytes as they are stored; no total when it is not known.
  virtual uint64_t bytes_read() const = 0;
  virtual std::optional<uint64_t> total_bytes() const = 0;
};

/// Where bytes go one after the other. Used by one thread.
class ByteSink {
 public:
  virtual ~ByteSink() = default;  ///< Without Finish the file may be incomplete.

  virtual Status Write(std::string_view bytes) = 0;

  /// All bytes are in the file when this returns OK. No Write after it.
  virtual Status Finish() = 0;
};

/// In front of the names of files in the cluster's file system.
inline constexpr std::string_view kStoredScheme = "fs://";

/// Opens the files that statements name. Names that begin with kStoredScheme are those of files in the cluster's file
/// system; all others are of this machine: the user's, in a shell. Openers are in hql/files.
class FileOpener {
 public:
  virtual ~FileOpener() = default;

  /// "-" is standard input. kNotFound with public code 12 when there is no such file.
  virtual Result<std::unique_ptr<ByteSource>> OpenForReading(const std::string& name) = 0;

  /// Makes the file or replaces its contents.
  virtual Result<std::unique_ptr<ByteSink>> OpenForWriting(const std::string& name) = 0;
};

/// Opens `name` as LOAD DATA INFILE means it: "file://" in front is taken off, "dfs://" means "fs://", ".gz" at the end
/// is unpacked.
Result<std::unique_ptr<ByteSource>> OpenSource(FileOpener& files, std::string_view name);

/// The same for INTO FILE: ".gz" at the end compresses.
Result<std::unique_ptr<ByteSink>> OpenSink(FileOpener& files, std::string_view name);

/// Everything up to the end, at most `limit_bytes` (else kInvalidArgument).
Result<std::string> ReadAll(ByteSource& source, size_t limit_bytes);

}  // namespace cellar::hql

#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/file/file_system.h"
#include "storage/metalog/entity.h"
#include "storage/metalog/metalog_format.h"

namespace cellar::storage {

inline constexpr uint64_t kMaxMetaLogFileBytes = uint64_t{512} << 20;

/// What a metalog directory holds.
struct MetaLogState {
  Entities entities;
  Incarnation incarnation;           ///< Who wrote the file that counts.
  uint64_t file_number = 0;          ///< Of the file that counts; 0: the log is new.
  uint64_t highest_number = 0;       ///< Of any file, also one that never came to use.
  uint64_t valid_bytes = 0;          ///< Of the file that counts.
  std::vector<std::string> remarks;  ///< Torn tail cut, files left aside; for people.

  bool is_new() const { return file_number == 0; }
};

/// Reads the state from the newest complete file. A missing directory, or one in which no file ever came to use, is a
/// new log. kCorruption naming file and offset when durable bytes do not verify: nothing is guessed. kUnsupported;
/// kInvalidArgument for a file of another cluster.
Result<MetaLogState> ReadMetaLog(const FileSystem& files, const std::string& directory, const ClusterId& cluster);

/// All files of the directory as text, for tools and golden tests. Bodies are quoted.
Status DumpMetaLog(const FileSystem& files, const std::string& directory, std::ostream& out);

}  // namespace cellar::storage

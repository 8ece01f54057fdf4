#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include "storage/commitlog/log_reader.h"

namespace cellar::storage {

/// How much of a log DumpLog shows.
struct LogDumpOptions {
  bool show_cells = true;  ///< Each cell of each section, not only the counts.
};

/// Writes the whole log as text, in order: fragments, blocks, ranges, sections, cells; damage and torn tail where they
/// are. For `cellar log dump` and golden tests: the same log gives the same text. Errors are those of Open; damage is
/// part of the text.
Status DumpLog(const FileSystem& files, const std::string& directory, const LogIdentity& identity,
               const LogDumpOptions& options, std::ostream& out);

/// What VerifyLog found.
struct LogVerification {
  uint64_t fragment_count = 0;
  uint64_t block_count = 0;
  uint64_t section_count = 0;
  uint64_t cells_bytes = 0;
  std::vector<std::string> problems;  ///< Damage, naming file and offset. Empty: every byte that counts verifies.
  std::vector<std::string> remarks;   ///< Torn tail, files left aside.
};

/// Reads and verifies every byte of the log that counts. Errors are those of LogReader::Open.
Result<LogVerification> VerifyLog(const FileSystem& files, const std::string& directory, const LogIdentity& identity);

/// The identity that the log in `directory` claims, from its first readable fragment header. For tools: a server knows
/// what its log must be. kNotFound when no header is readable.
Result<LogIdentity> ReadLogIdentity(const FileSystem& files, const std::string& directory);

}  // namespace cellar::storage

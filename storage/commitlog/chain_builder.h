#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>

#include "storage/commitlog/log_reader.h"

namespace cellar::storage {

/// Finds the chain of a log's fragments when a LogReader opens: the table of docs/internals/commit-log.md, "The chain,
/// and its end". Used once, on one thread.
class ChainBuilder {
 public:
  ChainBuilder(const FileSystem& files, std::string directory, const LogIdentity& identity);

  Result<std::unique_ptr<LogReader>> Build(std::span<const common::SealedFile> sealed);

 private:
  struct Candidate {
    std::unique_ptr<FragmentFile> file;
    std::optional<FragmentHeader> header;
    bool has_blocks = false;  ///< Longer than its header: it was in use, though the header is bad.

    bool in_use() const { return header.has_value() || has_blocks; }
  };

  Status ReadHeaders();
  Status ReadCandidate(uint64_t number);
  void CheckSealed(std::span<const common::SealedFile> sealed);
  Status WalkBack();
  Status TakeFragment(Candidate candidate, std::optional<uint64_t> known_end);
  Status LoadIndex(LogFragment* fragment, std::optional<uint64_t> known_end);
  void NoteLost(uint64_t number, uint64_t bytes);
  void BoundDamage();
  void AddDamage(LogDamage damage) { reader_->damage_.push_back(std::move(damage)); }

  const FileSystem& files_;
  const std::string directory_;
  const LogIdentity identity_;
  std::map<uint64_t, Candidate> candidates_;  ///< By number; taken out as they join the chain.
  std::map<uint64_t, uint64_t> lengths_;      ///< Of every fragment file found.
  std::unique_ptr<LogReader> reader_;
};

}  // namespace cellar::storage

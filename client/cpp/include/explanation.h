#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/key_codec.h"
#include "model/metadata_row.h"

namespace cellar::client {

/// What a scan has read of files.
struct ScanReads {
  uint64_t scanners = 0;  ///< Opened on ranges.
  uint64_t blocks = 0;
  uint64_t cached_blocks = 0;  ///< Of these, found in a block cache.
  uint64_t block_bytes = 0;    ///< Of all, unpacked.

  ScanReads() = default;
};

/// What a scan would read of one file.
struct ExplainedFile {
  std::string path;
  uint64_t blocks = 0;  ///< Of the whole file.
  uint64_t blocks_to_read = 0;
  uint64_t bytes_to_read = 0;  ///< As stored.
  std::string left_out;        ///< Why nothing of it is read: "rows", "filter"; empty: something is.

  ExplainedFile() = default;
};

/// What a scan would read of one access group of a range.
struct ExplainedGroup {
  std::string name;
  uint64_t caches = 0;  ///< In memory, with cells that are in no file yet.
  std::vector<ExplainedFile> files;

  ExplainedGroup() = default;
};

/// What a scan would read of one range.
struct ExplainedRange {
  model::RangeKey range;
  std::string server;  ///< "rs1"
  std::vector<ExplainedGroup> groups;

  ExplainedRange() = default;
};

/// What a scan would read of an index for one predicate.
struct ExplainedLookup {
  std::string index;                   ///< "VALUE INDEX colour": the family's.
  std::vector<ExplainedRange> ranges;  ///< Of the index's table.

  ExplainedLookup() = default;
};

/// What a scan would read.
struct Explanation {
  std::string indexes;  ///< "VALUE INDEX colour AND QUALIFIER INDEX tag": these find the rows; empty: none does.
  std::vector<ExplainedLookup> lookups;
  std::vector<ExplainedRange> ranges;  ///< Of the table itself; with indexes only the rows that they lead to.

  Explanation() = default;
};

}  // namespace cellar::client

#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/block/block_compressor.h"
#include "storage/commitlog/block_header.h"
#include "storage/commitlog/fragment_index.h"
#include "storage/commitlog/group_directory.h"
#include "storage/commitlog/section.h"

namespace cellar::storage {

inline constexpr size_t kMaxGroupDirectoryBytes = 3 << 20;

/// Upper bound of what a section adds to a group's directory: callers close a group before the sum reaches
/// kMaxGroupDirectoryBytes.
size_t MaxDirectoryBytes(const Section& section);

/// Makes the bytes of a group block out of sections, without copying cells that stay uncompressed. Owned by a
/// LogWriter and used again for each group, so that its buffers stay warm.
class GroupEncoder {
 public:
  GroupEncoder();

  /// Encodes the sections, in any order; their ranges and cells must live until the pieces were written. Requires:
  /// at least one section; the size limits of the format; base revisions within a range distinct.
  /// `header` comes with sequence, offset and durable_up_to set; the rest is filled in.
  void Encode(std::span<const Section> sections, bool compress, const FragmentBinding& binding, BlockHeader* header);

  /// The whole block in order, until the next Encode.
  std::span<const std::string_view> pieces() const { return pieces_; }

  /// What each range has in it, in order; for the fragment's index.
  std::span<const RangeExtent> extents() const { return extents_; }

 private:
  struct PendingChunk {
    DirectoryChunk chunk;
    size_t first_piece = 0;
    size_t piece_count = 0;
    size_t crc_at = 0;  ///< Where in the directory its checksum stands.
  };

  void Sort(std::span<const Section> sections);
  void CutChunks(bool compress);
  bool IsWorthCompressing(std::string_view raw);
  void AddChunk(size_t begin, size_t end, uint64_t raw_bytes, bool compress);
  void BuildDirectory();
  void PutSection(const Section& section, size_t index, size_t* next_chunk);
  void FillChecksums(const FragmentBinding& binding, BlockHeader* header);

  BlockCompressor compressor_;
  std::vector<const Section*> sorted_;
  std::vector<PendingChunk> chunks_;
  std::vector<size_t> chunk_begins_;  ///< Index into sorted_ of each chunk's first section.
  std::vector<std::string_view> payload_;
  std::deque<std::string> compressed_;
  std::string sample_;
  std::string joined_;
  std::string directory_;
  std::vector<std::string_view> pieces_;
  std::vector<RangeExtent> extents_;
  char header_bytes_[kBlockHeaderBytes];
};

}  // namespace cellar::storage

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "storage/cellstore/data_block_builder.h"

namespace cellar::storage {

/// Walks over the cells of one data block, which it borrows. Every offset and length is checked against the block
/// before it is used, so that no content reads outside of it; damage ends the walk. Not thread-safe.
class DataBlockCursor {
 public:
  DataBlockCursor();

  /// Takes a block; not positioned afterwards. kCorruption when the sizes in its footer do not add up.
  Status Open(std::string_view block);

  void SeekToFirst();

  /// To the first cell with a key at or after `target`; not valid when all are before it.
  void Seek(std::string_view target);

  /// Requires Valid().
  void Next() {
    if (++ordinal_ < footer_.cell_count) {
      Decode();
    } else {
      valid_ = false;
    }
  }

  bool Valid() const { return valid_; }
  std::string_view key() const { return {key_.data(), prefix_size_ + 16}; }
  std::string_view value() const { return value_; }

  /// A cell did not add up: the walk has ended there.
  bool damaged() const { return damaged_; }

  const DataBlockFooter& footer() const { return footer_; }

 private:
  void Decode();
  void StoreSuffix();
  void Fail();
  void GoToRestart(uint32_t restart);
  /// Whether the key at a restart is before `target`; false when it is damaged.
  bool RestartIsBefore(uint32_t restart, std::string_view target, std::string* key) const;

  DataBlockFooter footer_;
  const char* begin_ = nullptr;
  const char* cells_end_ = nullptr;
  const char* revisions_ = nullptr;
  const char* times_ = nullptr;
  const char* restarts_ = nullptr;
  uint64_t revision_mask_ = 0;
  uint64_t time_mask_ = 0;
  uint32_t restart_count_ = 0;

  const char* next_ = nullptr;
  uint32_t ordinal_ = 0;
  bool valid_ = false;
  bool damaged_ = false;
  size_t prefix_size_ = 0;
  std::vector<char> key_;
  std::string_view value_;
};

}  // namespace cellar::storage

#include "storage/cellstore/index_block.h"

#include "common/bytes/coding.h"

namespace cellar::storage {

void IndexBlockBuilder::Add(const IndexEntry& entry) {
  offsets_.push_back(static_cast<uint32_t>(entries_.size()));
  common::PutLengthPrefixed(&entries_, entry.start);
  common::PutVarint64(&entries_, entry.block.offset);
  common::PutVarint32(&entries_, entry.block.length);
  if (!is_root_) return;
  common::PutVarint64(&entries_, entry.filter.offset);
  common::PutVarint32(&entries_, entry.filter.length);
}

std::string IndexBlockBuilder::Build() {
  std::string block = std::move(entries_);
  for (const uint32_t offset : offsets_) common::PutFixed32(&block, offset);
  common::PutFixed32(&block, static_cast<uint32_t>(offsets_.size()));
  entries_.clear();
  offsets_.clear();
  return block;
}

Result<IndexBlock> IndexBlock::Parse(std::string_view block, bool is_root) {
  IndexBlock index;
  if (block.size() < sizeof(uint32_t)) return common::Corruption("index block is cut off");
  const uint64_t body_size = block.size() - sizeof(uint32_t);
  index.entry_count_ = common::LoadFixed32(block.data() + body_size);
  const uint64_t offsets_size = uint64_t{index.entry_count_} * sizeof(uint32_t);
  if (index.entry_count_ == 0 || offsets_size > body_size)
    return common::Corruption("index block has a wrong entry count");
  index.entries_ = block.substr(0, body_size - offsets_size);
  index.offsets_ = block.data() + index.entries_.size();
  index.is_root_ = is_root;
  return index;
}

Result<IndexEntry> IndexBlock::Entry(uint32_t index) const {
  const uint32_t offset = common::LoadFixed32(offsets_ + uint64_t{index} * sizeof(uint32_t));
  if (offset > entries_.size()) return common::Corruption("index entry lies outside of its block");
  common::Reader reader(entries_.substr(offset));
  IndexEntry entry;
  if (!reader.GetLengthPrefixed(&entry.start) || !reader.GetVarint64(&entry.block.offset) ||
      !reader.GetVarint32(&entry.block.length) ||
      (is_root_ && (!reader.GetVarint64(&entry.filter.offset) || !reader.GetVarint32(&entry.filter.length))))
    return common::Corruption("index entry is malformed");
  return entry;
}

Result<uint32_t> IndexBlock::Find(std::string_view key) const {
  uint32_t low = 0;
  uint32_t high = entry_count_;
  while (high - low > 1) {
    const uint32_t middle = low + (high - low) / 2;
    ASSIGN_OR_RETURN(const IndexEntry entry, Entry(middle));
    (entry.start <= key ? low : high) = middle;
  }
  return low;
}

}  // namespace cellar::storage

#include "storage/commitlog/fragment_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/bytes/coding.h"
#include "storage/commitlog/index_footer.h"

namespace cellar::storage {
namespace {

constexpr size_t kSearchWindowBytes = 64 << 10;

}  // namespace

FragmentFile::FragmentFile(std::string path, const LogIdentity& identity, uint64_t number,
                           std::unique_ptr<ReadableFile> file, uint64_t length_bytes)
    : path_(std::move(path)),
      identity_(identity),
      number_(number),
      file_(std::move(file)),
      length_bytes_(length_bytes),
      binding_(identity, number) {}

Result<std::unique_ptr<FragmentFile>> FragmentFile::Open(const FileSystem& files, std::string path,
                                                         const LogIdentity& identity, uint64_t number) {
  ASSIGN_OR_RETURN(auto file, files.Open(path));
  ASSIGN_OR_RETURN(const uint64_t length, file->Length());
  return std::unique_ptr<FragmentFile>(new FragmentFile(std::move(path), identity, number, std::move(file), length));
}

Status FragmentFile::Damage(std::string_view what, uint64_t offset) const {
  return common::Corruption(fmt::format("{}: {} does not verify at offset {}", path_, what, offset));
}

Result<std::string> FragmentFile::ReadExactly(uint64_t offset, uint64_t size) const {
  if (offset > length_bytes_ || size > length_bytes_ - offset)
    return common::Corruption(
        fmt::format("{}: ends at {}, within {} bytes at offset {}", path_, length_bytes_, size, offset));
  std::string bytes(size, '\0');
  const Result<size_t> count = file_->Read(offset, size, bytes.data());
  if (!count.ok()) return count.status().WithContext(fmt::format("{} at offset {}", path_, offset));
  if (*count != size)
    return common::Corruption(fmt::format("{}: became shorter than it was, at offset {}", path_, offset + *count));
  return bytes;
}

Result<FragmentHeader> FragmentFile::ReadHeader() const {
  ASSIGN_OR_RETURN(const std::string bytes, ReadExactly(0, std::min<uint64_t>(length_bytes_, 4096)));
  ASSIGN_OR_RETURN(FragmentHeader header, DecodeFragmentHeader(bytes, path_));
  if (header.identity != identity_ || header.number != number_)
    return common::InvalidArgument(
        fmt::format("{}: is fragment {} of the {} log of incarnation {} in cluster {}, which does not belong here",
                    path_, header.number, LogClassName(header.identity.log_class),
                    header.identity.incarnation.get().ToString(), header.identity.cluster.ToString()));
  return header;
}

Result<std::optional<BlockHeader>> FragmentFile::ReadBlockHeader(uint64_t offset, uint64_t limit) const {
  if (offset > limit || limit - offset < kBlockHeaderBytes) return std::optional<BlockHeader>();
  ASSIGN_OR_RETURN(const std::string bytes, ReadExactly(offset, kBlockHeaderBytes));
  std::optional<BlockHeader> header = DecodeBlockHeader(bytes, binding_, offset);
  if (header && header->end() > limit) header.reset();
  return header;
}

Result<std::optional<BlockHeader>> FragmentFile::FindBlockHeader(uint64_t from, uint64_t limit) const {
  uint64_t window_begin = (from + kBlockAlignment - 1) / kBlockAlignment * kBlockAlignment;
  while (window_begin < limit && limit - window_begin >= kBlockHeaderBytes) {
    const uint64_t size = std::min<uint64_t>(kSearchWindowBytes, limit - window_begin);
    ASSIGN_OR_RETURN(const std::string window, ReadExactly(window_begin, size));
    uint64_t at = 0;
    for (; at + kBlockHeaderBytes <= size; at += kBlockAlignment) {
      if (!HasBlockMagic(window.data() + at)) continue;
      const std::string_view bytes(window.data() + at, kBlockHeaderBytes);
      std::optional<BlockHeader> header = DecodeBlockHeader(bytes, binding_, window_begin + at);
      if (header) return header;
    }
    window_begin += at;
  }
  return std::optional<BlockHeader>();
}

Result<std::string> FragmentFile::ReadDirectory(const BlockHeader& block) const {
  ASSIGN_OR_RETURN(std::string directory, ReadExactly(block.directory_offset(), block.directory_bytes));
  if (binding_.Crc(block.directory_offset(), directory) != block.directory_crc)
    return Damage("directory of a block", block.directory_offset());
  return directory;
}

Result<GroupDirectory> FragmentFile::DecodeGroup(const BlockHeader& block, std::string_view directory) const {
  Result<GroupDirectory> group = DecodeGroupDirectory(directory, block.payload_bytes);
  if (!group.ok()) return group.status().WithContext(fmt::format("{} at offset {}", path_, block.directory_offset()));
  return group;
}

Status FragmentFile::ReadChunk(const BlockHeader& block, const DirectoryChunk& chunk, std::string* stored,
                               std::string* out) const {
  const uint64_t offset = block.payload_offset() + chunk.payload_offset;
  ASSIGN_OR_RETURN(*stored, ReadExactly(offset, chunk.stored_bytes));
  if (binding_.Crc(offset, *stored) != chunk.crc) return Damage("a chunk of cells", offset);
  return ExpandChunk(chunk, *stored, out).WithContext(fmt::format("{} at offset {}", path_, offset));
}

Status FragmentFile::VerifyBlock(const BlockHeader& block) const {
  ASSIGN_OR_RETURN(const std::string directory, ReadDirectory(block));
  if (block.kind == LogBlockKind::kGroup) {
    ASSIGN_OR_RETURN(const GroupDirectory group, DecodeGroup(block, directory));
    std::string stored;
    std::string raw;
    for (const DirectoryChunk& chunk : group.chunks) RETURN_IF_ERROR(ReadChunk(block, chunk, &stored, &raw));
  } else if (block.kind == LogBlockKind::kIndex) {
    if (block.payload_bytes < kIndexFooterBytes) return Damage("an index block", block.offset);
    ASSIGN_OR_RETURN(const std::string footer, ReadExactly(block.end() - kIndexFooterBytes, kIndexFooterBytes));
    if (!DecodeIndexFooter(footer, binding_, block.end())) return Damage("the footer of an index", block.end());
  }
  ASSIGN_OR_RETURN(const std::string padding, ReadExactly(block.end() - block.padding_bytes(), block.padding_bytes()));
  if (padding.find_first_not_of('\0') != std::string::npos) return Damage("padding", block.end());
  return common::OkStatus();
}

Result<std::optional<FragmentIndex>> FragmentFile::ReadOwnIndex(uint64_t end) const {
  std::optional<FragmentIndex> none;
  if (end > length_bytes_ || end < kFragmentHeaderBytes + kBlockHeaderBytes + kIndexFooterBytes) return none;
  ASSIGN_OR_RETURN(const std::string bytes, ReadExactly(end - kIndexFooterBytes, kIndexFooterBytes));
  const std::optional<IndexFooter> footer = DecodeIndexFooter(bytes, binding_, end);
  if (!footer) return none;
  ASSIGN_OR_RETURN(const std::optional<BlockHeader> block, ReadBlockHeader(footer->block_offset, end));
  if (!block || block->kind != LogBlockKind::kIndex || block->end() != end) return none;
  const Result<std::string> directory = ReadDirectory(*block);
  if (directory.status().Is(StatusCode::kCorruption)) return none;
  if (!directory.ok()) return directory.status();
  Result<FragmentIndex> index = FragmentIndex::Decode(*directory, block->offset);
  if (!index.ok()) return none;
  return std::optional<FragmentIndex>(std::move(*index));
}

}  // namespace cellar::storage

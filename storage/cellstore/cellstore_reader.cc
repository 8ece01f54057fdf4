#include "storage/cellstore/cellstore_reader.h"

#include "storage/cellstore/bloom_filter.h"
#include "storage/cellstore/cellstore_source.h"
#include "storage/cellstore/file_layout.h"

namespace cellar::storage {

namespace {

constexpr size_t kUnboundedCacheBytes = size_t{1} << 60;

Status CheckIdentity(const FileHeader& header, const CellStoreReadOptions& options) {
  if (options.file.has_value() && header.file != *options.file)
    return common::InvalidArgument("the file says it is CellStore " + std::to_string(header.file.get()) + ", not " +
                                   std::to_string(options.file->get()));
  if (!options.cluster.is_none() && header.cluster != options.cluster)
    return common::InvalidArgument("the file belongs to cluster " + header.cluster.ToString() + ", not to " +
                                   options.cluster.ToString());
  return Status();
}

}  // namespace

Result<std::shared_ptr<const CellStoreReader>> CellStoreReader::Open(const FileSystem& files, std::string path,
                                                                     const CellStoreReadOptions& options) {
  ASSIGN_OR_RETURN(auto file, files.Open(path));
  std::shared_ptr<CellStoreReader> reader(new CellStoreReader(std::move(file), std::move(path), options.cache));
  if (Status status = reader->Load(options); !status.ok()) return reader->Named(std::move(status));
  return std::shared_ptr<const CellStoreReader>(std::move(reader));
}

Status CellStoreReader::Load(const CellStoreReadOptions& options) {
  if (options.faults != nullptr && options.faults->Planted(Defect::kSkipChecksum)) check_ = FrameCheck::kNone;
  ASSIGN_OR_RETURN(file_size_bytes_, file_->Length());
  if (file_size_bytes_ < kFileHeaderBytes + kTailBytes) return common::Corruption("file is too short for a CellStore");
  frames_end_ = file_size_bytes_ - kTailBytes;

  char header_bytes[kFileHeaderBytes];
  RETURN_IF_ERROR(ReadBytes(0, kFileHeaderBytes, header_bytes));
  ASSIGN_OR_RETURN(const FileHeader header, FileHeader::Decode({header_bytes, kFileHeaderBytes}));
  RETURN_IF_ERROR(CheckIdentity(header, options));

  char tail_bytes[kTailBytes];
  RETURN_IF_ERROR(ReadBytes(frames_end_, kTailBytes, tail_bytes));
  ASSIGN_OR_RETURN(const FileTail tail, FileTail::Decode({tail_bytes, kTailBytes}));
  if (tail.file != header.file) return common::Corruption("header and tail are of different files");
  trailer_.identity.file = header.file;
  RETURN_IF_ERROR(LoadTrailer(tail.trailer));
  if (trailer_.identity.file != header.file || trailer_.identity.cluster != header.cluster)
    return common::Corruption("header and trailer are of different files");

  if (trailer_.identity.in_memory && cache_ != nullptr) {
    own_cache_ = std::make_unique<BlockCache>(kUnboundedCacheBytes, 1);
    cache_ = own_cache_.get();
  }

  ASSIGN_OR_RETURN(root_block_, ReadBlock(trailer_.index_root, BlockKind::kIndexRoot, false));
  ASSIGN_OR_RETURN(root_, IndexBlock::Parse(root_block_->view(), true));
  return Status();
}

Status CellStoreReader::LoadTrailer(BlockHandle handle) {
  if (handle.end() != frames_end_) return common::Corruption("the trailer does not end where the tail begins");
  ASSIGN_OR_RETURN(const BlockRef block, ReadBlock(handle, BlockKind::kTrailer, false));
  auto trailer = CellStoreTrailer::Decode(block->view());
  if (!trailer.ok())
    return std::move(trailer).status().WithContext("trailer at offset " + std::to_string(handle.offset));
  trailer_ = std::move(trailer).value();
  return Status();
}

Status CellStoreReader::ReadBytes(uint64_t offset, size_t size, char* out) const {
  ASSIGN_OR_RETURN(const size_t read, file_->Read(offset, size, out));
  if (read != size)
    return common::Corruption("the file ends before offset " + std::to_string(offset + size) + ", though it has " +
                              std::to_string(file_size_bytes_) + " bytes");
  return Status();
}

Status CellStoreReader::CheckHandle(BlockHandle handle) const {
  if (handle.offset < kFileHeaderBytes || handle.length < kFrameHeaderBytes ||
      handle.length > kFrameHeaderBytes + kMaxRawBlockBytes || handle.offset > frames_end_ ||
      handle.length > frames_end_ - handle.offset)
    return common::Corruption("an index points to offset " + std::to_string(handle.offset) + ", length " +
                              std::to_string(handle.length) + ", which is no place for a block");
  return Status();
}

Result<BlockRef> CellStoreReader::ReadBlock(BlockHandle handle, BlockKind kind, bool fill_cache) const {
  if (cache_ != nullptr) {
    if (BlockRef cached = cache_->Find(file_id(), handle.offset)) return cached;
  }
  RETURN_IF_ERROR(CheckHandle(handle));
  const auto frame = std::make_unique_for_overwrite<char[]>(handle.length);
  RETURN_IF_ERROR(ReadBytes(handle.offset, handle.length, frame.get()));
  ASSIGN_OR_RETURN(BlockRef block, OpenBlock(handle, kind, {frame.get(), handle.length}));
  if (cache_ != nullptr && fill_cache) cache_->Insert(file_id(), handle.offset, block);
  return block;
}

Result<BlockRef> CellStoreReader::OpenBlock(BlockHandle handle, BlockKind kind, std::string_view frame) const {
  ASSIGN_OR_RETURN(RawBlock raw, OpenFrame(file_id(), handle, kind, frame, check_));
  return BlockRef(std::make_shared<RawBlock>(std::move(raw)));
}

std::unique_ptr<CellSource> CellStoreReader::NewSource(KeyBounds bounds, const SourceOptions& options) const {
  return std::make_unique<CellStoreSource>(*this, std::move(bounds), options);
}

Result<bool> CellStoreReader::MayContain(std::string_view row, std::span<const model::FamilyId> families) const {
  std::string item = model::RowStart(row);
  auto place = root_.Find(item);
  if (!place.ok()) return Named(std::move(place).status());
  auto entry = root_.Entry(*place);
  if (!entry.ok()) return Named(std::move(entry).status());
  if (entry->filter.length == 0) return true;
  auto block = ReadBlock(entry->filter, BlockKind::kFilter, true);
  if (!block.ok()) return Named(std::move(block).status());
  auto filter = BloomFilter::Parse((*block)->view());
  if (!filter.ok()) return Named(std::move(filter).status());

  item.push_back('\0');
  if (!filter->MayContain(BloomItemHash(item))) return false;
  if (families.empty() || trailer_.filter_mode != model::BloomSpec::Mode::kRowsAndColumns) return true;
  // A row that spans leaves has its families spread over their filters: only a leaf that holds all of it can tell.
  if (*place + 1 < root_.entry_count()) {
    auto next = root_.Entry(*place + 1);
    if (!next.ok()) return Named(std::move(next).status());
    if (next->start <= model::RowEnd(row)) return true;
  }
  item.push_back('\0');  // family 0: the marker of the whole row
  if (filter->MayContain(BloomItemHash(item))) return true;
  for (const model::FamilyId family : families) {
    item.back() = static_cast<char>(family.get());
    if (filter->MayContain(BloomItemHash(item))) return true;
  }
  return false;
}

}  // namespace cellar::storage

#include "storage/block/block_frame.h"

#include "common/base/check.h"
#include "common/bytes/coding.h"
#include "common/bytes/crc32c.h"

namespace cellar::storage {

namespace {

constexpr uint8_t kLargestCodec = static_cast<uint8_t>(model::Compressor::kZstd);
constexpr uint8_t kLargestKind = static_cast<uint8_t>(BlockKind::kTrailer);

/// The checksum over place, header behind the crc, and stored bytes.
uint32_t FrameCrc(model::FileId file, uint64_t offset, std::string_view header_rest, std::string_view stored) {
  char place[16];
  common::StoreFixed64(place, file.get());
  common::StoreFixed64(place + 8, offset);
  const uint32_t crc = common::ExtendCrc32c(common::Crc32c({place, sizeof(place)}), header_rest);
  return common::ExtendCrc32c(crc, stored);
}

Status DamagedFrame(BlockKind kind, uint64_t offset, const std::string& what) {
  return common::Corruption(std::string(BlockKindName(kind)) + " block at offset " + std::to_string(offset) + ": " +
                            what);
}

}  // namespace

std::string_view BlockKindName(BlockKind kind) {
  switch (kind) {
    case BlockKind::kData:
      return "data";
    case BlockKind::kFilter:
      return "filter";
    case BlockKind::kIndexLeaf:
      return "index leaf";
    case BlockKind::kIndexRoot:
      return "index root";
    case BlockKind::kTrailer:
      return "trailer";
  }
  return "unknown";
}

Result<FrameHeader> FrameHeader::Parse(std::string_view bytes) {
  common::Reader reader(bytes);
  FrameHeader header;
  uint8_t codec = 0;
  uint8_t kind = 0;
  uint8_t reserved = 0;
  if (!reader.GetFixed32(&header.crc) || !reader.GetFixed32(&header.stored_length) ||
      !reader.GetFixed32(&header.raw_length) || !reader.GetFixed8(&codec) || !reader.GetFixed8(&kind) ||
      !reader.GetFixed8(&header.cipher) || !reader.GetFixed8(&reserved))
    return common::Corruption("frame header is cut off");
  if (header.raw_length > kMaxRawBlockBytes || header.stored_length > header.raw_length)
    return common::Corruption("frame lengths are out of bounds");
  if (codec > kLargestCodec) return common::Unsupported("codec " + std::to_string(codec));
  if (kind == 0 || kind > kLargestKind) return common::Unsupported("block kind " + std::to_string(kind));
  if (header.cipher != kCipherNone) return common::Unsupported("cipher " + std::to_string(header.cipher));
  header.codec = static_cast<model::Compressor>(codec);
  header.kind = static_cast<BlockKind>(kind);
  return header;
}

uint32_t AppendFrame(model::FileId file, uint64_t offset, BlockKind kind, model::Compressor codec, size_t raw_length,
                     std::string_view stored, std::string* out) {
  CHECK(raw_length <= kMaxRawBlockBytes && stored.size() <= raw_length);
  char header[kFrameHeaderBytes];
  common::StoreFixed32(header + 4, static_cast<uint32_t>(stored.size()));
  common::StoreFixed32(header + 8, static_cast<uint32_t>(raw_length));
  header[12] = static_cast<char>(codec);
  header[13] = static_cast<char>(kind);
  header[14] = static_cast<char>(kCipherNone);
  header[15] = 0;
  common::StoreFixed32(header, FrameCrc(file, offset, {header + 4, kFrameHeaderBytes - 4}, stored));
  out->append(header, kFrameHeaderBytes);
  out->append(stored);
  return static_cast<uint32_t>(kFrameHeaderBytes + stored.size());
}

Result<RawBlock> OpenFrame(model::FileId file, BlockHandle handle, BlockKind kind, std::string_view frame,
                           FrameCheck check) {
  if (frame.size() < kFrameHeaderBytes || frame.size() != handle.length)
    return DamagedFrame(kind, handle.offset, "cut off");
  const std::string_view stored = frame.substr(kFrameHeaderBytes);
  // The checksum comes first: what the header says matters only when the header is right.
  const std::string_view header_rest = frame.substr(4, kFrameHeaderBytes - 4);
  const bool is_right = common::LoadFixed32(frame.data()) == FrameCrc(file, handle.offset, header_rest, stored);
  if (!is_right && check == FrameCheck::kChecksum) return DamagedFrame(kind, handle.offset, "checksum does not match");
  auto header = FrameHeader::Parse(frame.substr(0, kFrameHeaderBytes));
  if (!header.ok()) return std::move(header).status().WithContext("block at offset " + std::to_string(handle.offset));
  if (header->kind != kind || header->stored_length != stored.size())
    return DamagedFrame(kind, handle.offset, "another kind or length than its index says");
  RawBlock block;
  block.size = header->raw_length;
  block.bytes = std::make_unique_for_overwrite<char[]>(block.size);
  Status status = Decompress(header->codec, stored, block.bytes.get(), block.size);
  if (!status.ok()) return DamagedFrame(kind, handle.offset, std::string(status.message()));
  return block;
}

}  // namespace cellar::storage

#include "storage/commitlog/block_header.h"

#include <cstring>

#include "common/bytes/coding.h"

namespace cellar::storage {
namespace {

using common::LoadFixed16;
using common::LoadFixed32;
using common::LoadFixed64;
using common::StoreFixed16;
using common::StoreFixed32;
using common::StoreFixed64;

constexpr char kMagic[4] = {'C', 'L', 'B', 'K'};
constexpr size_t kCheckedFrom = 8;

}  // namespace

bool HasBlockMagic(const char* bytes) {
  return std::memcmp(bytes, kMagic, sizeof(kMagic)) == 0;
}

void EncodeBlockHeader(const BlockHeader& header, const FragmentBinding& binding, char* out) {
  std::memset(out, 0, kBlockHeaderBytes);
  std::memcpy(out, kMagic, sizeof(kMagic));
  out[8] = static_cast<char>(header.kind);
  StoreFixed16(out + 10, static_cast<uint16_t>(kBlockHeaderBytes));
  StoreFixed32(out + 12, header.directory_bytes);
  StoreFixed32(out + 16, header.directory_crc);
  StoreFixed64(out + 24, header.payload_bytes);
  StoreFixed64(out + 32, header.sequence);
  StoreFixed64(out + 40, header.offset);
  StoreFixed64(out + 48, header.durable_up_to);
  StoreFixed64(out + 56, static_cast<uint64_t>(header.min_revision.get()));
  StoreFixed64(out + 64, static_cast<uint64_t>(header.max_revision.get()));
  const std::string_view checked(out + kCheckedFrom, kBlockHeaderBytes - kCheckedFrom);
  StoreFixed32(out + 4, binding.Crc(header.offset, checked));
}

std::optional<BlockHeader> DecodeBlockHeader(std::string_view bytes, const FragmentBinding& binding, uint64_t offset) {
  if (bytes.size() < kBlockHeaderBytes || !HasBlockMagic(bytes.data())) return std::nullopt;
  const char* const raw = bytes.data();
  const std::string_view checked = bytes.substr(kCheckedFrom, kBlockHeaderBytes - kCheckedFrom);
  if (LoadFixed32(raw + 4) != binding.Crc(offset, checked)) return std::nullopt;
  const auto kind = static_cast<uint8_t>(raw[8]);
  if (kind < 1 || kind > 3 || raw[9] != 0 || LoadFixed16(raw + 10) != kBlockHeaderBytes) return std::nullopt;

  BlockHeader header;
  header.kind = static_cast<LogBlockKind>(kind);
  header.directory_bytes = LoadFixed32(raw + 12);
  header.directory_crc = LoadFixed32(raw + 16);
  header.payload_bytes = LoadFixed64(raw + 24);
  header.sequence = LoadFixed64(raw + 32);
  header.offset = LoadFixed64(raw + 40);
  header.durable_up_to = LoadFixed64(raw + 48);
  header.min_revision = model::Revision(static_cast<int64_t>(LoadFixed64(raw + 56)));
  header.max_revision = model::Revision(static_cast<int64_t>(LoadFixed64(raw + 64)));
  const bool possible = header.offset == offset && header.durable_up_to <= offset &&
                        header.directory_bytes <= kMaxDirectoryBytes && header.payload_bytes <= kMaxBlockPayloadBytes &&
                        LoadFixed32(raw + 20) == 0;
  if (!possible) return std::nullopt;
  return header;
}

}  // namespace cellar::storage

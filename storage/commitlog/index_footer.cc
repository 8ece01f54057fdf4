#include "storage/commitlog/index_footer.h"

#include "common/bytes/coding.h"

namespace cellar::storage {
namespace {

constexpr std::string_view kMagic = "CLIX";
constexpr size_t kCheckedFrom = 8;

}  // namespace

std::string EncodeIndexFooter(const BlockHeader& header, const FragmentBinding& binding) {
  const uint64_t unpadded = header.payload_offset() + kIndexFooterBytes;
  std::string payload((0 - unpadded) % kBlockAlignment, '\0');
  const uint64_t footer_offset = header.payload_offset() + payload.size();
  const uint64_t end = footer_offset + kIndexFooterBytes;

  std::string checked;
  common::PutFixed64(&checked, header.offset);
  common::PutFixed64(&checked, end - header.offset);
  payload.append(kMagic);
  common::PutFixed32(&payload, binding.Crc(footer_offset, checked));
  return payload + checked;
}

std::optional<IndexFooter> DecodeIndexFooter(std::string_view bytes, const FragmentBinding& binding, uint64_t end) {
  if (bytes.size() != kIndexFooterBytes || end < kIndexFooterBytes) return std::nullopt;
  if (bytes.substr(0, kMagic.size()) != kMagic) return std::nullopt;
  const uint64_t offset = end - kIndexFooterBytes;
  if (common::LoadFixed32(bytes.data() + 4) != binding.Crc(offset, bytes.substr(kCheckedFrom))) return std::nullopt;
  const IndexFooter footer{.block_offset = common::LoadFixed64(bytes.data() + 8),
                           .block_bytes = common::LoadFixed64(bytes.data() + 16)};
  if (footer.block_offset > end || end - footer.block_offset != footer.block_bytes) return std::nullopt;
  return footer;
}

}  // namespace cellar::storage

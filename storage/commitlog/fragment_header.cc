#include "storage/commitlog/fragment_header.h"

#include <fmt/format.h>

#include "common/bytes/coding.h"
#include "common/bytes/crc32c.h"

namespace cellar::storage {
namespace {

using common::Corruption;
using common::LoadFixed16;
using common::LoadFixed32;
using common::LoadFixed64;
using common::StoreFixed16;
using common::StoreFixed32;
using common::StoreFixed64;

constexpr std::string_view kMagic = "CELLRLOG";
constexpr uint16_t kVersion = 1;
constexpr size_t kReservedOffset = 104;
constexpr size_t kCrcOffset = kFragmentHeaderBytes - 4;

Status CheckKnown(const char* raw, std::string_view path) {
  if (LoadFixed16(raw + 8) != kVersion)
    return common::Unsupported(
        fmt::format("{}: log fragment has version {}, this build reads {}", path, LoadFixed16(raw + 8), kVersion));
  if (LoadFixed16(raw + 14) != 0 || LoadFixed64(raw + 16) != 0)
    return common::Unsupported(fmt::format("{}: log fragment is encrypted (cipher {})", path, LoadFixed16(raw + 14)));
  if (LoadFixed64(raw + 24) != 0)
    return common::Unsupported(
        fmt::format("{}: log fragment uses unknown features {:#x}", path, LoadFixed64(raw + 24)));
  return common::OkStatus();
}

}  // namespace

std::string EncodeFragmentHeader(const FragmentHeader& header) {
  std::string out(kFragmentHeaderBytes, '\0');
  char* const raw = out.data();
  kMagic.copy(raw, kMagic.size());
  StoreFixed16(raw + 8, kVersion);
  StoreFixed16(raw + 10, static_cast<uint16_t>(kFragmentHeaderBytes));
  raw[12] = static_cast<char>(header.identity.log_class);
  header.identity.cluster.view().copy(raw + 32, ClusterId::kBytes);
  StoreFixed32(raw + 48, header.identity.incarnation.get().term);
  StoreFixed64(raw + 56, header.identity.incarnation.get().counter);
  StoreFixed64(raw + 64, header.number);
  StoreFixed64(raw + 72, header.predecessor_number);
  StoreFixed64(raw + 80, header.predecessor_bytes);
  StoreFixed64(raw + 88, header.pruned_up_to);
  StoreFixed64(raw + 96, header.first_sequence);
  StoreFixed32(raw + kCrcOffset, common::Crc32c(std::string_view(raw, kCrcOffset)));
  return out;
}

Result<FragmentHeader> DecodeFragmentHeader(std::string_view bytes, std::string_view path) {
  if (bytes.size() < kFragmentHeaderBytes)
    return Corruption(fmt::format("{}: log fragment ends within its header, at {}", path, bytes.size()));
  const char* const raw = bytes.data();
  if (bytes.substr(0, kMagic.size()) != kMagic)
    return Corruption(fmt::format("{}: not a log fragment: bad magic at offset 0", path));
  const size_t size = LoadFixed16(raw + 10);  // Of any version: the last four of these bytes are the checksum.
  if (size < kFragmentHeaderBytes || size > bytes.size() ||
      LoadFixed32(raw + size - 4) != common::Crc32c(bytes.substr(0, size - 4)))
    return Corruption(fmt::format("{}: header of log fragment does not verify, offset 0", path));
  RETURN_IF_ERROR(CheckKnown(raw, path));

  FragmentHeader header;
  const auto log_class = static_cast<uint8_t>(raw[12]);
  const bool reserved_is_zero = bytes.substr(kReservedOffset, kCrcOffset - kReservedOffset) ==
                                std::string_view("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
  if (log_class < 1 || log_class > 3 || size != kFragmentHeaderBytes || !reserved_is_zero)
    return Corruption(fmt::format("{}: header of log fragment has impossible values, offset 0", path));
  header.identity.log_class = static_cast<LogClass>(log_class);
  header.identity.cluster = ClusterId::FromBytes(bytes.substr(32, ClusterId::kBytes));
  header.identity.incarnation =
      Incarnation(FencingNumber{.term = LoadFixed32(raw + 48), .counter = LoadFixed64(raw + 56)});
  header.number = LoadFixed64(raw + 64);
  header.predecessor_number = LoadFixed64(raw + 72);
  header.predecessor_bytes = LoadFixed64(raw + 80);
  header.pruned_up_to = LoadFixed64(raw + 88);
  header.first_sequence = LoadFixed64(raw + 96);
  if (header.predecessor_number >= header.number || header.pruned_up_to >= header.number || header.first_sequence == 0)
    return Corruption(fmt::format("{}: header of log fragment has impossible values, offset 0", path));
  return header;
}

}  // namespace cellar::storage

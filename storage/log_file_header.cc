#include "storage/log_file_header.h"

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

constexpr size_t kCrcBytes = 4;

Status CheckKnown(const LogFileKind& kind, const char* raw, std::string_view path) {
  if (LoadFixed16(raw + 8) != kind.version) {
    return common::Unsupported(
        fmt::format("{}: {} has version {}, this build reads {}", path, kind.what, LoadFixed16(raw + 8), kind.version));
  }
  if (LoadFixed16(raw + 14) != 0 || LoadFixed64(raw + 16) != 0) {
    return common::Unsupported(fmt::format("{}: {} is encrypted (cipher {})", path, kind.what, LoadFixed16(raw + 14)));
  }
  if (LoadFixed64(raw + 24) != 0) {
    return common::Unsupported(
        fmt::format("{}: {} uses unknown features {:#x}", path, kind.what, LoadFixed64(raw + 24)));
  }
  return common::OkStatus();
}

}  // namespace

std::string BeginLogFileHeader(const LogFileKind& kind, const LogFileHeader& header) {
  std::string out(kind.header_bytes, '\0');
  char* const raw = out.data();
  kind.magic.copy(raw, kind.magic.size());
  StoreFixed16(raw + 8, kind.version);
  StoreFixed16(raw + 10, static_cast<uint16_t>(kind.header_bytes));
  header.cluster.view().copy(raw + 32, ClusterId::kBytes);
  StoreFixed32(raw + 48, header.incarnation.get().term);
  StoreFixed64(raw + 56, header.incarnation.get().counter);
  StoreFixed64(raw + 64, header.number);
  return out;
}

void FinishLogFileHeader(std::string* bytes) {
  const size_t at = bytes->size() - kCrcBytes;
  StoreFixed32(bytes->data() + at, common::Crc32c(std::string_view(*bytes).substr(0, at)));
}

Result<LogFileHeader> DecodeLogFileHeader(const LogFileKind& kind, std::string_view bytes, std::string_view path) {
  if (bytes.size() < kind.header_bytes) {
    return Corruption(fmt::format("{}: {} ends within its header, at {}", path, kind.what, bytes.size()));
  }
  if (bytes.substr(0, kind.magic.size()) != kind.magic) {
    return Corruption(fmt::format("{}: not a {}: bad magic at offset 0", path, kind.what));
  }
  const char* const raw = bytes.data();
  const size_t size = LoadFixed16(raw + 10);  // Of any version: the last four of these bytes are the checksum.
  if (size < kind.header_bytes || size > bytes.size() ||
      LoadFixed32(raw + size - kCrcBytes) != common::Crc32c(bytes.substr(0, size - kCrcBytes))) {
    return Corruption(fmt::format("{}: header of {} does not verify, offset 0", path, kind.what));
  }
  RETURN_IF_ERROR(CheckKnown(kind, raw, path));
  if (size != kind.header_bytes) {
    return Corruption(fmt::format("{}: header of {} has a wrong size, offset 0", path, kind.what));
  }
  LogFileHeader header;
  header.cluster = ClusterId::FromBytes(bytes.substr(32, ClusterId::kBytes));
  header.incarnation = Incarnation(FencingNumber{.term = LoadFixed32(raw + 48), .counter = LoadFixed64(raw + 56)});
  header.number = LoadFixed64(raw + 64);
  return header;
}

}  // namespace cellar::storage

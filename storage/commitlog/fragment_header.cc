#include "storage/commitlog/fragment_header.h"

#include <fmt/format.h>

#include "common/bytes/coding.h"
#include "storage/log_file_header.h"

namespace cellar::storage {
namespace {

using common::Corruption;
using common::LoadFixed64;
using common::StoreFixed64;

constexpr LogFileKind kFragment{.magic = "CELLRLOG", .what = "log fragment", .header_bytes = kFragmentHeaderBytes};
constexpr size_t kReservedOffset = 104;
constexpr size_t kCrcOffset = kFragmentHeaderBytes - 4;

}  // namespace

std::string EncodeFragmentHeader(const FragmentHeader& header) {
  std::string out = BeginLogFileHeader(
      kFragment,
      {.cluster = header.identity.cluster, .incarnation = header.identity.incarnation, .number = header.number});
  char* const raw = out.data();
  raw[12] = static_cast<char>(header.identity.log_class);
  StoreFixed64(raw + 72, header.predecessor_number);
  StoreFixed64(raw + 80, header.predecessor_bytes);
  StoreFixed64(raw + 88, header.pruned_up_to);
  StoreFixed64(raw + 96, header.first_sequence);
  FinishLogFileHeader(&out);
  return out;
}

Result<FragmentHeader> DecodeFragmentHeader(std::string_view bytes, std::string_view path) {
  ASSIGN_OR_RETURN(const LogFileHeader shared, DecodeLogFileHeader(kFragment, bytes, path));
  const char* const raw = bytes.data();
  FragmentHeader header;
  const auto log_class = static_cast<uint8_t>(raw[12]);
  const bool reserved_is_zero = bytes.substr(kReservedOffset, kCrcOffset - kReservedOffset) ==
                                std::string_view("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
  if (log_class < 1 || log_class > 3 || !reserved_is_zero)
    return Corruption(fmt::format("{}: header of log fragment has impossible values, offset 0", path));
  header.identity.log_class = static_cast<LogClass>(log_class);
  header.identity.cluster = shared.cluster;
  header.identity.incarnation = shared.incarnation;
  header.number = shared.number;
  header.predecessor_number = LoadFixed64(raw + 72);
  header.predecessor_bytes = LoadFixed64(raw + 80);
  header.pruned_up_to = LoadFixed64(raw + 88);
  header.first_sequence = LoadFixed64(raw + 96);
  if (header.predecessor_number >= header.number || header.pruned_up_to >= header.number || header.first_sequence == 0)
    return Corruption(fmt::format("{}: header of log fragment has impossible values, offset 0", path));
  return header;
}

}  // namespace cellar::storage

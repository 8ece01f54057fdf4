#include "storage/metalog/metalog_format.h"

#include <fmt/format.h>

#include <cstring>

#include "common/base/check.h"
#include "common/bytes/coding.h"
#include "common/bytes/crc32c.h"
#include "storage/log_file_header.h"

namespace cellar::storage {
namespace {

using common::Corruption;
using common::LoadFixed16;
using common::LoadFixed32;
using common::LoadFixed64;
using common::StoreFixed16;
using common::StoreFixed32;
using common::StoreFixed64;

constexpr LogFileKind kMetaLog{.magic = "CELLRMLG", .what = "metalog", .header_bytes = kMetaLogHeaderBytes};
constexpr std::string_view kBlockMagic = "MLBK";
constexpr size_t kNameDigits = 10;
constexpr size_t kBlockCheckedFrom = 8;
constexpr uint64_t kAlignment = 8;
constexpr uint8_t kActionUpdate = 1;
constexpr uint8_t kActionRemove = 2;

uint32_t BoundCrc(const MetaLogHeader& header, uint64_t offset, std::string_view bytes) {
  std::string place(header.cluster.view());
  common::PutFixed32(&place, header.incarnation.get().term);
  common::PutFixed64(&place, header.incarnation.get().counter);
  common::PutFixed64(&place, header.number);
  common::PutFixed64(&place, offset);
  return common::ExtendCrc32c(common::Crc32c(place), bytes);
}

bool GetRecord(common::Reader* in, std::vector<MetaLogRecord>* records) {
  EntityKey key;
  uint8_t action = 0;
  if (!in->GetVarint32(&key.type) || !in->GetVarint64(&key.id) || !in->GetFixed8(&action)) return false;
  if (action == kActionRemove) {
    records->push_back(MetaLogRecord::Remove(key));
    return true;
  }
  std::string_view body;
  if (action != kActionUpdate || !in->GetLengthPrefixed(&body) || body.size() > kMaxEntityBytes) return false;
  records->push_back(MetaLogRecord::Update(key, std::string(body)));
  return true;
}

}  // namespace

std::string MetaLogFileName(uint64_t number) {
  const std::string digits = std::to_string(number);
  CHECK(digits.size() <= kNameDigits);
  return std::string(kNameDigits - digits.size(), '0') + digits;
}

std::optional<uint64_t> ParseMetaLogFileName(std::string_view name) {
  if (name.size() != kNameDigits) return std::nullopt;
  uint64_t number = 0;
  for (const char digit : name) {
    if (digit < '0' || digit > '9') return std::nullopt;
    number = number * 10 + static_cast<uint64_t>(digit - '0');
  }
  return number == 0 ? std::nullopt : std::optional(number);
}

std::string EncodeMetaLogHeader(const MetaLogHeader& header) {
  std::string out = BeginLogFileHeader(
      kMetaLog, {.cluster = header.cluster, .incarnation = header.incarnation, .number = header.number});
  FinishLogFileHeader(&out);
  return out;
}

Result<MetaLogHeader> DecodeMetaLogHeader(std::string_view bytes, std::string_view path) {
  ASSIGN_OR_RETURN(const LogFileHeader shared, DecodeLogFileHeader(kMetaLog, bytes, path));
  MetaLogHeader header;
  header.cluster = shared.cluster;
  header.incarnation = shared.incarnation;
  header.number = shared.number;
  return header;
}

uint64_t MetaLogBlock::end() const {
  return (offset + kMetaLogBlockHeaderBytes + records.size() + kAlignment - 1) / kAlignment * kAlignment;
}

std::string EncodeMetaLogBlock(const MetaLogBlock& block, const MetaLogHeader& header) {
  CHECK(block.records.size() <= kMaxMetaLogBlockBytes);
  std::string out(block.end() - block.offset, '\0');
  char* const raw = out.data();
  kBlockMagic.copy(raw, kBlockMagic.size());
  raw[8] = static_cast<char>(block.kind);
  StoreFixed16(raw + 10, static_cast<uint16_t>(kMetaLogBlockHeaderBytes));
  StoreFixed32(raw + 12, block.record_count);
  StoreFixed32(raw + 16, static_cast<uint32_t>(block.records.size()));
  StoreFixed32(raw + 20, BoundCrc(header, block.offset + kMetaLogBlockHeaderBytes, block.records));
  StoreFixed64(raw + 24, block.sequence);
  StoreFixed64(raw + 32, block.offset);
  StoreFixed64(raw + 40, block.durable_up_to);
  const std::string_view checked(raw + kBlockCheckedFrom, kMetaLogBlockHeaderBytes - kBlockCheckedFrom);
  StoreFixed32(raw + 4, BoundCrc(header, block.offset, checked));
  block.records.copy(raw + kMetaLogBlockHeaderBytes, block.records.size());
  return out;
}

std::optional<MetaLogBlock> DecodeMetaLogBlock(std::string_view file, uint64_t offset, const MetaLogHeader& header,
                                               bool* records_verify) {
  *records_verify = false;
  if (offset > file.size() || file.size() - offset < kMetaLogBlockHeaderBytes) return std::nullopt;
  const char* const raw = file.data() + offset;
  if (std::memcmp(raw, kBlockMagic.data(), kBlockMagic.size()) != 0) return std::nullopt;
  const std::string_view checked(raw + kBlockCheckedFrom, kMetaLogBlockHeaderBytes - kBlockCheckedFrom);
  if (LoadFixed32(raw + 4) != BoundCrc(header, offset, checked)) return std::nullopt;
  const auto kind = static_cast<uint8_t>(raw[8]);
  const size_t size = LoadFixed32(raw + 16);
  MetaLogBlock block;
  block.kind = static_cast<MetaLogBlockKind>(kind);
  block.record_count = LoadFixed32(raw + 12);
  block.sequence = LoadFixed64(raw + 24);
  block.offset = LoadFixed64(raw + 32);
  block.durable_up_to = LoadFixed64(raw + 40);
  const bool possible = kind >= 1 && kind <= 3 && raw[9] == 0 && LoadFixed16(raw + 10) == kMetaLogBlockHeaderBytes &&
                        size <= kMaxMetaLogBlockBytes && block.offset == offset && block.durable_up_to <= offset &&
                        LoadFixed64(raw + 48) == 0;
  if (!possible) return std::nullopt;
  if (file.size() - offset - kMetaLogBlockHeaderBytes < size) return block;
  block.records = file.substr(offset + kMetaLogBlockHeaderBytes, size);
  *records_verify = file.size() >= block.end() &&
                    LoadFixed32(raw + 20) == BoundCrc(header, offset + kMetaLogBlockHeaderBytes, block.records);
  if (*records_verify) {
    const size_t padded_from = offset + kMetaLogBlockHeaderBytes + size;
    const std::string_view padding = file.substr(padded_from, block.end() - padded_from);
    *records_verify = padding.find_first_not_of('\0') == std::string_view::npos;
  }
  if (!*records_verify) block.records = {};
  return block;
}

void AppendRecord(const MetaLogRecord& record, std::string* out) {
  common::PutVarint32(out, record.key().type);
  common::PutVarint64(out, record.key().id);
  common::PutFixed8(out, record.is_remove() ? kActionRemove : kActionUpdate);
  if (!record.is_remove()) common::PutLengthPrefixed(out, record.body());
}

Result<std::vector<MetaLogRecord>> DecodeRecords(std::string_view records, uint32_t record_count) {
  common::Reader in(records);
  std::vector<MetaLogRecord> decoded;
  for (uint32_t i = 0; i < record_count; ++i) {
    if (!GetRecord(&in, &decoded)) return Corruption(fmt::format("malformed metalog record at byte {}", in.offset()));
  }
  if (!in.empty()) return Corruption("metalog block holds more than its records");
  return decoded;
}

}  // namespace cellar::storage

#include "common/file/seal_mark.h"

#include <algorithm>
#include <utility>

#include "common/base/check.h"
#include "common/bytes/coding.h"
#include "common/bytes/crc32c.h"

namespace cellar::common {
namespace {

constexpr std::string_view kMagic = "SEAL";
constexpr uint32_t kFormatVersion = 1;
constexpr size_t kRecordHeaderBytes = 8;  // Checksum and length.

enum RecordKind : uint8_t { kBegunRecord = 1, kLengthsRecord = 2 };

std::string EncodeRecord(RecordKind kind, Incarnation incarnation, const SealMark::Lengths* lengths) {
  std::string body;
  PutFixed8(&body, kind);
  PutFixed32(&body, incarnation.get().term);
  PutFixed64(&body, incarnation.get().counter);
  if (lengths != nullptr) {
    PutVarint64(&body, lengths->size());
    for (const auto& [name, length] : *lengths) {
      PutLengthPrefixed(&body, name);
      PutVarint64(&body, length);
    }
  }
  CHECK(body.size() < SealMark::kMaxBytes);
  std::string checked;
  PutFixed32(&checked, static_cast<uint32_t>(body.size()));
  checked += body;
  std::string record;
  PutFixed32(&record, Crc32c(checked));
  return record + checked;
}

/// The body of the record at the front of `bytes`, or false when none is whole and valid there.
bool TakeRecord(std::string_view* bytes, std::string_view* body) {
  Reader reader(*bytes);
  uint32_t crc = 0;
  uint32_t length = 0;
  if (!reader.GetFixed32(&crc) || !reader.GetFixed32(&length) || !reader.GetBytes(length, body)) return false;
  if (Crc32c(bytes->substr(sizeof(crc), sizeof(length) + length)) != crc) return false;
  bytes->remove_prefix(kRecordHeaderBytes + length);
  return true;
}

bool AnyRecordWithin(std::string_view bytes) {
  std::string_view body;
  for (; bytes.size() > kRecordHeaderBytes; bytes.remove_prefix(1)) {
    std::string_view rest = bytes;
    if (TakeRecord(&rest, &body) && !body.empty()) return true;
  }
  return false;
}

bool DecodeLengths(Reader* reader, SealMark::Lengths* lengths) {
  uint64_t count = 0;
  if (!reader->GetVarint64(&count)) return false;
  for (uint64_t i = 0; i < count; ++i) {
    std::string_view name;
    uint64_t length = 0;
    if (!reader->GetLengthPrefixed(&name) || !reader->GetVarint64(&length)) return false;
    lengths->emplace(name, length);  // What was stored first stays.
  }
  return true;
}

bool ApplyRecord(std::string_view body, SealMark* mark, bool* is_lengths) {
  Reader reader(body);
  uint8_t kind = 0;
  FencingNumber number;
  if (!reader.GetFixed8(&kind) || !reader.GetFixed32(&number.term) || !reader.GetFixed64(&number.counter)) return false;
  const Incarnation incarnation(number);
  mark->incarnation = std::max(mark->incarnation, incarnation);
  *is_lengths = kind == kLengthsRecord;
  if (*is_lengths) {
    mark->complete_incarnation = std::max(mark->complete_incarnation, incarnation);
    if (!DecodeLengths(&reader, &mark->lengths)) return false;
  }
  return (*is_lengths || kind == kBegunRecord) && reader.empty();
}

}  // namespace

std::string SealMark::EncodeHeader() {
  std::string header = EncodeWord(kOpen);
  header += kMagic;
  PutFixed32(&header, kFormatVersion);
  CHECK(header.size() == kHeaderBytes);
  return header;
}

std::string SealMark::EncodeWord(uint64_t word) {
  std::string bytes;
  PutFixed64(&bytes, word);
  return bytes;
}

std::string SealMark::EncodeBegun(Incarnation incarnation) {
  return EncodeRecord(kBegunRecord, incarnation, nullptr);
}

std::string SealMark::EncodeLengths(Incarnation incarnation, const Lengths& lengths) {
  return EncodeRecord(kLengthsRecord, incarnation, &lengths);
}

Result<SealMark> SealMark::Decode(std::string_view bytes) {
  SealMark mark;
  Reader header(bytes);
  std::string_view magic;
  uint32_t version = 0;
  if (!header.GetFixed64(&mark.word) || !header.GetBytes(kMagic.size(), &magic) || !header.GetFixed32(&version)) {
    return Corruption("seal mark is cut off in its header");
  }
  if (magic != kMagic) return Corruption("seal mark without its magic bytes at offset 8");
  if (version != kFormatVersion) return Unsupported("seal mark of format " + std::to_string(version));
  if (mark.word > kComplete) return Corruption("seal mark with the unknown word " + std::to_string(mark.word));
  std::string_view rest = bytes.substr(kHeaderBytes);
  std::string_view body;
  bool ends_with_lengths = false;
  while (TakeRecord(&rest, &body)) {
    if (!ApplyRecord(body, &mark, &ends_with_lengths)) {
      return Corruption("seal mark: bad record at offset " + std::to_string(mark.valid_bytes));
    }
    mark.valid_bytes = bytes.size() - rest.size();
  }
  const bool damaged = AnyRecordWithin(rest) || (mark.word == kComplete && !ends_with_lengths);
  if (damaged) return Corruption("seal mark: damaged record at offset " + std::to_string(mark.valid_bytes));
  return mark;
}

}  // namespace cellar::common

#include "storage/cellstore/trailer.h"

#include "common/bytes/coding.h"

namespace cellar::storage {

namespace {

using common::Reader;

enum Tag : uint32_t {
  kFeatures = 1,
  kFile = 2,
  kCluster = 3,
  kTable = 4,
  kGeneration = 5,
  kAccessGroup = 6,
  kFlags = 7,
  kCounts = 8,
  kTimes = 9,
  kRevisions = 10,
  kRows = 11,
  kFamilies = 12,
  kSamples = 13,
  kDigest = 14,
  kCellsDigest = 15,
  kRoot = 16,
  kCipher = 17,
  kOptions = 18,
  kRawBytes = 19,
  kOldestFirst = 20,
};
constexpr uint32_t kLastTag = kOldestFirst;

constexpr uint64_t kKnownFeatures = 0;
constexpr uint32_t kMajorFlag = 1;
constexpr uint32_t kInMemoryFlag = 2;

void PutField(Tag tag, std::string_view content, std::string* out) {
  common::PutVarint32(out, tag);
  common::PutLengthPrefixed(out, content);
}
void PutField64(Tag tag, uint64_t value, std::string* out) {
  std::string content;
  common::PutFixed64(&content, value);
  PutField(tag, content, out);
}
void PutPair64(Tag tag, int64_t first, int64_t second, std::string* out) {
  std::string content;
  common::PutFixed64(&content, static_cast<uint64_t>(first));
  common::PutFixed64(&content, static_cast<uint64_t>(second));
  PutField(tag, content, out);
}

bool GetSigned(Reader& reader, int64_t* value) {
  uint64_t bits = 0;
  if (!reader.GetFixed64(&bits)) return false;
  *value = static_cast<int64_t>(bits);
  return true;
}
bool GetString(Reader& reader, std::string* value) {
  std::string_view bytes;
  if (!reader.GetLengthPrefixed(&bytes)) return false;
  value->assign(bytes);
  return true;
}

std::string EncodeCounts(const CellStoreTrailer& trailer) {
  std::string out;
  common::PutVarint64(&out, trailer.cell_count);
  for (const uint64_t count : trailer.marker_count) common::PutVarint64(&out, count);
  common::PutVarint64(&out, trailer.row_count);
  common::PutVarint64(&out, trailer.block_count);
  common::PutVarint64(&out, trailer.leaf_count);
  return out;
}
bool DecodeCounts(Reader& reader, CellStoreTrailer* trailer) {
  bool ok = reader.GetVarint64(&trailer->cell_count);
  for (uint64_t& count : trailer->marker_count) ok = ok && reader.GetVarint64(&count);
  return ok && reader.GetVarint64(&trailer->row_count) && reader.GetVarint64(&trailer->block_count) &&
         reader.GetVarint64(&trailer->leaf_count);
}

std::string EncodeFamilies(const std::vector<FamilyStats>& families) {
  std::string out;
  for (const FamilyStats& family : families) {
    common::PutFixed8(&out, family.family.get());
    common::PutVarint64(&out, family.cell_count);
    common::PutVarint64(&out, family.key_bytes);
    common::PutVarint64(&out, family.value_bytes);
  }
  return out;
}
bool DecodeFamilies(Reader& reader, std::vector<FamilyStats>* families) {
  while (!reader.empty()) {
    FamilyStats stats;
    uint8_t family = 0;
    if (!reader.GetFixed8(&family) || !reader.GetVarint64(&stats.cell_count) || !reader.GetVarint64(&stats.key_bytes) ||
        !reader.GetVarint64(&stats.value_bytes))
      return false;
    stats.family = model::FamilyId{family};
    families->push_back(stats);
  }
  return true;
}

std::string EncodeSamples(const std::vector<SplitSample>& samples) {
  std::string out;
  for (const SplitSample& sample : samples) {
    common::PutLengthPrefixed(&out, sample.row);
    common::PutVarint64(&out, sample.bytes_before);
  }
  return out;
}
bool DecodeSamples(Reader& reader, std::vector<SplitSample>* samples) {
  while (!reader.empty()) {
    SplitSample sample;
    if (!GetString(reader, &sample.row) || !reader.GetVarint64(&sample.bytes_before)) return false;
    samples->push_back(std::move(sample));
  }
  return true;
}

bool DecodeTable(Reader& reader, model::TableId* table) {
  return reader.GetFixed32(&table->space) && reader.GetFixed32(&table->number);
}

bool DecodeOldestFirst(Reader& reader, std::vector<model::FamilyId>* families) {
  uint8_t family = 0;
  while (reader.GetFixed8(&family)) {
    if (!families->empty() && family <= families->back().get()) return false;
    families->push_back(model::FamilyId{family});
  }
  return true;
}

bool DecodeFlags(Reader& reader, CellStoreIdentity* identity) {
  uint32_t flags = 0;
  if (!reader.GetFixed32(&flags)) return false;
  identity->major = (flags & kMajorFlag) != 0;
  identity->in_memory = (flags & kInMemoryFlag) != 0;
  return true;
}

bool DecodeRevisions(Reader& reader, CellStoreTrailer* trailer) {
  int64_t low = 0;
  int64_t high = 0;
  if (!GetSigned(reader, &low) || !GetSigned(reader, &high)) return false;
  trailer->min_revision = model::Revision{low};
  trailer->max_revision = model::Revision{high};
  return true;
}

bool DecodeDigest(Reader& reader, CellStoreTrailer* trailer) {
  return reader.GetFixed8(&trailer->digest_kind) && reader.GetFixed64(&trailer->frame_count) &&
         reader.GetBigEndian64(&trailer->digest_root.high) && reader.GetBigEndian64(&trailer->digest_root.low);
}

bool DecodeOptions(Reader& reader, CellStoreTrailer* trailer) {
  uint8_t codec = 0;
  uint8_t mode = 0;
  if (!reader.GetFixed32(&trailer->block_size_bytes) || !reader.GetFixed8(&codec) || !reader.GetFixed8(&mode) ||
      !reader.GetFixed8(&trailer->restart_interval))
    return false;
  trailer->codec = static_cast<model::Compressor>(codec);
  trailer->filter_mode = static_cast<model::BloomSpec::Mode>(mode);
  return codec <= static_cast<uint8_t>(model::Compressor::kZstd) &&
         mode <= static_cast<uint8_t>(model::BloomSpec::Mode::kRowsAndColumns);
}

bool DecodeCipher(Reader& reader) {
  uint16_t cipher = 0;
  uint32_t key_id = 0;
  return reader.GetFixed16(&cipher) && reader.GetFixed32(&key_id) && cipher == kCipherNone;
}

bool Decode64Field(uint32_t tag, Reader& reader, CellStoreTrailer* trailer) {
  uint64_t value = 0;
  if (!reader.GetFixed64(&value)) return false;
  switch (tag) {
    case kFeatures:
      trailer->features = value;
      break;
    case kFile:
      trailer->identity.file = model::FileId{value};
      break;
    case kGeneration:
      trailer->identity.generation = model::SchemaGeneration{static_cast<int64_t>(value)};
      break;
    case kCellsDigest:
      trailer->cells_digest = value;
      break;
    default:
      trailer->raw_bytes = value;
      break;
  }
  return true;
}

bool DecodeCluster(Reader& reader, ClusterId* cluster) {
  std::string_view bytes;
  if (!reader.GetBytes(ClusterId::kBytes, &bytes)) return false;
  *cluster = ClusterId::FromBytes(bytes);
  return true;
}

bool DecodeField(uint32_t tag, Reader& reader, CellStoreTrailer* trailer) {
  switch (tag) {
    case kCluster:
      return DecodeCluster(reader, &trailer->identity.cluster);
    case kTable:
      return DecodeTable(reader, &trailer->identity.table);
    case kAccessGroup:
      trailer->identity.access_group.assign(reader.rest());
      return reader.Skip(reader.remaining_bytes());
    case kFlags:
      return DecodeFlags(reader, &trailer->identity);
    case kCounts:
      return DecodeCounts(reader, trailer);
    case kTimes:
      return GetSigned(reader, &trailer->min_timestamp) && GetSigned(reader, &trailer->max_timestamp);
    case kRevisions:
      return DecodeRevisions(reader, trailer);
    case kRows:
      return GetString(reader, &trailer->first_row) && GetString(reader, &trailer->last_row);
    case kFamilies:
      return DecodeFamilies(reader, &trailer->families);
    case kSamples:
      return DecodeSamples(reader, &trailer->samples);
    case kDigest:
      return DecodeDigest(reader, trailer);
    case kRoot:
      return reader.GetFixed64(&trailer->index_root.offset) && reader.GetFixed32(&trailer->index_root.length);
    case kCipher:
      return DecodeCipher(reader);
    case kOptions:
      return DecodeOptions(reader, trailer);
    case kOldestFirst:
      return DecodeOldestFirst(reader, &trailer->oldest_first);
    default:
      return Decode64Field(tag, reader, trailer);
  }
}

Status BadField(uint32_t tag) {
  return common::Corruption("trailer field " + std::to_string(tag) + " is malformed");
}

/// Fields 1 to 7: what the writer was told.
void EncodeIdentity(const CellStoreTrailer& trailer, std::string* out) {
  const CellStoreIdentity& identity = trailer.identity;
  std::string content;
  PutField64(kFeatures, trailer.features, out);
  PutField64(kFile, identity.file.get(), out);
  PutField(kCluster, identity.cluster.view(), out);
  common::PutFixed32(&content, identity.table.space);
  common::PutFixed32(&content, identity.table.number);
  PutField(kTable, content, out);
  PutField64(kGeneration, static_cast<uint64_t>(identity.generation.get()), out);
  PutField(kAccessGroup, identity.access_group, out);
  content.clear();
  common::PutFixed32(&content, (identity.major ? kMajorFlag : 0) | (identity.in_memory ? kInMemoryFlag : 0));
  PutField(kFlags, content, out);
}

/// Fields 8 to 13: what was counted.
void EncodeStatistics(const CellStoreTrailer& trailer, std::string* out) {
  PutField(kCounts, EncodeCounts(trailer), out);
  PutPair64(kTimes, trailer.min_timestamp, trailer.max_timestamp, out);
  PutPair64(kRevisions, trailer.min_revision.get(), trailer.max_revision.get(), out);
  std::string content;
  common::PutLengthPrefixed(&content, trailer.first_row);
  common::PutLengthPrefixed(&content, trailer.last_row);
  PutField(kRows, content, out);
  PutField(kFamilies, EncodeFamilies(trailer.families), out);
  PutField(kSamples, EncodeSamples(trailer.samples), out);
}

/// Fields 14 to 20: how the file is made.
void EncodeLayout(const CellStoreTrailer& trailer, std::string* out) {
  std::string content;
  common::PutFixed8(&content, trailer.digest_kind);
  common::PutFixed64(&content, trailer.frame_count);
  content.append(trailer.digest_root.ToBytes());
  PutField(kDigest, content, out);
  PutField64(kCellsDigest, trailer.cells_digest, out);
  content.clear();
  common::PutFixed64(&content, trailer.index_root.offset);
  common::PutFixed32(&content, trailer.index_root.length);
  PutField(kRoot, content, out);
  PutField(kCipher, std::string(6, '\0'), out);
  content.clear();
  common::PutFixed32(&content, trailer.block_size_bytes);
  common::PutFixed8(&content, static_cast<uint8_t>(trailer.codec));
  common::PutFixed8(&content, static_cast<uint8_t>(trailer.filter_mode));
  common::PutFixed8(&content, trailer.restart_interval);
  PutField(kOptions, content, out);
  PutField64(kRawBytes, trailer.raw_bytes, out);
  content.clear();
  for (const model::FamilyId family : trailer.oldest_first) common::PutFixed8(&content, family.get());
  PutField(kOldestFirst, content, out);
}

}  // namespace

std::string CellStoreTrailer::Encode() const {
  std::string out;
  EncodeIdentity(*this, &out);
  EncodeStatistics(*this, &out);
  EncodeLayout(*this, &out);
  return out;
}

model::KeyCodec CellStoreTrailer::key_codec() const {
  model::FamilySet set;
  for (const model::FamilyId family : oldest_first) set.set(family.get());
  return model::KeyCodec(set);
}

Result<CellStoreTrailer> CellStoreTrailer::Decode(std::string_view bytes) {
  CellStoreTrailer trailer;
  Reader reader(bytes);
  uint32_t last_tag = 0;
  uint32_t known_count = 0;
  while (!reader.empty()) {
    uint32_t tag = 0;
    std::string_view content;
    if (!reader.GetVarint32(&tag) || tag <= last_tag || !reader.GetLengthPrefixed(&content))
      return BadField(last_tag + 1);
    last_tag = tag;
    if (tag > kLastTag) continue;
    ++known_count;
    Reader field(content);
    if (!DecodeField(tag, field, &trailer) || !field.empty()) return BadField(tag);
    if (tag == kFeatures && (trailer.features & ~kKnownFeatures) != 0)
      return common::Unsupported("CellStore needs features " + std::to_string(trailer.features & ~kKnownFeatures));
  }
  if (known_count != kLastTag) return common::Corruption("trailer has fields missing");
  if (trailer.digest_kind != kDigestXxh3)
    return common::Unsupported("digest kind " + std::to_string(trailer.digest_kind));
  return trailer;
}

}  // namespace cellar::storage

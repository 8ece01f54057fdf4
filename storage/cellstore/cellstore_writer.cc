#include "storage/cellstore/cellstore_writer.h"

#include <algorithm>

#include "common/base/check.h"
#include "storage/cellstore/file_layout.h"

namespace cellar::storage {

namespace {

constexpr size_t kLeafBytes = 4 << 10;
constexpr size_t kFilterItemsPerLeaf = 32 << 10;
constexpr size_t kPendingBytes = 256 << 10;
constexpr size_t kMaxSampleRowBytes = 4 << 10;

/// The shortest byte string after `before` and at or before `key`.
std::string_view Separator(std::string_view before, std::string_view key) {
  const size_t limit = std::min(before.size(), key.size());
  size_t shared = 0;
  while (shared < limit && before[shared] == key[shared]) ++shared;
  return key.substr(0, shared + 1);
}

}  // namespace

CellStoreOptions CellStoreOptions::For(const model::GroupRules& rules) {
  CellStoreOptions options;
  options.block_size_bytes = rules.block_size_bytes;
  options.compressor = rules.compressor;
  options.bloom_filter = rules.bloom_filter;
  return options;
}

CellStoreWriter::CellStoreWriter(std::unique_ptr<WritableFile> file, std::string path,
                                 const CellStoreIdentity& identity, const CellStoreOptions& options,
                                 const model::KeyCodec& codec)
    : file_(std::move(file)),
      path_(std::move(path)),
      options_(options),
      compressor_(options.compressor),
      block_(options.restart_interval),
      filter_(options.bloom_filter),
      counter_(codec) {
  trailer_.identity = identity;
  trailer_.block_size_bytes = options.block_size_bytes;
  trailer_.codec = options.compressor.compressor;
  trailer_.filter_mode = options.bloom_filter.mode;
  trailer_.restart_interval = options.restart_interval;
  for (int id = model::kMinFamilyId; id <= model::kMaxFamilyId; ++id) {
    const model::FamilyId family{static_cast<uint8_t>(id)};
    if (codec.is_oldest_first(family)) trailer_.oldest_first.push_back(family);
  }
}

Result<std::unique_ptr<CellStoreWriter>> CellStoreWriter::Create(FileSystem& files, std::string path,
                                                                 Incarnation incarnation,
                                                                 const CellStoreIdentity& identity,
                                                                 const CellStoreOptions& options,
                                                                 const model::KeyCodec& codec) {
  CHECK(options.restart_interval > 0 && options.block_size_bytes <= kMaxRawBlockBytes / 2);
  ASSIGN_OR_RETURN(auto file, files.Create(path, incarnation));
  std::unique_ptr<CellStoreWriter> writer(
      new CellStoreWriter(std::move(file), std::move(path), identity, options, codec));
  FileHeader header;
  header.file = identity.file;
  header.cluster = identity.cluster;
  const std::string bytes = header.Encode();
  writer->digest_.Add(bytes);
  RETURN_IF_ERROR(writer->Write(bytes));
  return writer;
}

Status CellStoreWriter::Check(std::string_view key, model::EncodedKeyParts* parts) const {
  if (key.size() <= model::kKeySuffixBytes || key.size() > model::kMaxKeyPrefixBytes + model::kKeySuffixBytes ||
      !model::ParseKeyPrefix(model::KeyPrefixOf(key), parts))
    return common::InvalidArgument("malformed key " + model::QuoteBytes(key));
  if (key <= last_key_)
    return common::InvalidArgument("key " + model::QuoteBytes(key) + " is not after " + model::QuoteBytes(last_key_));
  return Status();
}

Status CellStoreWriter::Add(std::string_view key, std::string_view value) {
  RETURN_IF_ERROR(status_);
  CHECK(!finished_);
  model::EncodedKeyParts parts;
  if (Status bad = Check(key, &parts); !bad.ok()) return Fail(std::move(bad));
  if (value.size() > model::kLargestMaxValueBytes) return Fail(common::InvalidArgument("value is too long"));
  RETURN_IF_ERROR(MakeRoom(key, value));

  const size_t row_size = parts.row.size() + 1;
  const bool is_new_row = row_size != last_row_size_ || last_key_.compare(0, row_size, key.substr(0, row_size)) != 0;
  if (is_new_row) filter_has_row_ = false;
  if (is_new_row || last_key_[row_size] != key[row_size]) filter_has_family_ = false;
  AddToFilter(key, row_size);
  if (block_.empty()) {
    block_start_.assign(counter_.cell_count() == 0 ? std::string_view() : Separator(last_key_, key));
    block_row_.assign(parts.row.size() <= kMaxSampleRowBytes ? parts.row : std::string_view());
  }
  block_.Add(key, value);
  counter_.Add(key, value, parts, is_new_row);
  last_key_.assign(key);
  last_row_size_ = row_size;
  return Status();
}

/// Closes the open block when the cell would take it past its size, and the open leaf when that fills it.
Status CellStoreWriter::MakeRoom(std::string_view key, std::string_view value) {
  if (block_.empty() || block_.SizeWith(key, value) <= options_.block_size_bytes) return Status();
  RETURN_IF_ERROR(FinishBlock());
  if (leaf_.size_bytes() >= kLeafBytes || filter_.item_count() >= kFilterItemsPerLeaf) RETURN_IF_ERROR(FinishLeaf());
  return Status();
}

void CellStoreWriter::AddToFilter(std::string_view key, size_t row_prefix_size) {
  if (options_.bloom_filter.mode == model::BloomSpec::Mode::kNone) return;
  if (!filter_has_row_) {
    filter_.Add(BloomItemHash(key.substr(0, row_prefix_size)));
    filter_has_row_ = true;
  }
  if (options_.bloom_filter.mode == model::BloomSpec::Mode::kRowsAndColumns && !filter_has_family_) {
    filter_.Add(BloomItemHash(key.substr(0, row_prefix_size + 1)));
    filter_has_family_ = true;
  }
}

Status CellStoreWriter::FinishBlock() {
  raw_scratch_.clear();
  block_.Build(&raw_scratch_);
  trailer_.raw_bytes += raw_scratch_.size();
  ++trailer_.block_count;
  Sample(offset_);
  if (leaf_.empty()) leaf_start_ = block_start_;
  IndexEntry entry;
  entry.start = block_start_;
  RETURN_IF_ERROR(WriteFrame(BlockKind::kData, raw_scratch_, true, &entry.block));
  leaf_.Add(entry);
  return Status();
}

Status CellStoreWriter::FinishLeaf() {
  IndexEntry entry;
  entry.start = leaf_start_;
  if (filter_.item_count() > 0) RETURN_IF_ERROR(WriteFrame(BlockKind::kFilter, filter_.Build(), false, &entry.filter));
  RETURN_IF_ERROR(WriteFrame(BlockKind::kIndexLeaf, leaf_.Build(), true, &entry.block));
  root_.Add(entry);
  ++trailer_.leaf_count;
  filter_has_row_ = false;
  filter_has_family_ = false;
  return Status();
}

/// Keeps the first row of each `sample_stride_`-th block.
void CellStoreWriter::Sample(uint64_t offset) {
  if (block_row_.empty() || (trailer_.block_count - 1) % sample_stride_ != 0) return;
  std::string row;
  CHECK(model::AppendUnescaped(block_row_, &row));
  if (!trailer_.samples.empty() && trailer_.samples.back().row == row) return;
  trailer_.samples.push_back(SplitSample{std::move(row), offset});
  if (trailer_.samples.size() < 2 * kMaxSplitSamples) return;
  ThinSamples(kMaxSplitSamples);
  sample_stride_ *= 2;
}

/// Leaves at most `limit` samples, evenly spread.
void CellStoreWriter::ThinSamples(size_t limit) {
  std::vector<SplitSample>& samples = trailer_.samples;
  const size_t step = (samples.size() + limit - 1) / limit;
  if (step <= 1) return;
  size_t kept = 0;
  for (size_t i = 0; i < samples.size(); i += step) std::swap(samples[kept++], samples[i]);
  samples.resize(kept);
}

Status CellStoreWriter::WriteRootAndTrailer() {
  RETURN_IF_ERROR(WriteFrame(BlockKind::kIndexRoot, root_.Build(), true, &trailer_.index_root));
  trailer_.frame_count = digest_.leaf_count();
  trailer_.digest_root = digest_.Root();
  FileTail tail;
  tail.file = trailer_.identity.file;
  RETURN_IF_ERROR(WriteFrame(BlockKind::kTrailer, trailer_.Encode(), false, &tail.trailer));
  return Write(tail.Encode());
}

Result<CellStoreTrailer> CellStoreWriter::Finish() {
  RETURN_IF_ERROR(status_);
  CHECK(!finished_);
  if (counter_.cell_count() == 0) return Fail(common::InvalidArgument("a CellStore without cells"));
  finished_ = true;
  RETURN_IF_ERROR(FinishBlock());
  RETURN_IF_ERROR(FinishLeaf());
  ThinSamples(kMaxSplitSamples);
  counter_.FillIn(last_key_, &trailer_);
  RETURN_IF_ERROR(WriteRootAndTrailer());
  RETURN_IF_ERROR(Drain());
  if (Status synced = file_->Sync(); !synced.ok()) return Fail(std::move(synced));
  if (Status closed = file_->Close(); !closed.ok()) return Fail(std::move(closed));
  return trailer_;
}

Status CellStoreWriter::WriteFrame(BlockKind kind, std::string_view raw, bool compress, BlockHandle* handle) {
  if (raw.size() > kMaxRawBlockBytes)
    return Fail(common::InvalidArgument(std::string(BlockKindName(kind)) + " block is too large"));
  model::Compressor codec = model::Compressor::kNone;
  std::string_view stored = raw;
  if (compress) {
    codec = compressor_.Compress(raw, &stored_scratch_);
    stored = stored_scratch_;
  }
  const size_t begin = pending_.size();
  handle->offset = offset_;
  handle->length = AppendFrame(trailer_.identity.file, offset_, kind, codec, raw.size(), stored, &pending_);
  offset_ += handle->length;
  if (kind != BlockKind::kTrailer) digest_.Add(std::string_view(pending_).substr(begin));
  return pending_.size() >= kPendingBytes ? Drain() : Status();
}

Status CellStoreWriter::Write(std::string_view bytes) {
  pending_.append(bytes);
  offset_ += bytes.size();
  return Status();
}

Status CellStoreWriter::Drain() {
  auto appended = file_->Append(pending_);
  if (!appended.ok()) return Fail(std::move(appended).status());
  if (*appended + pending_.size() != offset_) return Fail(common::IoError("file has another length than written"));
  pending_.clear();
  return Status();
}

Status CellStoreWriter::Fail(Status status) {
  status_ = std::move(status).WithContext(path_);
  return status_;
}

}  // namespace cellar::storage

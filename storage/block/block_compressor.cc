#include "storage/block/block_compressor.h"

#include <lz4.h>
#include <snappy.h>
#include <zlib.h>
#include <zstd.h>

#include <cstring>

#include "common/base/check.h"

namespace cellar::storage {

namespace {

constexpr int kLongWindowLog = 26;  // covers the largest block
constexpr int kDefaultZstdLevel = 3;
static_assert((size_t{1} << kLongWindowLog) >= kMaxRawBlockBytes);

/// What is not smaller than this is stored as it is.
size_t WorthwhileSize(size_t raw_size) {
  return raw_size - raw_size / 8;
}

Status Damaged(const char* codec) {
  return common::Corruption(std::string(codec) + " data does not decompress to the declared size");
}

Status DecompressSnappy(std::string_view stored, char* raw, size_t raw_size) {
  size_t declared = 0;
  if (!snappy::GetUncompressedLength(stored.data(), stored.size(), &declared) || declared != raw_size ||
      !snappy::RawUncompress(stored.data(), stored.size(), raw))
    return Damaged("snappy");
  return Status();
}

Status DecompressLz4(std::string_view stored, char* raw, size_t raw_size) {
  const int size = LZ4_decompress_safe(stored.data(), raw, static_cast<int>(stored.size()), static_cast<int>(raw_size));
  if (size < 0 || static_cast<size_t>(size) != raw_size) return Damaged("lz4");
  return Status();
}

Status DecompressZlib(std::string_view stored, char* raw, size_t raw_size) {
  uLongf size = raw_size;
  uLong consumed = stored.size();
  const int code =
      uncompress2(reinterpret_cast<Bytef*>(raw), &size, reinterpret_cast<const Bytef*>(stored.data()), &consumed);
  if (code != Z_OK || size != raw_size || consumed != stored.size()) return Damaged("zlib");
  return Status();
}

Status DecompressZstd(std::string_view stored, char* raw, size_t raw_size) {
  const size_t size = ZSTD_decompress(raw, raw_size, stored.data(), stored.size());
  if (ZSTD_isError(size) != 0 || size != raw_size) return Damaged("zstd");
  return Status();
}

}  // namespace

BlockCompressor::BlockCompressor(const model::CompressorSpec& spec) : spec_(spec) {}

BlockCompressor::~BlockCompressor() {
  ZSTD_freeCCtx(zstd_);
}

model::Compressor BlockCompressor::Compress(std::string_view raw, std::string* stored) {
  CHECK(raw.size() <= kMaxRawBlockBytes);
  const size_t size = spec_.compressor == model::Compressor::kNone ? raw.size() : CompressInto(raw, stored);
  if (size >= WorthwhileSize(raw.size())) {
    stored->assign(raw);
    return model::Compressor::kNone;
  }
  stored->resize(size);
  return spec_.compressor;
}

/// Returns the compressed size; raw.size() when it cannot be compressed.
size_t BlockCompressor::CompressInto(std::string_view raw, std::string* stored) {
  switch (spec_.compressor) {
    case model::Compressor::kNone:
      break;
    case model::Compressor::kSnappy: {
      size_t size = 0;
      stored->resize(snappy::MaxCompressedLength(raw.size()));
      snappy::RawCompress(raw.data(), raw.size(), stored->data(), &size);
      return size;
    }
    case model::Compressor::kLz4: {
      stored->resize(static_cast<size_t>(LZ4_compressBound(static_cast<int>(raw.size()))));
      const int size = LZ4_compress_default(raw.data(), stored->data(), static_cast<int>(raw.size()),
                                            static_cast<int>(stored->size()));
      return size > 0 ? static_cast<size_t>(size) : raw.size();
    }
    case model::Compressor::kZlib:
      return CompressZlib(raw, stored);
    case model::Compressor::kZstd:
      return CompressZstd(raw, stored);
  }
  return raw.size();
}

size_t BlockCompressor::CompressZlib(std::string_view raw, std::string* stored) const {
  uLongf size = compressBound(raw.size());
  stored->resize(size);
  const int code =
      compress2(reinterpret_cast<Bytef*>(stored->data()), &size, reinterpret_cast<const Bytef*>(raw.data()), raw.size(),
                spec_.level == 0 ? Z_DEFAULT_COMPRESSION : spec_.level);
  return code == Z_OK ? size : raw.size();
}

size_t BlockCompressor::CompressZstd(std::string_view raw, std::string* stored) {
  if (zstd_ == nullptr) {
    zstd_ = ZSTD_createCCtx();
    CHECK(zstd_ != nullptr);
    ZSTD_CCtx_setParameter(zstd_, ZSTD_c_compressionLevel, spec_.level == 0 ? kDefaultZstdLevel : spec_.level);
    if (spec_.long_window) {
      ZSTD_CCtx_setParameter(zstd_, ZSTD_c_enableLongDistanceMatching, 1);
      ZSTD_CCtx_setParameter(zstd_, ZSTD_c_windowLog, kLongWindowLog);
    }
  }
  stored->resize(ZSTD_compressBound(raw.size()));
  const size_t size = ZSTD_compress2(zstd_, stored->data(), stored->size(), raw.data(), raw.size());
  return ZSTD_isError(size) != 0 ? raw.size() : size;
}

Status Decompress(model::Compressor codec, std::string_view stored, char* raw, size_t raw_size) {
  CHECK(raw_size <= kMaxRawBlockBytes);
  if (stored.size() > raw_size) return common::Corruption("compressed block is larger than the block");
  switch (codec) {
    case model::Compressor::kNone:
      if (stored.size() != raw_size) return common::Corruption("uncompressed block has another size than declared");
      std::memcpy(raw, stored.data(), raw_size);
      return Status();
    case model::Compressor::kSnappy:
      return DecompressSnappy(stored, raw, raw_size);
    case model::Compressor::kLz4:
      return DecompressLz4(stored, raw, raw_size);
    case model::Compressor::kZlib:
      return DecompressZlib(stored, raw, raw_size);
    case model::Compressor::kZstd:
      return DecompressZstd(stored, raw, raw_size);
  }
  return common::Unsupported("unknown codec " + std::to_string(static_cast<int>(codec)));
}

}  // namespace cellar::storage

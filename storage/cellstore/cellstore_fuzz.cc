#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/bytes/coding.h"
#include "common/bytes/crc32c.h"
#include "storage/cellstore/bloom_filter.h"
#include "storage/cellstore/cellstore_dump.h"
#include "storage/cellstore/cellstore_test_data.h"
#include "storage/cellstore/cellstore_verify.h"
#include "storage/cellstore/data_block_cursor.h"
#include "storage/cellstore/file_layout.h"

// The first byte says what the rest is taken for: a block of some kind, a file, or a file whose checksums are repaired
// first, so that what lies behind them is reached too.

namespace cellar::storage {
namespace {

void AttackDataBlock(std::string_view block) {
  DataBlockCursor cursor;
  if (!cursor.Open(block).ok()) return;
  size_t bytes = 0;
  for (cursor.SeekToFirst(); cursor.Valid(); cursor.Next()) bytes += cursor.key().size() + cursor.value().size();
  cursor.Seek(block.substr(0, 20));
  if (cursor.Valid()) cursor.Seek(std::string(cursor.key()));
  CHECK(bytes < size_t{1} << 40);
}

void AttackIndex(std::string_view block, bool is_root) {
  const auto index = IndexBlock::Parse(block, is_root);
  if (!index.ok()) return;
  (void)index->Find(block.substr(0, 5));
  for (uint32_t i = 0; i < index->entry_count() && i < 1000; ++i) (void)index->Entry(i);
}

void AttackFile(const std::string& bytes) {
  MemoryFileSystem files;
  CHECK(files.CreateDirectories("tables/1-7").ok());
  auto file = files.Create(kTestPath, kTestIncarnation);
  CHECK(file.ok() && (*file)->Append(bytes).ok());
  const auto reader = CellStoreReader::Open(files, kTestPath, {});
  if (!reader.ok()) return;
  const auto source = (*reader)->NewSource();
  source->SeekToFirst();
  (void)Drain(*source);
  source->Seek("row");
  (void)(*reader)->MayContain("row", std::vector{model::FamilyId{1}});
  (void)VerifyCellStore(**reader);
  (void)VerifyCellStoreDigest(**reader);
  CellStoreDumpOptions everything;
  everything.blocks = true;
  everything.cells = true;
  (void)DumpCellStore(**reader, everything, [](std::string_view) {});
}

/// Makes every checksum right, as far as the frames can be walked.
void Repair(std::string* bytes) {
  if (bytes->size() < kFileHeaderBytes + kTailBytes) return;
  bytes->replace(0, kFileMagic.size(), kFileMagic);
  bytes->replace(bytes->size() - kTailMagic.size(), kTailMagic.size(), kTailMagic);
  const model::FileId file{common::LoadFixed64(bytes->data() + 16)};
  common::StoreFixed32(bytes->data() + kFileHeaderBytes - 4,
                       common::Crc32c(std::string_view(*bytes).substr(0, kFileHeaderBytes - 4)));
  const size_t tail = bytes->size() - kTailBytes;
  common::StoreFixed64(bytes->data() + tail + 16, file.get());
  common::StoreFixed32(bytes->data() + tail + 24, common::Crc32c(std::string_view(*bytes).substr(tail, 24)));
  for (size_t at = kFileHeaderBytes; at + kFrameHeaderBytes <= tail;) {
    const auto header = FrameHeader::Parse(std::string_view(*bytes).substr(at, kFrameHeaderBytes));
    if (!header.ok() || header->stored_length > tail - at - kFrameHeaderBytes) return;
    std::string frame;
    AppendFrame(file, at, header->kind, header->codec, header->raw_length,
                std::string_view(*bytes).substr(at + kFrameHeaderBytes, header->stored_length), &frame);
    bytes->replace(at, frame.size(), frame);
    at += frame.size();
  }
}

/// A real file with the input written over a part of it.
std::string Overwritten(std::string_view input) {
  SeededRandom random(input.empty() ? 0 : static_cast<uint8_t>(input[0]) % 4);
  CellStoreOptions options;
  options.block_size_bytes = 256;
  options.compressor.compressor = model::Compressor::kNone;
  options.bloom_filter.mode = model::BloomSpec::Mode::kRowsAndColumns;
  MemoryFileSystem files;
  CHECK(WriteTestStore(files, TestCells(random, 60), options).ok());
  std::string bytes = common::ReadWholeFile(files, kTestPath, 1 << 20).value();
  common::Reader reader(input);
  uint8_t skipped = 0;
  (void)reader.GetFixed8(&skipped);
  uint16_t at = 0;
  uint8_t value = 0;
  while (reader.GetFixed16(&at) && reader.GetFixed8(&value)) bytes[at % bytes.size()] = static_cast<char>(value);
  return bytes;
}

void Attack(uint8_t what, std::string_view input) {
  std::string bytes(input);
  switch (what % 8) {
    case 0:
      return AttackDataBlock(input);
    case 1:
      return AttackIndex(input, false);
    case 2:
      return AttackIndex(input, true);
    case 3:
      if (const auto filter = BloomFilter::Parse(input); filter.ok()) (void)filter->MayContain(input.size());
      return;
    case 4:
      if (const auto trailer = CellStoreTrailer::Decode(input); trailer.ok()) {
        CHECK(CellStoreTrailer::Decode(trailer->Encode()).value() == *trailer);
      }
      return;
    case 5:
      return AttackFile(bytes);
    case 6:
      Repair(&bytes);
      return AttackFile(bytes);
    default:
      bytes = Overwritten(input);
      Repair(&bytes);
      return AttackFile(bytes);
  }
}

}  // namespace
}  // namespace cellar::storage

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  cellar::storage::Attack(data[0], std::string_view(reinterpret_cast<const char*>(data) + 1, size - 1));
  return 0;
}

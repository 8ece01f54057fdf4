#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/base/check.h"
#include "common/file/memory_file_system.h"
#include "common/random/random.h"
#include "model/key_codec.h"
#include "storage/cellstore/cellstore_reader.h"
#include "storage/cellstore/cellstore_writer.h"

namespace cellar::storage {

// Cells and files for tests.

/// Encoded key and value, in key order.
using EncodedCells = std::vector<std::pair<std::string, std::string>>;

/// Families 7 and 8 are TIME_ORDER DESC.
inline model::KeyCodec TestCodec() {
  model::FamilySet oldest_first;
  oldest_first.set(7);
  oldest_first.set(8);
  return model::KeyCodec(oldest_first);
}

inline std::string TestBytes(Random& random, size_t max_size) {
  static constexpr char kAlphabet[] = {'\0', '\x01', 'a', 'b', 'c', '\xFE', '\xFF'};
  std::string bytes(random.Uniform(max_size + 1), 'x');
  for (char& byte : bytes) byte = kAlphabet[random.Uniform(sizeof(kAlphabet))];
  return bytes;
}

inline model::KeyView TestKey(Random& random, const std::string& row, const std::string& qualifier) {
  model::KeyView key;
  key.row = row;
  key.qualifier = qualifier;
  key.flag = random.OneIn(5) ? static_cast<model::KeyFlag>(random.Uniform(4)) : model::KeyFlag::kInsert;
  key.family = model::FamilyId{static_cast<uint8_t>(1 + random.Uniform(8))};
  if (key.flag == model::KeyFlag::kDeleteRow) key.family = model::FamilyId{0};
  if (key.flag <= model::KeyFlag::kDeleteFamily) key.qualifier = {};
  key.revision = model::Revision{static_cast<int64_t>(1'700'000'000'000'000'000 + random.Uniform(1'000'000))};
  key.timestamp = key.revision.get();
  if (random.OneIn(4)) key.timestamp = static_cast<int64_t>(random.Uniform(100)) - 50;
  if (random.OneIn(50)) key.timestamp = random.OneIn(2) ? model::kMaxTimestamp : model::kMinTimestamp;
  return key;
}

/// `count` or fewer cells with distinct keys: rows with NULs and FFs, all flags, both time orders.
inline EncodedCells TestCells(Random& random, size_t count) {
  const model::KeyCodec codec = TestCodec();
  EncodedCells cells;
  for (size_t i = 0; i < count; ++i) {
    const std::string row = "r" + TestBytes(random, 4);
    const std::string qualifier = random.OneIn(40) ? std::string(random.Uniform(400), 'q') : TestBytes(random, 3);
    std::string key;
    codec.Encode(TestKey(random, row, qualifier), &key);
    cells.emplace_back(std::move(key), random.OneIn(60) ? std::string(3000, 'v') : TestBytes(random, 20));
  }
  std::sort(cells.begin(), cells.end());
  cells.erase(std::unique(cells.begin(), cells.end(), [](const auto& a, const auto& b) { return a.first == b.first; }),
              cells.end());
  return cells;
}

inline CellStoreIdentity TestIdentity() {
  CellStoreIdentity identity;
  identity.cluster = ClusterId::Parse("000102030405060708090a0b0c0d0e0f").value();
  identity.file = model::FileId{0x0000000100000002};
  identity.table = model::TableId{1, 7};
  identity.generation = model::SchemaGeneration{3};
  identity.access_group = "default";
  return identity;
}

inline constexpr const char* kTestPath = "tables/1-7/0000000100000002";
inline constexpr Incarnation kTestIncarnation{FencingNumber{1, 1}};

inline Result<CellStoreTrailer> WriteTestStore(FileSystem& files, const EncodedCells& cells,
                                               const CellStoreOptions& options,
                                               const CellStoreIdentity& identity = TestIdentity()) {
  RETURN_IF_ERROR(files.CreateDirectories("tables/1-7"));
  ASSIGN_OR_RETURN(auto writer,
                   CellStoreWriter::Create(files, kTestPath, kTestIncarnation, identity, options, TestCodec()));
  for (const auto& [key, value] : cells) RETURN_IF_ERROR(writer->Add(key, value));
  return writer->Finish();
}

inline std::shared_ptr<const CellStoreReader> OpenTestStore(const FileSystem& files, BlockCache* cache = nullptr) {
  CellStoreReadOptions options;
  options.file = TestIdentity().file;
  options.cluster = TestIdentity().cluster;
  options.cache = cache;
  auto reader = CellStoreReader::Open(files, kTestPath, options);
  CHECK(reader.ok());
  return std::move(reader).value();
}

/// Reads from where the source stands to its end.
inline EncodedCells Drain(CellSource& source) {
  EncodedCells cells;
  for (; source.Valid(); source.Next()) cells.emplace_back(source.key(), source.value());
  return cells;
}

}  // namespace cellar::storage

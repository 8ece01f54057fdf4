#include <cstdint>
#include <sstream>

#include "common/file/memory_file_system.h"
#include "storage/metalog/metalog.h"

// Arbitrary bytes as a metalog: as they are, as damage on a valid file, or as records with the checksums made right.

namespace cellar::storage {
namespace {

constexpr char kDirectory[] = "log";

MetaLogHeader FuzzHeader() {
  MetaLogHeader header;
  header.cluster.bytes.fill(7);
  header.incarnation = Incarnation(FencingNumber{.term = 1, .counter = 1});
  header.number = 1;
  return header;
}

std::string WrittenFile() {
  MemoryFileSystem files;
  auto log = MetaLog::Open(files, kDirectory, FuzzHeader().cluster, FuzzHeader().incarnation);
  for (uint64_t id = 0; id < 4; ++id)
    static_cast<void>((*log)->Update(MetaLogRecord::Update({.type = 1, .id = id}, "body")));
  return *common::ReadWholeFile(files, std::string(kDirectory) + "/0000000001", 1 << 20);
}

std::string FileOfRecords(std::string_view records, uint32_t record_count, MetaLogBlockKind kind) {
  MetaLogBlock block;
  block.kind = kind;
  block.sequence = 1;
  block.offset = kMetaLogHeaderBytes;
  block.durable_up_to = kMetaLogHeaderBytes;
  block.record_count = record_count;
  block.records = records;
  return EncodeMetaLogHeader(FuzzHeader()) + EncodeMetaLogBlock(block, FuzzHeader());
}

}  // namespace
}  // namespace cellar::storage

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cellar::storage;
  if (size < 4) return 0;
  static const std::string written = WrittenFile();
  const std::string_view input(reinterpret_cast<const char*>(data) + 4, size - 4);
  std::string bytes(input);
  if (data[0] % 3 == 1) {
    bytes = written;
    const size_t at = (data[1] | (data[2] << 8)) % bytes.size();
    bytes.replace(at, std::min(input.size(), bytes.size() - at), input.substr(0, bytes.size() - at));
  } else if (data[0] % 3 == 2) {
    bytes = FileOfRecords(input, data[1], static_cast<MetaLogBlockKind>(1 + data[2] % 3));
  }
  cellar::MemoryFileSystem files;
  static_cast<void>(files.CreateDirectories(kDirectory));
  auto file = files.Create(std::string(kDirectory) + "/0000000001", FuzzHeader().incarnation);
  static_cast<void>((*file)->Append(bytes));
  std::ostringstream out;
  static_cast<void>(DumpMetaLog(files, kDirectory, out));
  static_cast<void>(ReadMetaLog(files, kDirectory, FuzzHeader().cluster));
  static_cast<void>(MetaLog::Open(files, kDirectory, FuzzHeader().cluster, FuzzHeader().incarnation));
  return 0;
}

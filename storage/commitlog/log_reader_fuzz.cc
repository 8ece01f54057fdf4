#include <cstdint>
#include <sstream>
#include <string>

#include "common/file/memory_file_system.h"
#include "storage/commitlog/log_dump.h"
#include "storage/commitlog/log_reader.h"
#include "storage/commitlog/log_writer.h"

// Arbitrary bytes as fragments of a log. So that the fuzzer gets behind the checksums, the first byte chooses: the
// input as it is, as damage on a valid log, or as a directory with the checksums made right.

namespace cellar::storage {
namespace {

constexpr char kDirectory[] = "log";

LogIdentity FuzzIdentity() {
  LogIdentity identity;
  identity.cluster.bytes.fill(7);
  identity.incarnation = Incarnation(FencingNumber{.term = 1, .counter = 1});
  return identity;
}

void Put(MemoryFileSystem& files, const std::string& name, std::string_view bytes) {
  auto file = files.Create(std::string(kDirectory) + "/" + name, FuzzIdentity().incarnation);
  if (file.ok()) static_cast<void>((*file)->Append(bytes));
}

void ReadAll(MemoryFileSystem& files) {
  std::ostringstream out;
  static_cast<void>(DumpLog(files, kDirectory, FuzzIdentity(), {}, out));
  static_cast<void>(VerifyLog(files, kDirectory, FuzzIdentity()));
  const auto reader = LogReader::Open(files, kDirectory, FuzzIdentity());
  if (!reader.ok()) return;
  ReplaySelection selection;
  selection.table = model::TableId{.space = 1, .number = 1};
  static_cast<void>(
      (*reader)->Replay({&selection, 1}, [](size_t, const ReplayedSection&) { return common::OkStatus(); }));
  static_cast<void>((*reader)->WriteMissingIndexes(files, FuzzIdentity().incarnation));
}

/// Header, one block with `directory` and `payload`, all checksums right.
std::string ValidFragment(LogBlockKind kind, std::string_view directory, std::string_view payload) {
  FragmentHeader header;
  header.identity = FuzzIdentity();
  header.number = 1;
  const FragmentBinding binding(header.identity, header.number);
  BlockHeader block;
  block.kind = kind;
  block.sequence = 1;
  block.offset = kFragmentHeaderBytes;
  block.durable_up_to = kFragmentHeaderBytes;
  block.directory_bytes = static_cast<uint32_t>(directory.size());
  block.payload_bytes = payload.size();
  block.directory_crc = binding.Crc(block.directory_offset(), directory);
  char bytes[kBlockHeaderBytes];
  EncodeBlockHeader(block, binding, bytes);
  std::string out = EncodeFragmentHeader(header);
  out.append(bytes, kBlockHeaderBytes).append(directory).append(payload).append(block.padding_bytes(), '\0');
  return out;
}

std::string WrittenFragment() {
  MemoryFileSystem files;
  auto writer = LogWriter::Open(files, kDirectory, FuzzIdentity(), {});
  LoggedRange range;
  range.table = model::TableId{.space = 1, .number = 1};
  const std::string cells(5000, 'c');
  for (int64_t base = 1; base < 4; ++base) {
    Section section;
    section.range = &range;
    section.base = model::Revision(base);
    section.revision_count = 1;
    section.cells = std::string_view(cells).substr(0, static_cast<size_t>(base) * 1500);
    static_cast<void>((*writer)->Append({&section, 1}));
    static_cast<void>((*writer)->Sync());
  }
  static_cast<void>((*writer)->Roll());
  return *common::ReadWholeFile(files, std::string(kDirectory) + "/" + FragmentName(1), 1 << 20);
}

}  // namespace
}  // namespace cellar::storage

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cellar::storage;
  if (size < 4) return 0;
  static const std::string written = WrittenFragment();
  const std::string_view input(reinterpret_cast<const char*>(data) + 4, size - 4);
  cellar::MemoryFileSystem files;
  static_cast<void>(files.CreateDirectories(kDirectory));
  switch (data[0] % 5) {
    case 0:
      Put(files, FragmentName(1), input);
      break;
    case 1: {
      std::string damaged = written;
      const size_t at = (data[1] | (data[2] << 8)) % damaged.size();
      damaged.replace(at, std::min(input.size(), damaged.size() - at), input.substr(0, damaged.size() - at));
      Put(files, FragmentName(1), damaged);
      break;
    }
    case 2:
      Put(files, FragmentName(1),
          ValidFragment(LogBlockKind::kGroup, input.substr(0, data[1]),
                        input.substr(std::min<size_t>(data[1], input.size()))));
      break;
    case 3:
      static_cast<void>(FragmentIndex::Decode(input, 128 + 8 * data[1]));
      static_cast<void>(DecodeGroupDirectory(input, data[1] | (data[2] << 8)));
      Put(files, FragmentName(1), ValidFragment(LogBlockKind::kPrune, input, {}));
      break;
    default:
      Put(files, FragmentName(1), written);
      Put(files, FragmentIndexName(1), input);
      break;
  }
  ReadAll(files);
  return 0;
}

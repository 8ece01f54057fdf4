#include <algorithm>
#include <utility>

#include "common/bytes/coding.h"
#include "common/bytes/crc32c.h"
#include "storage/commitlog/fragment_file.h"

// The index beside a fragment, `<number>.index`: a help that recovery leaves for the receivers that come after it.

namespace cellar::storage {
namespace {

using common::Crc32c;
using common::LoadFixed16;
using common::LoadFixed32;
using common::LoadFixed64;
using common::StoreFixed16;
using common::StoreFixed32;
using common::StoreFixed64;

constexpr std::string_view kMagic = "CELLRIDX";
constexpr uint16_t kVersion = 1;
constexpr size_t kHeaderBytes = 96;
constexpr size_t kIndexCrcOffset = 88;
constexpr size_t kHeaderCrcOffset = 92;

std::string SidePath(std::string_view fragment_path) {
  return std::string(fragment_path) + ".index";
}

std::string EncodeHeader(const FragmentFile& fragment, uint64_t valid_bytes, uint32_t index_crc) {
  std::string out(kHeaderBytes, '\0');
  char* const raw = out.data();
  kMagic.copy(raw, kMagic.size());
  StoreFixed16(raw + 8, kVersion);
  StoreFixed16(raw + 10, static_cast<uint16_t>(kHeaderBytes));
  raw[12] = static_cast<char>(fragment.identity().log_class);
  fragment.identity().cluster.view().copy(raw + 32, ClusterId::kBytes);
  StoreFixed32(raw + 48, fragment.identity().incarnation.get().term);
  StoreFixed64(raw + 56, fragment.identity().incarnation.get().counter);
  StoreFixed64(raw + 64, fragment.number());
  StoreFixed64(raw + 72, valid_bytes);
  StoreFixed64(raw + 80, fragment.length_bytes());
  StoreFixed32(raw + kIndexCrcOffset, index_crc);
  StoreFixed32(raw + kHeaderCrcOffset, Crc32c(std::string_view(raw, kHeaderCrcOffset)));
  return out;
}

}  // namespace

Result<std::optional<FragmentFile::SideIndex>> FragmentFile::ReadSideIndex(const FileSystem& files) const {
  std::optional<SideIndex> none;
  const Result<std::string> bytes = common::ReadWholeFile(files, SidePath(path_), kHeaderBytes + kMaxDirectoryBytes);
  if (!bytes.ok()) {
    const StatusCode code = bytes.status().code();
    if (code == StatusCode::kNotFound || code == StatusCode::kCorruption) return none;
    return bytes.status();
  }
  if (bytes->size() < kHeaderBytes) return none;
  const std::string_view index_bytes = std::string_view(*bytes).substr(kHeaderBytes);
  const uint64_t valid_bytes = LoadFixed64(bytes->data() + 72);
  // Equal to what would be written for this very file: everything in the header is checked at once.
  if (bytes->substr(0, kHeaderBytes) != EncodeHeader(*this, valid_bytes, Crc32c(index_bytes))) return none;
  if (valid_bytes < kFragmentHeaderBytes || valid_bytes > length_bytes_) return none;
  Result<FragmentIndex> index = FragmentIndex::Decode(index_bytes, valid_bytes);
  if (!index.ok()) return none;
  return std::optional<SideIndex>(SideIndex{.valid_bytes = valid_bytes, .index = std::move(*index)});
}

Status WriteSideIndex(FileSystem& files, const FragmentFile& fragment, uint64_t valid_bytes, const FragmentIndex& index,
                      Incarnation writer) {
  const std::string bytes = index.Encode();
  if (bytes.size() > kMaxDirectoryBytes) return common::OkStatus();  // Too large to be a help.
  auto file = files.Create(SidePath(fragment.path()), writer);
  if (file.status().Is(StatusCode::kAlreadyExists)) return common::OkStatus();
  if (!file.ok()) return file.status();
  const std::string header = EncodeHeader(fragment, valid_bytes, Crc32c(bytes));
  const std::string_view pieces[] = {header, bytes};
  const Result<uint64_t> offset = (*file)->Append(pieces);
  if (!offset.ok()) return offset.status();
  RETURN_IF_ERROR((*file)->Sync());
  return (*file)->Close();
}

}  // namespace cellar::storage

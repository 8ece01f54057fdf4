#include "storage/identity/cluster_identity.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "common/base/check.h"

namespace cellar::storage {
namespace {

constexpr std::string_view kHead = "Cellar cluster\nformat ";
constexpr std::string_view kFormat = "1\n";
constexpr std::string_view kIdWord = "id ";
constexpr uint64_t kMaxBytes = 1024;
constexpr int kMaxAttempts = 16;

/// What lies in the directory.
struct Found {
  std::optional<ClusterId> id;  ///< Of the lowest number that has contents.
  uint64_t highest = 0;         ///< Number; 0: no file.
};

std::string PathOf(uint64_t number) {
  return fmt::format("{}/{}", kIdentityDirectory, number);
}

std::string Contents(const ClusterId& id) {
  return fmt::format("{}{}{}{}\n", kHead, kFormat, kIdWord, id.ToString());
}

/// Contents that are a beginning of a whole file, or nothing: their writer did not come to its end.
bool IsUnfinished(std::string_view text) {
  const std::string whole = Contents(ClusterId());
  const size_t fixed = whole.size() - 2 * ClusterId::kBytes - 1;
  if (text.size() >= whole.size()) return false;
  return whole.substr(0, std::min(fixed, text.size())) == text.substr(0, fixed) ||
         text.find_first_not_of('\0') == std::string_view::npos;
}

Result<std::optional<ClusterId>> ReadOne(const FileSystem& files, const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, common::ReadWholeFile(files, path, kMaxBytes));
  if (IsUnfinished(text)) return std::optional<ClusterId>();
  const auto damaged = [&path] { return common::Corruption(path + " does not read as the name of a cluster"); };
  if (!text.starts_with(kHead)) return damaged();
  std::string_view rest = std::string_view(text).substr(kHead.size());
  if (!rest.starts_with(kFormat)) {
    return common::Unsupported(path +
                               " has a format of a newer Cellar: " + std::string(rest.substr(0, rest.find('\n'))));
  }
  rest.remove_prefix(kFormat.size());
  if (!rest.starts_with(kIdWord) || !rest.ends_with('\n')) return damaged();
  rest.remove_prefix(kIdWord.size());
  rest.remove_suffix(1);
  Result<ClusterId> id = ClusterId::Parse(rest);
  if (!id.ok()) return damaged();
  return std::optional<ClusterId>(*id);
}

Result<Found> Look(const FileSystem& files) {
  Found found;
  auto entries = files.List(kIdentityDirectory);
  if (entries.status().Is(StatusCode::kNotFound)) return found;
  RETURN_IF_ERROR(entries.status());
  std::vector<uint64_t> numbers;
  for (const common::DirectoryEntry& entry : *entries) {
    uint64_t number = 0;
    const char* end = entry.name.data() + entry.name.size();
    const auto parsed = std::from_chars(entry.name.data(), end, number);
    if (parsed.ec == std::errc() && parsed.ptr == end) numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  if (!numbers.empty()) found.highest = numbers.back();
  for (const uint64_t number : numbers) {
    ASSIGN_OR_RETURN(found.id, ReadOne(files, PathOf(number)));
    if (found.id) break;
  }
  return found;
}

Incarnation WriterOf(uint64_t number) {
  return Incarnation(common::FencingNumber{1, number});
}

Status Write(FileSystem& files, uint64_t number, const ClusterId& id) {
  ASSIGN_OR_RETURN(const auto file, files.Create(PathOf(number), WriterOf(number)));
  RETURN_IF_ERROR(file->Append(Contents(id)).status());
  RETURN_IF_ERROR(file->Sync());
  return file->Close();
}

}  // namespace

Result<ClusterId> ReadClusterIdentity(const FileSystem& files) {
  ASSIGN_OR_RETURN(const Found found, Look(files));
  if (!found.id) return common::NotFound("no master has named this cluster yet (cluster/)");
  return *found.id;
}

Result<ClusterId> EnsureClusterIdentity(FileSystem& files, const ClusterId& proposed) {
  CHECK(!proposed.is_none());
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    ASSIGN_OR_RETURN(Found found, Look(files));
    if (!found.id && found.highest > 0) {
      RETURN_IF_ERROR(files.Seal(kIdentityDirectory, WriterOf(found.highest + 1)).status());
      ASSIGN_OR_RETURN(found, Look(files));
    }
    if (found.id) {
      // Read before its writer synced it, perhaps: only what is sealed or synced stays.
      RETURN_IF_ERROR(files.Seal(kIdentityDirectory, WriterOf(found.highest + 1)).status());
      return ReadClusterIdentity(files);
    }
    RETURN_IF_ERROR(files.CreateDirectories(kIdentityDirectory));
    const Status written = Write(files, found.highest + 1, proposed);
    const bool lost = written.Is(StatusCode::kAlreadyExists) || written.Is(StatusCode::kFenced);
    if (!written.ok() && !lost) return written;
  }
  return common::Busy("others are naming this cluster at the same time (cluster/)");
}

}  // namespace cellar::storage

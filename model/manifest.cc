#include "model/manifest.h"

#include <algorithm>

#include "common/bytes/coding.h"
#include "common/bytes/crc32c.h"

namespace cellar::model {

namespace {

using common::PutFixed64;
using common::PutFixed8;
using common::PutLengthPrefixed;
using common::PutVarint64;
using common::PutZigZag64;
using common::Reader;

constexpr uint8_t kEncodingVersion = 1;

void PutBound(const std::optional<std::string>& bound, std::string* out) {
  PutFixed8(out, bound ? 1 : 0);
  if (bound) PutLengthPrefixed(out, *bound);
}

bool GetBound(Reader* in, std::optional<std::string>* bound) {
  uint8_t present = 0;
  if (!in->GetFixed8(&present) || present > 1) return false;
  if (present == 0) return true;
  std::string_view bytes;
  if (!in->GetLengthPrefixed(&bytes)) return false;
  bound->emplace(bytes);
  return true;
}

template <typename Named>
bool GetSigned(Reader* in, Named* value) {
  int64_t number = 0;
  if (!in->GetZigZag64(&number)) return false;
  *value = Named{number};
  return true;
}

bool GetText(Reader* in, std::string* text) {
  std::string_view bytes;
  if (!in->GetLengthPrefixed(&bytes)) return false;
  text->assign(bytes);
  return true;
}

bool GetFileId(Reader* in, FileId* id) {
  uint64_t number = 0;
  if (!in->GetFixed64(&number)) return false;
  *id = FileId{number};
  return true;
}

void PutFile(const ManifestFile& file, std::string* out) {
  PutFixed64(out, file.id.get());
  PutVarint64(out, file.size_bytes);
  PutVarint64(out, file.cell_count);
  PutBound(file.start_row, out);
  PutBound(file.end_row, out);
  PutFixed8(out, file.revision ? 1 : 0);
  if (file.revision) PutZigZag64(out, file.revision->get());
}

bool GetFile(Reader* in, ManifestFile* file) {
  uint8_t has_revision = 0;
  if (!GetFileId(in, &file->id) || !in->GetVarint64(&file->size_bytes) || !in->GetVarint64(&file->cell_count) ||
      !GetBound(in, &file->start_row) || !GetBound(in, &file->end_row) || !in->GetFixed8(&has_revision) ||
      has_revision > 1)
    return false;
  return has_revision == 0 || GetSigned(in, &file->revision.emplace());
}

void PutWindowEntry(const WindowEntry& entry, std::string* out) {
  PutZigZag64(out, entry.session.get());
  PutZigZag64(out, entry.first.get());
  PutZigZag64(out, entry.last.get());
  PutBound(entry.start_row, out);
  PutBound(entry.end_row, out);
  PutZigZag64(out, entry.expires_at);
  PutZigZag64(out, entry.base.get());
  PutLengthPrefixed(out, entry.result);
}

bool GetWindowEntry(Reader* in, WindowEntry* entry) {
  return GetSigned(in, &entry->session) && GetSigned(in, &entry->first) && GetSigned(in, &entry->last) &&
         entry->first <= entry->last && GetBound(in, &entry->start_row) && GetBound(in, &entry->end_row) &&
         in->GetZigZag64(&entry->expires_at) && GetSigned(in, &entry->base) && GetText(in, &entry->result);
}

/// A list whose elements take at least one byte each, so that a count is checked before anything is allocated.
template <typename T, typename Get>
bool GetList(Reader* in, std::vector<T>* list, const Get& get) {
  uint64_t count = 0;
  if (!in->GetVarint64(&count) || count > in->remaining_bytes()) return false;
  for (uint64_t i = 0; i < count; ++i)
    if (!get(in, &list->emplace_back())) return false;
  return true;
}

bool GetGroup(Reader* in, ManifestGroup* group) {
  return GetText(in, &group->name) && GetSigned(in, &group->flushed) && GetList(in, &group->files, GetFile);
}

bool GetDropped(Reader* in, DroppedFile* file) {
  return GetFileId(in, &file->id) && in->GetZigZag64(&file->dropped_at);
}

bool GetBody(Reader* in, Manifest* manifest) {
  uint64_t number = 0;
  if (!in->GetVarint64(&number) || !GetBound(in, &manifest->start_row) || !GetBound(in, &manifest->end_row) ||
      !GetSigned(in, &manifest->history_floor) || !GetList(in, &manifest->groups, GetGroup) ||
      !GetList(in, &manifest->dropped, GetDropped) || !GetList(in, &manifest->window, GetWindowEntry))
    return false;
  manifest->number = ManifestNumber{number};
  return in->empty();
}

}  // namespace

const ManifestGroup* Manifest::FindGroup(std::string_view name) const {
  for (const ManifestGroup& group : groups)
    if (group.name == name) return &group;
  return nullptr;
}

ManifestGroup* Manifest::FindGroup(std::string_view name) {
  return const_cast<ManifestGroup*>(static_cast<const Manifest*>(this)->FindGroup(name));
}

Revision Manifest::min_flushed() const {
  if (groups.empty()) return Revision{};
  Revision least = groups.front().flushed;
  for (const ManifestGroup& group : groups) least = std::min(least, group.flushed);
  return least;
}

Revision Manifest::max_flushed() const {
  Revision most;
  for (const ManifestGroup& group : groups) most = std::max(most, group.flushed);
  return most;
}

std::string Manifest::Encode() const {
  std::string out;
  PutFixed8(&out, kEncodingVersion);
  PutVarint64(&out, number.get());
  PutBound(start_row, &out);
  PutBound(end_row, &out);
  PutZigZag64(&out, history_floor.get());
  PutVarint64(&out, groups.size());
  for (const ManifestGroup& group : groups) {
    PutLengthPrefixed(&out, group.name);
    PutZigZag64(&out, group.flushed.get());
    PutVarint64(&out, group.files.size());
    for (const ManifestFile& file : group.files) PutFile(file, &out);
  }
  PutVarint64(&out, dropped.size());
  for (const DroppedFile& file : dropped) {
    PutFixed64(&out, file.id.get());
    PutZigZag64(&out, file.dropped_at);
  }
  PutVarint64(&out, window.size());
  for (const WindowEntry& entry : window) PutWindowEntry(entry, &out);
  common::PutFixed32(&out, common::Crc32c(out));
  return out;
}

Result<Manifest> Manifest::Decode(std::string_view bytes) {
  constexpr size_t kChecksumBytes = 4;
  if (bytes.size() <= kChecksumBytes || bytes.size() > kMaxManifestBytes)
    return common::Corruption("manifest: " + std::to_string(bytes.size()) + " bytes");
  if (static_cast<uint8_t>(bytes[0]) != kEncodingVersion)
    return common::Unsupported("manifest: encoding version " + std::to_string(static_cast<uint8_t>(bytes[0])) +
                               " is not known");
  const std::string_view body = bytes.substr(0, bytes.size() - kChecksumBytes);
  if (common::LoadFixed32(bytes.data() + body.size()) != common::Crc32c(body))
    return common::Corruption("manifest: checksum does not match");
  Reader in(body.substr(1));
  Manifest manifest;
  if (!GetBody(&in, &manifest))
    return common::Corruption("manifest: damaged at byte " + std::to_string(in.offset() + 1));
  return manifest;
}

}  // namespace cellar::model

#include "storage/commitlog/log_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "storage/commitlog/chain_builder.h"
#include "storage/commitlog/section_replay.h"

namespace cellar::storage {

Status LogDamage::ToStatus() const {
  return common::Corruption(
      fmt::format("{}: damaged at offset {}, {} bytes; writes of the log are missing", file, offset, bytes));
}

Result<std::unique_ptr<LogReader>> LogReader::Open(const FileSystem& files, std::string directory,
                                                   const LogIdentity& identity,
                                                   std::span<const common::SealedFile> sealed) {
  return ChainBuilder(files, std::move(directory), identity).Build(sealed);
}

std::vector<Status> LogReader::Replay(std::span<const ReplaySelection> selections, const SectionVisitor& visit) const {
  SectionReplay replay(selections, visit);
  for (const LogDamage& damage : damage_) replay.NoteDamage(damage);
  for (const LogFragment& fragment : fragments_) replay.ReplayFragment(fragment);
  return std::move(replay).TakeStatuses();
}

Status LogReader::WriteMissingIndexes(FileSystem& files, Incarnation writer) const {
  for (const LogFragment& fragment : fragments_) {
    if (!fragment.scanned || fragment.damaged || fragment.index.blocks().empty()) continue;
    RETURN_IF_ERROR(WriteSideIndex(files, *fragment.file, fragment.valid_bytes, fragment.index, writer));
  }
  return common::OkStatus();
}

model::Revision LogReader::max_revision() const {
  model::Revision max{INT64_MIN};
  for (const LogFragment& fragment : fragments_) {
    for (const auto& [range, entry] : fragment.index.ranges()) max = std::max(max, entry.max_revision);
  }
  return max;
}

}  // namespace cellar::storage

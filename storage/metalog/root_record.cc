#include "storage/metalog/root_record.h"

#include <utility>
#include <vector>

#include "model/file_names.h"
#include "model/scan_block.h"
#include "storage/metalog/metalog_reader.h"

namespace cellar::storage {

std::string RootMetaLogDirectory(Incarnation owner) {
  return std::string(kRootDirectory) + "/" + model::IncarnationName(owner);
}

std::string EncodeRootRecord(const model::RangeRecord& record) {
  model::ScanBlockWriter writer;
  for (const model::Cell& cell : model::EncodeRangeRecord(record)) writer.Add(cell.view());
  return writer.Finish();
}

Result<std::optional<model::RangeRecord>> DecodeRootRecord(const Entities& entities) {
  const auto found = entities.find(kRootRecord);
  if (found == entities.end()) return std::optional<model::RangeRecord>();
  ASSIGN_OR_RETURN(const std::vector<model::Cell> cells, model::DecodeScanBlock(found->second));
  const model::RangeKey root = model::RootRange();
  ASSIGN_OR_RETURN(model::RangeRecord record,
                   model::DecodeRangeRecord(model::MetadataRowName(root.table, root.end_row), cells));
  return std::optional<model::RangeRecord>(std::move(record));
}

Result<std::optional<model::RangeRecord>> ReadRootRecord(const FileSystem& files, const ClusterId& cluster) {
  const auto entries = files.List(kRootDirectory);
  if (entries.status().Is(StatusCode::kNotFound)) return std::optional<model::RangeRecord>();
  if (!entries.ok()) return entries.status();
  for (auto entry = entries->rbegin(); entry != entries->rend(); ++entry) {
    const std::string directory = std::string(kRootDirectory) + "/" + entry->name;
    if (!entry->is_directory || !model::ParseIncarnationName(entry->name)) {
      return common::Corruption(directory + " is not the root metalog of an incarnation");
    }
    ASSIGN_OR_RETURN(const MetaLogState state, ReadMetaLog(files, directory, cluster));
    if (state.is_new()) continue;  // its owner died before it was opened
    auto record = DecodeRootRecord(state.entities);
    if (!record.ok()) return std::move(record).status().WithContext(directory);
    return record;
  }
  return std::optional<model::RangeRecord>();
}

}  // namespace cellar::storage

#include "rangeserver/service/pipelines.h"

namespace cellar::rangeserver {

WritePipeline* Pipelines::Find(storage::LogClass log_class) const {
  switch (log_class) {
    case storage::LogClass::kRoot:
      return root.get();
    case storage::LogClass::kMetadata:
      return metadata.get();
    case storage::LogClass::kUser:
      break;
  }
  return user.get();
}

WritePipeline& Pipelines::For(model::TableId table, std::string_view row) const {
  if (table != model::kMetadataTable) return *user;
  return model::RootRange().Contains(row) ? *root : *metadata;
}

}  // namespace cellar::rangeserver

#include "master/recovery/bootstrap.h"

#include "model/system_schemas.h"

namespace cellar::master {

Task<Status> AddFirstNames(Catalog& catalog) {
  const PathEntry first_namespace(true, "0");
  for (const char* path : {"/", "/sys", "/tmp"}) {
    CO_RETURN_IF_ERROR(co_await catalog.AddPath(path, first_namespace));
  }
  const PathEntry metadata(false, model::kMetadataTable.ToString());
  CO_RETURN_IF_ERROR(co_await catalog.AddPath("/sys/METADATA", metadata));
  const PathEntry itself(false, model::kCatalogTable.ToString());
  co_return co_await catalog.AddPath("/sys/CATALOG", itself);
}

}  // namespace cellar::master

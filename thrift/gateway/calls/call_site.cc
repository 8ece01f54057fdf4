#include "thrift/gateway/calls/call_site.h"

#include "hql/executor/guid.h"
#include "hql/executor/path.h"

namespace cellar::thrift {

Result<std::string> CallSite::PathOf(int64_t namespace_id, std::string_view name) const {
  ASSIGN_OR_RETURN(const std::shared_ptr<OpenNamespace> space, objects->Find<OpenNamespace>(namespace_id));
  return hql::ResolvePath(space->path(), name);
}

std::string CallSite::NewGuid() const {
  const MutexLock lock(parts.random_mutex);
  return hql::NewGuid(parts.random);
}

}  // namespace cellar::thrift

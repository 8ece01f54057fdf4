#pragma once

#include <memory>

#include "common/concurrency/cancellation.h"
#include "common/concurrency/task_group.h"
#include "master/service/master.h"
#include "master/service/master_status.h"
#include "rangeserver/service/range_server.h"
#include "rangeserver/service/server_status.h"
#include "server/daemon.h"
#include "server/published_section.h"

namespace cellar::tools {

/// Shows a process's roles on its status pages: what they say of themselves once a second, as sections of /status and
/// as metrics. Loop only, but for construction and destruction. Stop before the roles go.
class StatusPublisher {
 public:
  /// Borrows all.
  StatusPublisher(server::Daemon& daemon, Executor& executor, const master::Master& master,
                  const rangeserver::RangeServer& range_server);

  void Start();
  Task<void> Stop();

 private:
  Task<void> Run();

  Executor& executor_;
  const master::Master& master_;
  const rangeserver::RangeServer& range_server_;
  server::PublishedSection master_section_;
  server::PublishedSection range_server_section_;
  master::MasterStatusMetrics master_metrics_;
  rangeserver::ServerStatusMetrics range_server_metrics_;
  CancellationSource stop_;
  TaskGroup tasks_;
};

}  // namespace cellar::tools

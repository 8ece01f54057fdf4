#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/concurrency/cancellation.h"
#include "common/concurrency/task_group.h"
#include "common/metrics/metrics_registry.h"
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
  /// Borrows both.
  StatusPublisher(server::Daemon& daemon, Executor& executor)
      : daemon_(daemon), executor_(executor), tasks_(executor) {}

  /// Before Start. Each borrows its role.
  void Show(const master::Master& master);
  void Show(const rangeserver::RangeServer& range_server);

  void Start();
  Task<void> Stop();

 private:
  template <typename Role, typename Metrics>
  class Shown {
   public:
    Shown(server::Daemon& daemon, const Role& role);
    void Publish();

   private:
    const Role& role_;
    server::PublishedSection section_;
    Metrics metrics_;
  };

  Task<void> Run();

  server::Daemon& daemon_;
  Executor& executor_;
  std::optional<Shown<master::Master, master::MasterStatusMetrics>> master_;
  std::optional<Shown<rangeserver::RangeServer, rangeserver::ServerStatusMetrics>> range_server_;
  CancellationSource stop_;
  TaskGroup tasks_;
};

}  // namespace cellar::tools

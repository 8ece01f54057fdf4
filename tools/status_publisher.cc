#include "tools/status_publisher.h"

namespace cellar::tools {
namespace {

constexpr Nanos kInterval = kSecond;

}  // namespace

StatusPublisher::StatusPublisher(server::Daemon& daemon, Executor& executor, const master::Master& master,
                                 const rangeserver::RangeServer& range_server)
    : executor_(executor),
      master_(master),
      range_server_(range_server),
      master_section_(daemon.status_pages(), "master"),
      range_server_section_(daemon.status_pages(), "rangeserver"),
      master_metrics_(daemon.metrics()),
      range_server_metrics_(daemon.metrics()),
      tasks_(executor) {}

void StatusPublisher::Start() {
  tasks_.Spawn(Run(), "status pages");
}

Task<void> StatusPublisher::Run() {
  while (true) {
    const protocol::MasterStatusResponse master = master_.status();
    master_section_.Publish(master::StatusAsJson(master));
    master_metrics_.Refresh(master);
    const protocol::ServerStatusResponse server = range_server_.status();
    range_server_section_.Publish(rangeserver::StatusAsJson(server));
    range_server_metrics_.Refresh(server);
    const bool stopped = co_await stop_.token().SleepUntil(Deadline::After(executor_.clock(), kInterval));
    if (stopped) co_return;
  }
}

Task<void> StatusPublisher::Stop() {
  stop_.Cancel();
  co_await tasks_.Join();
}

}  // namespace cellar::tools

#include "tools/processes/status_publisher.h"

#include <type_traits>

namespace cellar::tools {
namespace {

constexpr Nanos kInterval = kSecond;

}  // namespace

template <typename Role, typename Metrics>
StatusPublisher::Shown<Role, Metrics>::Shown(server::Daemon& daemon, const Role& role)
    : role_(role),
      section_(daemon.status_pages(), std::is_same_v<Role, master::Master> ? "master" : "rangeserver"),
      metrics_(daemon.metrics()) {}

template <typename Role, typename Metrics>
void StatusPublisher::Shown<Role, Metrics>::Publish() {
  using master::StatusAsJson;
  using rangeserver::StatusAsJson;
  const auto status = role_.status();
  section_.Publish(StatusAsJson(status));
  metrics_.Refresh(status);
}

void StatusPublisher::Show(const master::Master& master) {
  master_.emplace(daemon_, master);
}

void StatusPublisher::Show(const rangeserver::RangeServer& range_server) {
  range_server_.emplace(daemon_, range_server);
}

void StatusPublisher::Start() {
  tasks_.Spawn(Run(), "status pages");
}

Task<void> StatusPublisher::Run() {
  while (true) {
    if (master_) master_->Publish();
    if (range_server_) range_server_->Publish();
    const bool stopped = co_await stop_.token().SleepUntil(Deadline::After(executor_.clock(), kInterval));
    if (stopped) co_return;
  }
}

Task<void> StatusPublisher::Stop() {
  stop_.Cancel();
  co_await tasks_.Join();
}

}  // namespace cellar::tools

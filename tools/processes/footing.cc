#include "tools/processes/footing.h"

#include <utility>

#include "common/concurrency/block_on.h"
#include "rpc/tcp/asio_poller.h"
#include "server/settings.h"

namespace cellar::tools {

Footing::Footing(RoleSeams seams) : seams_(seams), random_(common::SystemSeed()) {
  auto poller = std::make_unique<rpc::AsioPoller>();
  rpc::AsioPoller& asio = *poller;
  common::ThreadedExecutorOptions threads;
  threads.name = "cellar";
  executor_ = std::make_unique<common::ThreadedExecutor>(seams_.daemon.clock(), threads, std::move(poller));
  transport_ = std::make_unique<rpc::TcpTransport>(*executor_, asio);
}

Result<rpc::Address> Footing::ListenAddress(int64_t port) const {
  ASSIGN_OR_RETURN(const uint16_t moved, server::OffsetPort(port, seams_.port_offset));
  return rpc::Address(seams_.daemon.settings().Get(server::kAddressSetting), moved);
}

std::string Footing::AnnouncedHost() const {
  return seams_.daemon.settings().Get(server::kAnnouncedHostSetting);
}

std::function<void(std::string)> Footing::TellGuard() const {
  return [guard = seams_.guard](const std::string& words) {
    if (guard != nullptr) guard->SetLastWords(words);
  };
}

Status Footing::CheckPorts(std::vector<int64_t> ports) {
  return common::BlockOn(*executor_, TryPorts(std::move(ports)));
}

Task<Status> Footing::TryPorts(std::vector<int64_t> ports) {
  for (const int64_t port : ports) {
    CO_TRY(const rpc::Address address, ListenAddress(port));
    const auto listener = transport_->Listen(address);
    const bool taken = listener.status().Is(StatusCode::kAlreadyExists);
    if (taken) co_return listener.status().WithContext("a port is in use (--port-offset moves them all)");
    CO_RETURN_IF_ERROR(listener.status());
  }
  co_return common::OkStatus();
}

}  // namespace cellar::tools

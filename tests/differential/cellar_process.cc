#include "tests/differential/cellar_process.h"

#include <signal.h>

#include <utility>

#include "common/time/clock.h"
#include "server/endpoints.h"

namespace cellar::tests {
namespace {

constexpr Nanos kPatience = 60 * kSecond;

}  // namespace

Result<std::unique_ptr<CellarProcess>> CellarProcess::Start(std::string executable, std::string folder,
                                                            uint16_t port_offset) {
  std::unique_ptr<CellarProcess> process(new CellarProcess(std::move(executable), std::move(folder), port_offset));
  RETURN_IF_ERROR(process->Begin());
  return process;
}

Status CellarProcess::Begin() {
  ASSIGN_OR_RETURN(process_, ChildProcess::Start({executable_, "start", "--data-dir", folder_ + "/data",
                                                  "--port-offset", std::to_string(port_offset_)},
                                                 folder_ + "/output.log"));
  return process_->ReadLine(kPatience).status().WithContext("cellar start, see " + folder_ + "/output.log");
}

Status CellarProcess::Restart() {
  process_->Signal(kills_next_ ? SIGKILL : SIGTERM);
  kills_next_ = !kills_next_;
  if (!process_->AwaitEnd(kPatience)) return common::TimedOut("cellar does not end");
  return Begin();
}

std::string CellarProcess::url() const {
  return "cellar://127.0.0.1:" + std::to_string(server::kLockServicePort + port_offset_);
}

uint16_t CellarProcess::gateway_port() const {
  return static_cast<uint16_t>(server::kGatewayPort + port_offset_);
}

}  // namespace cellar::tests

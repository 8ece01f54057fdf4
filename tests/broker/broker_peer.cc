#include <signal.h>
#include <sys/resource.h>

#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/check.h"
#include "common/concurrency/parker.h"
#include "common/file/local_file_system.h"
#include "common/random/random.h"
#include "common/time/system_clock.h"
#include "fsbroker/broker/broker_server.h"
#include "fsbroker/client/broker_file_system.h"

// One process of broker_process_test.cc, which stops itself where it is told to:
//
//   broker_peer serve ROOT PORT [STEP NTH]    a broker; stops at that step of the storage
//   broker_peer serve-full ROOT PORT BYTES    a broker whose files have room for so many bytes each
//   broker_peer write PORT PATH [ACTION]      creates, then appends 10 bytes and syncs, three times; stops before
//   action
//                                             ACTION (0 the create, 1 the first append, 2 the first sync, …)
//   broker_peer seal PORT DIRECTORY           seals
//
// The writer is of incarnation 1.1, the sealer of 1.2. Each says how it went in one line.

namespace cellar::tests {
namespace {

int64_t Number(std::string_view text) {
  int64_t number = 0;
  CHECK(std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc());
  return number;
}

void Say(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

std::unique_ptr<FileSystem> Connect(std::string_view port, const Clock& clock) {
  fsbroker::BrokerOptions options;
  options.address = rpc::Address("127.0.0.1", static_cast<uint16_t>(Number(port)));
  return fsbroker::BrokerFileSystem::Connect(options, clock, common::SystemSeed()).value();
}

int Serve(const std::vector<std::string>& arguments) {
  LocalFileSystemOptions stopping;
  if (arguments.size() > 2) {
    const auto step = static_cast<common::LocalStep>(Number(arguments[2]));
    const auto left = std::make_shared<std::atomic<int64_t>>(Number(arguments[3]));
    stopping.on_step = [step, left](common::LocalStep reached) {
      if (reached == step && --*left == 0) ::raise(SIGSTOP);
    };
  }
  const common::SystemClock clock;
  MetricsRegistry metrics;
  const auto files = LocalFileSystem::OpenRoot(arguments[0], stopping).value();
  fsbroker::BrokerServerOptions options;
  options.listen = rpc::Address("127.0.0.1", static_cast<uint16_t>(Number(arguments[1])));
  const auto server = fsbroker::BrokerServer::Start(*files, clock, metrics, Logger(), options).value();
  Say("ready " + std::to_string(server->port()));
  common::Parker().Park();
  return 0;
}

/// As on a disk that is full: nothing of a file fits beyond `bytes`.
void LimitFiles(int64_t bytes) {
  const rlimit limit{.rlim_cur = static_cast<rlim_t>(bytes), .rlim_max = static_cast<rlim_t>(bytes)};
  CHECK(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
  CHECK(::signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
}

int Write(const std::vector<std::string>& arguments) {
  const common::SystemClock clock;
  const std::unique_ptr<FileSystem> files = Connect(arguments[0], clock);
  int64_t actions_left = arguments.size() > 2 ? Number(arguments[2]) : -1;
  const auto act = [&actions_left] {
    if (actions_left-- == 0) ::raise(SIGSTOP);
  };
  int acknowledged = 0;
  act();
  auto file = files->Create(arguments[1], Incarnation(FencingNumber{.term = 1, .counter = 1}));
  Status status = file.status();
  for (int i = 0; i < 3 && status.ok(); ++i) {
    act();
    status = (*file)->Append("0123456789").status();
    if (!status.ok()) break;
    act();
    status = (*file)->Sync();
    if (status.ok()) acknowledged += 10;
  }
  Say(std::to_string(acknowledged) + " " + status.ToString());
  return 0;
}

int Seal(const std::vector<std::string>& arguments) {
  const common::SystemClock clock;
  const std::unique_ptr<FileSystem> files = Connect(arguments[0], clock);
  const auto sealed = files->Seal(arguments[1], Incarnation(FencingNumber{.term = 1, .counter = 2}));
  uint64_t length = 0;
  if (sealed.ok() && !sealed->empty()) length = sealed->front().length_bytes;
  Say(std::to_string(length) + " " + sealed.status().ToString());
  return 0;
}

}  // namespace
}  // namespace cellar::tests

int main(int argc, char** argv) {
  CHECK(argc >= 4);
  const std::string_view verb = argv[1];
  const std::vector<std::string> arguments(argv + 2, argv + argc);
  if (verb == "serve-full") {
    cellar::tests::LimitFiles(cellar::tests::Number(arguments.at(2)));
    return cellar::tests::Serve({arguments[0], arguments[1]});
  }
  if (verb == "serve") return cellar::tests::Serve(arguments);
  return verb == "write" ? cellar::tests::Write(arguments) : cellar::tests::Seal(arguments);
}

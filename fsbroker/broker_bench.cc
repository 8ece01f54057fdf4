#include <benchmark/benchmark.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "common/base/check.h"
#include "common/concurrency/parker.h"
#include "common/file/local_file_system.h"
#include "common/file/local_test_directory.h"
#include "common/random/random.h"
#include "common/time/system_clock.h"
#include "fsbroker/broker/broker_server.h"
#include "fsbroker/client/broker_file_system.h"

// What the hop through a broker costs: files in process beside the same files through a broker in a process of its own.

namespace cellar::fsbroker {
namespace {

const Incarnation kLife(FencingNumber{.term = 1, .counter = 1});
constexpr size_t kFileBytes = 64 << 20;

/// A broker of `root` in a child process, until this goes. Made before any thread.
class BrokerChild {
 public:
  explicit BrokerChild(const std::string& root) {
    int ends[2];
    CHECK(::pipe(ends) == 0);
    pid_ = ::fork();
    CHECK(pid_ >= 0);
    if (pid_ == 0) Serve(root, ends[1]);
    CHECK(::read(ends[0], &port_, sizeof(port_)) == sizeof(port_));
  }
  ~BrokerChild() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  BrokerChild(const BrokerChild&) = delete;
  BrokerChild& operator=(const BrokerChild&) = delete;

  uint16_t port() const { return port_; }

 private:
  [[noreturn]] static void Serve(const std::string& root, int tell) {
    const common::SystemClock clock;
    MetricsRegistry metrics;
    const auto files = LocalFileSystem::OpenRoot(root).value();
    BrokerServerOptions options;
    options.listen = rpc::Address("127.0.0.1", 0);
    const auto server = BrokerServer::Start(*files, clock, metrics, Logger(), options).value();
    const uint16_t port = server->port();
    CHECK(::write(tell, &port, sizeof(port)) == sizeof(port));
    while (true) common::Parker().Park();
  }

  pid_t pid_ = 0;
  uint16_t port_ = 0;
};

void AppendAndSync(benchmark::State& state, FileSystem& files, const std::string& path) {
  const std::string block(static_cast<size_t>(state.range(0)), 'b');
  std::unique_ptr<WritableFile> file;
  size_t in_file = kFileBytes;
  for (auto _ : state) {
    if (in_file >= kFileBytes) {
      state.PauseTiming();
      file.reset();
      static_cast<void>(files.Remove(path));
      file = files.Create(path, kLife).value();
      in_file = 0;
      state.ResumeTiming();
    }
    CHECK(file->Append(block).ok());
    CHECK(file->Sync().ok());
    in_file += block.size();
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void Append(benchmark::State& state, FileSystem& files, const std::string& path) {
  const std::string block(static_cast<size_t>(state.range(0)), 'b');
  for (auto _ : state) {
    static_cast<void>(files.Remove(path));
    const auto file = files.Create(path, kLife).value();
    for (size_t done = 0; done < kFileBytes; done += block.size()) CHECK(file->Append(block).ok());
    CHECK(file->Sync().ok());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(kFileBytes));
}

void Read(benchmark::State& state, FileSystem& files, const std::string& path) {
  static_cast<void>(files.Remove(path));
  {
    const auto writer = files.Create(path, kLife).value();
    CHECK(writer->Append(std::string(kFileBytes, 'r')).ok() && writer->Sync().ok());
  }
  const auto file = files.Open(path).value();
  std::string block(static_cast<size_t>(state.range(0)), '\0');
  uint64_t at = 0;
  for (auto _ : state) {
    CHECK(file->Read(at, block.size(), block.data()).value() == block.size());
    at = (at + block.size()) % kFileBytes;
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void RegisterFor(FileSystem& files, const std::string& name) {
  const auto on = [&files, name](auto measure) {
    return [&files, name, measure](benchmark::State& state) { measure(state, files, name); };
  };
  benchmark::RegisterBenchmark(("append+sync/" + name).c_str(), on(&AppendAndSync))->Arg(64 << 10)->UseRealTime();
  benchmark::RegisterBenchmark(("append/" + name).c_str(), on(&Append))->Arg(256 << 10)->UseRealTime();
  benchmark::RegisterBenchmark(("read/" + name).c_str(), on(&Read))->Arg(16 << 10)->Arg(64 << 10)->UseRealTime();
}

int Run(int argc, char** argv) {
  const common::LocalTestDirectory directory;
  const BrokerChild broker(directory.path());
  const common::SystemClock clock;
  const auto local = LocalFileSystem::OpenRoot(directory.path()).value();
  BrokerOptions options;
  options.address = rpc::Address("127.0.0.1", broker.port());
  const auto brokered = BrokerFileSystem::Connect(options, clock, common::SystemSeed()).value();
  RegisterFor(*local, "local");
  RegisterFor(*brokered, "broker");
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace
}  // namespace cellar::fsbroker

int main(int argc, char** argv) {
  return cellar::fsbroker::Run(argc, argv);
}

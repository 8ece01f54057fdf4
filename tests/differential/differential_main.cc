#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "common/time/system_clock.h"
#include "tests/differential/cellar_process.h"
#include "tests/differential/client_path.h"
#include "tests/differential/differential_run.h"
#include "tests/differential/gateway_path.h"

namespace cellar::tests {
namespace {

struct Arguments {
  std::string executable;
  uint16_t port_offset = 9000;
  DifferentialOptions options;
};

void Show(const DifferentialCounts& counts, double seconds) {
  std::printf(
      "%.0f s: %llu worlds, %llu specs and %llu mutations by each path (%llu conditional), %llu cells and %llu "
      "refusals equal, %llu answers by indexes; %llu compactions, %llu alters and %llu of indexes, %llu restarts\n",
      seconds, static_cast<unsigned long long>(counts.worlds), static_cast<unsigned long long>(counts.specs),
      static_cast<unsigned long long>(counts.mutations), static_cast<unsigned long long>(counts.conditional),
      static_cast<unsigned long long>(counts.cells), static_cast<unsigned long long>(counts.refusals),
      static_cast<unsigned long long>(counts.by_index), static_cast<unsigned long long>(counts.compactions),
      static_cast<unsigned long long>(counts.alters), static_cast<unsigned long long>(counts.index_alters),
      static_cast<unsigned long long>(counts.restarts));
  std::fflush(stdout);
}

Status RunIn(const std::string& folder, const Arguments& arguments) {
  const common::SystemClock clock;
  ASSIGN_OR_RETURN(const auto cellar, CellarProcess::Start(arguments.executable, folder, arguments.port_offset));
  client::ClientOptions options;
  options.lock_service_url = cellar->url();
  ASSIGN_OR_RETURN(const auto client, client::Client::Connect(options));
  ASSIGN_OR_RETURN(const auto other, client::Client::Connect(options));
  ClientPath by_client(*client);
  GatewayPath by_gateway(cellar->gateway_port());
  const auto restart = [&]() -> Status {
    RETURN_IF_ERROR(cellar->Restart());
    by_gateway.Connect(cellar->gateway_port());
    return common::OkStatus();
  };
  DifferentialRun run(DifferentialSeams{*other, {&by_client, &by_gateway}, restart, clock}, arguments.options);
  constexpr Nanos kBetweenLines = 10 * kSecond;
  const Nanos began = clock.MonotonicNow();
  Nanos shown = began;
  const auto seconds = [&] { return static_cast<double>(clock.MonotonicNow() - began) / kSecond; };
  const Status status = run.Run([&](const DifferentialCounts& counts) {
    if (clock.MonotonicNow() - shown < kBetweenLines) return;
    shown = clock.MonotonicNow();
    Show(counts, seconds());
  });
  Show(run.counts(), seconds());
  return status;
}

int Main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("Random writes and scans of a real Cellar, by the C++ client and by Thrift, against the evaluator");
  app.add_option("cellar", arguments.executable, "the executable to start")->required();
  app.add_option("--count", arguments.options.spec_count, "specs and mutations by each path")->default_val(100'000);
  app.add_option("--seed", arguments.options.seed, "of the first world")->default_val(1);
  app.add_option("--worlds-per-restart", arguments.options.worlds_per_restart, "0: none")->default_val(20);
  app.add_option("--port-offset", arguments.port_offset, "of its ports")->default_val(9000);
  CLI11_PARSE(app, argc, argv);
  std::string folder = (std::filesystem::temp_directory_path() / "cellar-differential-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return 1;
  const Status status = RunIn(folder, arguments);
  if (!status.ok()) {
    std::printf("%s\nwhat it left is in %s\n", status.ToString().c_str(), folder.c_str());
    return 1;
  }
  std::filesystem::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace cellar::tests

int main(int argc, char** argv) {
  return cellar::tests::Main(argc, argv);
}

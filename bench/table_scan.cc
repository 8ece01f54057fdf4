// table_scan LOCK_SERVICE_URL TABLE ROUNDS: scans a whole table by the C++ client; a line a round: cells, seconds of
// wall, of this process's CPU. For benchmarks of clients in other languages, which run it beside their own.

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "bench/read_out.h"
#include "bench/stopwatch.h"
#include "client/cpp/include/client.h"

namespace cellar::bench {
namespace {

Result<RunCost> ScanOnce(client::Table& table) {
  RunCost cost;
  const Stopwatch stopwatch;
  model::ScanSpec spec;
  spec.max_versions = 1;
  ASSIGN_OR_RETURN(const std::unique_ptr<client::Scanner> scanner, table.NewScanner(std::move(spec)));
  RETURN_IF_ERROR(ReadOut(*scanner, &cost));
  stopwatch.Read(&cost);
  return cost;
}

Status Run(const char* url, const char* path, int rounds) {
  client::ClientOptions options;
  options.lock_service_url = url;
  ASSIGN_OR_RETURN(const std::unique_ptr<client::Client> client, client::Client::Connect(options));
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Table> table, client->OpenTable(path));
  for (int round = 0; round < rounds; ++round) {
    ASSIGN_OR_RETURN(const RunCost cost, ScanOnce(*table));
    std::printf("%llu %.6f %.6f\n", static_cast<unsigned long long>(cost.operations), cost.wall_seconds,
                cost.client_cpu_seconds);
    std::fflush(stdout);
  }
  return common::OkStatus();
}

}  // namespace
}  // namespace cellar::bench

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: table_scan LOCK_SERVICE_URL TABLE ROUNDS\n");
    return 2;
  }
  const cellar::Status status = cellar::bench::Run(argv[1], argv[2], std::atoi(argv[3]));
  if (status.ok()) return 0;
  std::fprintf(stderr, "table_scan: %s\n", status.ToString().c_str());
  return 1;
}

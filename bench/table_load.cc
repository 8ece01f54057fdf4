// table_load LOCK_SERVICE_URL TABLE CELLS: writes the cells of workload B1 (bench/README.md) into family f by the C++
// mutator; prints cells, seconds of wall, of this process's CPU. With "-" for the URL it prints them as LOAD DATA
// INFILE reads them instead. For benchmarks of other ways to write, which run it beside their own.

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "bench/stopwatch.h"
#include "bench/workload.h"
#include "client/cpp/include/client.h"

namespace cellar::bench {
namespace {

constexpr uint64_t kSeed = 1;

void Print(uint64_t cell_count) {
  InsertWorkload workload(kSeed);
  for (uint64_t i = 0; i < cell_count; ++i) {
    workload.Next();
    std::printf("%s\tf\t%s\n", workload.row().c_str(), workload.value().c_str());
  }
}

Status Load(const char* url, const char* path, uint64_t cell_count) {
  client::ClientOptions options;
  options.lock_service_url = url;
  ASSIGN_OR_RETURN(const std::unique_ptr<client::Client> client, client::Client::Connect(options));
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Table> table, client->OpenTable(path));
  RunCost cost;
  const Stopwatch stopwatch;
  const std::unique_ptr<client::Mutator> mutator = table->NewMutator();
  InsertWorkload workload(kSeed);
  for (uint64_t i = 0; i < cell_count; ++i) {
    workload.Next();
    RETURN_IF_ERROR(mutator->Set(workload.row(), "f", "", workload.value()));
  }
  RETURN_IF_ERROR(mutator->Close());
  stopwatch.Read(&cost);
  std::printf("%llu %.6f %.6f\n", static_cast<unsigned long long>(cell_count), cost.wall_seconds,
              cost.client_cpu_seconds);
  return common::OkStatus();
}

}  // namespace
}  // namespace cellar::bench

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: table_load LOCK_SERVICE_URL|- TABLE CELLS\n");
    return 2;
  }
  const uint64_t cell_count = std::strtoull(argv[3], nullptr, 10);
  if (std::string_view(argv[1]) == "-") {
    cellar::bench::Print(cell_count);
    return 0;
  }
  const cellar::Status status = cellar::bench::Load(argv[1], argv[2], cell_count);
  if (status.ok()) return 0;
  std::fprintf(stderr, "table_load: %s\n", status.ToString().c_str());
  return 1;
}

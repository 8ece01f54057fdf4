// The rival alone: what RocksDB in process does on this machine. rocksdb_alone DIRECTORY OPTIONS_FILE CELLS

#include <cstdio>
#include <cstdlib>

#include "bench/rocksdb_rival.h"

namespace cellar::bench {
namespace {

constexpr uint64_t kSeed = 1;
constexpr uint64_t kBatch = 1000;
constexpr uint64_t kReadBatch = 100;

bool Print(const char* what, const Result<RunCost>& cost) {
  if (!cost.ok()) {
    std::fprintf(stderr, "%s: %s\n", what, cost.status().ToString().c_str());
    return false;
  }
  std::printf("%-8s %10.0f cells/s  %6.3f us CPU a cell\n", what, cost->cells_per_second(),
              cost->cpu_micros_per_cell());
  return true;
}

int Run(const char* directory, const char* options_file, uint64_t cells) {
  auto rival = RocksdbRival::Create(directory, options_file);
  if (!rival.ok()) {
    std::fprintf(stderr, "%s\n", rival.status().ToString().c_str());
    return 1;
  }
  if (!Print("insert", (*rival)->Insert(kSeed, cells, kBatch))) return 1;
  if (const Status compacted = (*rival)->Compact(); !compacted.ok()) return 1;
  if (!Print("scan", (*rival)->Scan())) return 1;
  return Print("get", (*rival)->PointReads(kSeed, cells, cells, kReadBatch)) ? 0 : 1;
}

}  // namespace
}  // namespace cellar::bench

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: rocksdb_alone DIRECTORY OPTIONS_FILE CELLS\n");
    return 1;
  }
  return cellar::bench::Run(argv[1], argv[2], std::strtoull(argv[3], nullptr, 10));
}

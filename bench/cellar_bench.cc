// B1, B6 and B8 (bench/README.md): Cellar through its client and TCP beside RocksDB in process, in one run.

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "bench/cellar_contender.h"
#include "bench/raw_disk.h"
#include "bench/report.h"
#include "bench/rocksdb_rival.h"

namespace cellar::bench {
namespace {

constexpr uint64_t kSeed = 1;
constexpr uint64_t kBatchCells = 1000;
constexpr uint64_t kMemory = uint64_t{1} << 30;  // block cache of either

struct Options {
  uint64_t cells = 1'000'000;
  uint64_t reads = 200'000;
  int rounds = 5;
  std::vector<size_t> writers = {1, 2, 4};
  std::set<std::string> parts = {"b1", "b6", "b8"};
  std::string program = CELLAR_PROGRAM;
  std::string options_file = CELLAR_RIVAL_OPTIONS;
  std::string directory;
  int port_offset = 1000;
  bool is_alone = false;
  bool in_processes = false;
};

/// The whole session: loads, reads, and what came out.
class Session {
 public:
  explicit Session(const Options& options) : options_(options), data_(kSeed, options.cells) {}

  Status Run() {
    RETURN_IF_ERROR(MeasureDisk());
    if (options_.parts.count("b1") != 0) {
      for (const size_t writers : options_.writers) RETURN_IF_ERROR(CompareInserts(writers, true));
      if (!options_.is_alone && !options_.in_processes) RETURN_IF_ERROR(CompareInserts(1, false));
    }
    if (options_.parts.count("b6") != 0 || options_.parts.count("b8") != 0) RETURN_IF_ERROR(CompareReads());
    if (options_.is_alone) return common::OkStatus();
    std::printf("\n%s\n%s\nLargest foreign load during a run: %.2f cores.\n",
                RatesTable(comparisons_, RivalName()).c_str(), footprints_.c_str(), MostForeignCores(comparisons_));
    return common::OkStatus();
  }

 private:
  template <typename Number>
  using OfBoth = std::function<Result<Number>(Contender&)>;

  Status MeasureDisk() {
    constexpr int kSyncs = 200;
    constexpr uint64_t kCellBytes = 32;
    ASSIGN_OR_RETURN(const double seconds, SecondsToSync(options_.directory, kBatchCells * kCellBytes, kSyncs));
    std::printf("raw write + fdatasync of a batch of %llu cells: %.3f ms, that is at most %.2f M cells/s one by one\n",
                static_cast<unsigned long long>(kBatchCells), seconds * 1e3, kBatchCells / seconds / 1e6);
    return common::OkStatus();
  }

  Result<std::unique_ptr<CellarContender>> NewCellar() const {
    return CellarContender::Start(CellarOptions("/cellar", options_.port_offset));
  }

  ServerOptions CellarOptions(const std::string& folder, int port_offset) const {
    ServerOptions options;
    options.program = options_.program;
    options.directory = options_.directory + folder;
    options.port_offset = port_offset;
    options.block_cache_bytes = kMemory;
    return options;
  }

  /// Far enough for two Cellars side by side, status pages and all.
  static constexpr int kSecondCellar = 5000;

  Result<std::unique_ptr<Contender>> NewRival(bool is_durable) const {
    if (options_.in_processes) {
      ServerOptions processes = CellarOptions("/processes", options_.port_offset + kSecondCellar);
      processes.zookeeper_script = CELLAR_ZOOKEEPER_SCRIPT;
      ASSIGN_OR_RETURN(auto cluster, CellarContender::Start(processes));
      return std::unique_ptr<Contender>(std::move(cluster));
    }
    RivalOptions options;
    options.directory = options_.directory + "/rocksdb";
    options.options_file = options_.options_file;
    options.batch_cells = kBatchCells;
    options.is_durable = is_durable;
    ASSIGN_OR_RETURN(auto rival, RocksdbRival::Create(options));
    return std::unique_ptr<Contender>(std::move(rival));
  }

  /// Loads, waits until all is at rest, and looks whether everything is there.
  Result<RunCost> Load(Contender& contender, size_t writers) const {
    ASSIGN_OR_RETURN(RunCost cost, contender.Insert(data_, writers));
    RETURN_IF_ERROR(contender.Settle(&cost));
    RETURN_IF_ERROR(Scan(contender).status());
    return cost;
  }

  Result<RunCost> Scan(Contender& contender) const {
    ASSIGN_OR_RETURN(const RunCost cost, contender.Scan());
    const Contents found{cost.operations, cost.digest};
    const Contents expected = contender.Expected(data_);
    if (found == expected) return cost;
    return common::Corruption(fmt::format("read {} cells with digest {:x}, not {} with {:x}", found.cells, found.digest,
                                          expected.cells, expected.digest));
  }

  static void Tell(const char* who, const std::string& what, const RunCost& cost) {
    std::fprintf(stderr, "  %-8s %-34s %8.3f M/s  %6.3f us CPU (server %.3f)  foreign %.2f cores\n", who, what.c_str(),
                 cost.rate() / 1e6, cost.cpu_micros(),
                 cost.server_cpu_seconds * 1e6 / static_cast<double>(cost.operations), cost.foreign_cores);
  }

  /// Runs both in turn, A B B A.
  Status Compare(const std::string& name, const std::function<Result<RunCost>()>& cellar,
                 const std::function<Result<RunCost>()>& rival) {
    Comparison comparison(name);
    for (int turn = 0; turn < 2 * options_.rounds; ++turn) {
      const bool ours = turn % 4 == 0 || turn % 4 == 3;
      if (options_.is_alone && !ours) continue;
      ASSIGN_OR_RETURN(const RunCost cost, ours ? cellar() : rival());
      (ours ? comparison.cellar : comparison.rival).push_back(cost);
      Tell(ours ? "cellar" : options_.in_processes ? "separate" : "rocksdb", name, cost);
    }
    comparisons_.push_back(std::move(comparison));
    return common::OkStatus();
  }

  Status CompareInserts(size_t writers, bool is_durable) {
    const std::string name = fmt::format("B1 insert, {} client{}{}", writers, writers == 1 ? "" : "s",
                                         is_durable ? "" : ", RocksDB unsynced");
    return Compare(
        name,
        [&]() -> Result<RunCost> {
          ASSIGN_OR_RETURN(const auto cellar, NewCellar());
          return Load(*cellar, writers);
        },
        [&]() -> Result<RunCost> {
          ASSIGN_OR_RETURN(const auto rival, NewRival(is_durable));
          return Load(*rival, writers);
        });
  }

  Status CompareReads() {
    ASSIGN_OR_RETURN(const auto cellar, NewCellar());
    ASSIGN_OR_RETURN(const auto rival, NewRival(true));
    RETURN_IF_ERROR(Load(*cellar, 1).status());
    RETURN_IF_ERROR(Load(*rival, 1).status());
    RETURN_IF_ERROR(TellFootprint("as loaded", *cellar, *rival));
    if (options_.parts.count("b6") != 0) RETURN_IF_ERROR(CompareScans("B6 scan as loaded", *cellar, *rival));
    RETURN_IF_ERROR(cellar->Compact());
    RETURN_IF_ERROR(rival->Compact());
    RETURN_IF_ERROR(Scan(*cellar).status());
    RETURN_IF_ERROR(Scan(*rival).status());
    RETURN_IF_ERROR(TellFootprint("compacted, scanned once", *cellar, *rival));
    if (options_.parts.count("b6") != 0) RETURN_IF_ERROR(CompareScans("B6 scan compacted", *cellar, *rival));
    if (options_.parts.count("b8") == 0) return common::OkStatus();
    RETURN_IF_ERROR(ComparePointReads("B8 one row a call, 1 caller", 1, 1, *cellar, *rival));
    RETURN_IF_ERROR(ComparePointReads("B8 one row a call, 16 callers", 16, 1, *cellar, *rival));
    return ComparePointReads("B8 100 rows a call, 1 caller", 1, 100, *cellar, *rival);
  }

  Status CompareScans(const std::string& name, Contender& cellar, Contender& rival) {
    return Compare(
        name, [&] { return Scan(cellar); }, [&] { return Scan(rival); });
  }

  Status ComparePointReads(const std::string& name, size_t callers, size_t batch, Contender& cellar, Contender& rival) {
    ReadShape shape;
    shape.rows = options_.reads;
    shape.callers = callers;
    shape.batch = batch;
    shape.seed = kSeed + 1;
    RETURN_IF_ERROR(Compare(
        name, [&] { return cellar.Read(data_, shape); }, [&] { return rival.Read(data_, shape); }));
    const Comparison& last = comparisons_.back();
    if (options_.is_alone || last.cellar.front().digest == last.rival.front().digest) return common::OkStatus();
    return common::Corruption(name + ": the two systems answered differently");
  }

  Status TellFootprint(const std::string& when, CellarContender& cellar, Contender& rival) {
    ASSIGN_OR_RETURN(const Footprint ours, cellar.Measure());
    ASSIGN_OR_RETURN(const Footprint theirs, rival.Measure());
    if (footprints_.empty()) {
      footprints_ = fmt::format(
          "| State | Cellar resident MiB | a cell | {0} MiB | Cellar file bytes a cell | {0} |\n"
          "|---|---|---|---|---|---|\n",
          RivalName());
      footprints_ += fmt::format("| empty | {:.1f} | | | | |\n", InMebibytes(cellar.empty_resident_bytes()));
    }
    const double cells = static_cast<double>(data_.size());
    footprints_ += fmt::format(
        "| {} | {:.1f} | {:.1f} B | {:.1f} | {:.2f} | {:.2f} |\n", when, InMebibytes(ours.resident_bytes),
        (static_cast<double>(ours.resident_bytes) - static_cast<double>(cellar.empty_resident_bytes())) / cells,
        InMebibytes(theirs.resident_bytes), static_cast<double>(ours.file_bytes) / cells,
        static_cast<double>(theirs.file_bytes) / cells);
    return common::OkStatus();
  }

  const char* RivalName() const { return options_.in_processes ? "a process a role" : "RocksDB"; }

  static double InMebibytes(uint64_t bytes) { return static_cast<double>(bytes) / (1 << 20); }

  const Options& options_;
  const Dataset data_;
  std::vector<Comparison> comparisons_;
  std::string footprints_;
};

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Cellar beside RocksDB: durable inserts, scans and point reads");
  app.add_option("--cells", options.cells, "Cells to load")
      ->capture_default_str()
      ->check(CLI::Range(1000, 100'000'000));
  app.add_option("--reads", options.reads, "Rows to read, each shape")->capture_default_str();
  app.add_option("--rounds", options.rounds, "Runs of each, in turn")->capture_default_str()->check(CLI::Range(1, 100));
  app.add_option("--clients", options.writers, "Numbers of inserting clients")->delimiter(',');
  app.add_option("--only", options.parts, "Of b1, b6, b8")->delimiter(',');
  app.add_option("--program", options.program, "The server's executable")->capture_default_str();
  app.add_option("--rival-options", options.options_file, "RocksDB's options")->capture_default_str();
  app.add_option("--port-offset", options.port_offset, "Added to the server's ports")->capture_default_str();
  app.add_flag("--alone", options.is_alone, "Cellar only, no table: for profiling");
  app.add_flag("--processes", options.in_processes,
               "Beside Cellar with a process a role, ZooKeeper and broker, in place of RocksDB");
  app.add_option("--dir", options.directory, "Where both keep their data meanwhile; default: below TMPDIR");
  CLI11_PARSE(app, argc, argv);
  if (options.directory.empty()) {
    const char* const temporary = std::getenv("TMPDIR");
    options.directory = temporary != nullptr ? temporary : "/tmp";
  }
  options.directory += "/cellar-bench-" + std::to_string(::getpid());
  std::filesystem::create_directories(options.directory);
  const Status status = Session(options).Run();
  if (!status.ok()) {
    std::fprintf(stderr, "cellar_bench: %s\n", status.ToString().c_str());
    return 1;
  }
  std::filesystem::remove_all(options.directory);
  return 0;
}

}  // namespace
}  // namespace cellar::bench

int main(int argc, char** argv) {
  return cellar::bench::Main(argc, argv);
}

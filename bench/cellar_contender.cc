#include "bench/cellar_contender.h"

#include <algorithm>
#include <utility>

#include "bench/parallel.h"
#include "bench/read_out.h"
#include "bench/stopwatch.h"
#include "bench/workload.h"
#include "common/random/random.h"

namespace cellar::bench {
namespace {

constexpr char kTable[] = "/b1";
constexpr char kFamily[] = "f";
constexpr Nanos kSettleLimit = 120 * kSecond;

Status Write(client::Table& table, const Dataset& data, const std::vector<uint32_t>& part) {
  const std::unique_ptr<client::Mutator> mutator = table.NewMutator();
  model::CellView cell;
  cell.key.family = table.schema()->FindFamily(kFamily)->id;
  cell.key.timestamp = model::kAutomaticTimestamp;
  for (const uint32_t index : part) {
    cell.key.row = data.row(index);
    cell.value = data.value(index);
    RETURN_IF_ERROR(mutator->Set(cell));
  }
  return mutator->Close();
}

Result<Contents> ReadRows(client::Table& table, const Dataset& data, const ReadShape& shape, uint64_t seed,
                          uint64_t rows) {
  SeededRandom random(seed);
  Contents found;
  model::ScanSpec spec;
  spec.max_versions = 1;  // as the rival keeps one
  while (found.cells < rows) {
    std::vector<std::string> wanted;
    const uint64_t count = std::min<uint64_t>(shape.batch, rows - found.cells);
    for (uint64_t i = 0; i < count; ++i) wanted.emplace_back(data.row(random.Uniform(data.size())));
    ASSIGN_OR_RETURN(const std::vector<model::Cell> cells, table.GetRows(spec, std::move(wanted)));
    if (cells.size() < count) return common::NotFound("a loaded row is not found");
    for (const model::Cell& cell : cells) AddToDigest(cell.row, cell.value, &found.digest);
    found.cells += count;
  }
  return found;
}

}  // namespace

Result<std::unique_ptr<CellarContender>> CellarContender::Start(const ServerOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<ServerProcess> server, ServerProcess::Start(options));
  std::unique_ptr<CellarContender> cellar(new CellarContender(std::move(server)));
  cellar->empty_resident_bytes_ = cellar->server_->ResidentBytes();
  ASSIGN_OR_RETURN(cellar->client_, cellar->Connect());
  model::SchemaDefinition definition;
  definition.families.emplace_back().name = kFamily;
  definition.group_defaults.compressor = "lz4";
  definition.durability = model::Durability::kSync;
  RETURN_IF_ERROR(cellar->client_->CreateTable(kTable, definition));
  ASSIGN_OR_RETURN(cellar->table_, cellar->client_->OpenTable(kTable));
  return cellar;
}

Result<std::unique_ptr<client::Client>> CellarContender::Connect() const {
  client::ClientOptions options;
  options.lock_service_url = server_->url();
  options.lock_service_password_file = server_->password_file();
  options.timeout = 600 * kSecond;
  return client::Client::Connect(options);
}

Result<RunCost> CellarContender::Insert(const Dataset& data, size_t writers) {
  std::vector<std::unique_ptr<client::Client>> clients;
  std::vector<std::shared_ptr<client::Table>> tables;
  std::vector<std::vector<uint32_t>> parts;
  for (size_t i = 0; i < writers; ++i) {
    ASSIGN_OR_RETURN(clients.emplace_back(), Connect());
    ASSIGN_OR_RETURN(tables.emplace_back(), clients.back()->OpenTable(kTable));
    parts.push_back(data.PartOf(i, writers));
  }
  RunCost cost;
  const Stopwatch stopwatch(server_->pids());
  RETURN_IF_ERROR(RunParallel(writers, [&](size_t i) { return Write(*tables[i], data, parts[i]); }));
  stopwatch.Read(&cost);
  cost.operations = data.size();
  tables.clear();
  return cost;
}

Status CellarContender::Settle(RunCost* cost) {
  const Stopwatch stopwatch(server_->pids());
  const bool idle = AwaitIdle(server_->pids(), kSettleLimit);
  stopwatch.AddCpu(cost);
  return idle ? common::OkStatus() : common::TimedOut("the server does not come to rest");
}

Status CellarContender::Compact() {
  return client_->CompactTable(kTable, client::CompactionType::kMajor, nullptr, true).status();
}

Result<RunCost> CellarContender::Scan() {
  RunCost cost;
  const Stopwatch stopwatch(server_->pids());
  ASSIGN_OR_RETURN(const std::unique_ptr<client::Scanner> scanner, table_->NewScanner(model::ScanSpec()));
  RETURN_IF_ERROR(ReadOut(*scanner, &cost));
  stopwatch.Read(&cost);
  return cost;
}

Result<RunCost> CellarContender::Read(const Dataset& data, const ReadShape& shape) {
  RunCost cost;
  const Stopwatch stopwatch(server_->pids());
  std::vector<Contents> found(shape.callers);
  RETURN_IF_ERROR(RunParallel(shape.callers, [&](size_t i) -> Status {
    ASSIGN_OR_RETURN(found[i], ReadRows(*table_, data, shape, shape.seed + i, shape.rows / shape.callers));
    return common::OkStatus();
  }));
  stopwatch.Read(&cost);
  for (const Contents& part : found) {
    cost.operations += part.cells;
    cost.digest += part.digest;
  }
  return cost;
}

Result<Footprint> CellarContender::Measure() {
  return Footprint{server_->ResidentBytes(), server_->NewestCellStoreBytes()};
}

}  // namespace cellar::bench

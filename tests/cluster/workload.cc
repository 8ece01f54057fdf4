#include "tests/cluster/workload.h"

#include <fmt/format.h>

#include <cstdlib>
#include <map>
#include <optional>
#include <utility>

#include "common/base/check.h"
#include "common/bytes/hash.h"
#include "common/concurrency/parker.h"
#include "tests/support/grouped_families.h"

namespace cellar::tests {
namespace {

constexpr const char* kFamilies[] = {"a", "b", "c"};
constexpr size_t kFamilyCount = 3;
constexpr uint64_t kRowsPerFlush = 20;
constexpr Nanos kAfterFailure = 50 * kMillisecond;

/// Spread over the key space.
std::string RowOf(int writer, uint64_t index) {
  const std::string name = fmt::format("{}-{}", writer, index);
  return fmt::format("{:016x}-{}", common::Hash64(name), name);
}

std::string ValueOf(const std::string& row, const std::string& family) {
  return row + "/" + family + std::string(common::Hash64(row) % 100, '.');
}

/// Writer and index, when `row` is one that a writer makes.
std::optional<std::pair<int, uint64_t>> ParseRow(const std::string& row) {
  const size_t first = row.find('-');
  const size_t second = first == std::string::npos ? first : row.find('-', first + 1);
  if (second == std::string::npos) return std::nullopt;
  const int writer = std::atoi(row.c_str() + first + 1);
  const uint64_t index = std::strtoull(row.c_str() + second + 1, nullptr, 10);
  if (RowOf(writer, index) != row) return std::nullopt;
  return std::make_pair(writer, index);
}

}  // namespace

Workload::Workload(client::ClientOptions options, int writers)
    : options_(std::move(options)), writers_(static_cast<size_t>(writers)) {}

Workload::~Workload() {
  Stop();
}

Result<std::unique_ptr<client::Client>> Workload::Connect() const {
  return client::Client::Connect(options_);
}

Result<std::unique_ptr<Workload>> Workload::Create(const MiniCluster& cluster, int writers, Nanos timeout) {
  client::ClientOptions options = cluster.client_options();
  options.timeout = timeout;
  std::unique_ptr<Workload> workload(new Workload(std::move(options), writers));
  ASSIGN_OR_RETURN(const auto client, workload->Connect());
  RETURN_IF_ERROR(client->CreateNamespace("/workload"));
  RETURN_IF_ERROR(client->CreateTable(kTable, GroupedFamilies(kFamilies)));
  return workload;
}

void Workload::Start() {
  stopped_ = false;
  size_t count = 0;
  {
    MutexLock lock(mutex_);
    count = writers_.size();
  }
  for (size_t i = 0; i < count; ++i) {
    threads_.push_back(std::make_unique<common::Thread>("writer", [this, i] { Write(static_cast<int>(i)); }));
  }
}

void Workload::Stop() {
  stopped_ = true;
  threads_.clear();
}

uint64_t Workload::acknowledged() const {
  MutexLock lock(mutex_);
  return acknowledged_;
}

uint64_t Workload::failures() const {
  MutexLock lock(mutex_);
  return failures_;
}

Status Workload::first_failure() const {
  MutexLock lock(mutex_);
  return first_failure_;
}

Status Workload::WriteRows(client::Mutator& mutator, int writer, uint64_t first, uint64_t count) {
  for (uint64_t index = first; index < first + count; ++index) {
    const std::string row = RowOf(writer, index);
    for (const char* family : kFamilies) RETURN_IF_ERROR(mutator.Set(row, family, "", ValueOf(row, family)));
  }
  return mutator.Flush();
}

/// One flush of new rows; opens what is not open.
Status Workload::WriteOnce(client::Client& client, int writer, std::shared_ptr<client::Table>* table,
                           std::unique_ptr<client::Mutator>* mutator) {
  if (*table == nullptr) {
    ASSIGN_OR_RETURN(*table, client.OpenTable(kTable));
  }
  if (*mutator == nullptr) *mutator = (*table)->NewMutator();
  uint64_t first = 0;
  {
    MutexLock lock(mutex_);
    Writer& own = writers_[static_cast<size_t>(writer)];
    first = own.sent;
    own.sent += kRowsPerFlush;
    own.acknowledged.resize(own.sent, false);
  }
  RETURN_IF_ERROR(WriteRows(**mutator, writer, first, kRowsPerFlush));
  MutexLock lock(mutex_);
  Writer& own = writers_[static_cast<size_t>(writer)];
  for (uint64_t index = first; index < first + kRowsPerFlush; ++index) own.acknowledged[index] = true;
  acknowledged_ += kRowsPerFlush;
  return common::OkStatus();
}

void Workload::Write(int writer) {
  const auto client = Connect();
  CHECK(client.ok());
  common::Parker parker;
  std::shared_ptr<client::Table> table;
  std::unique_ptr<client::Mutator> mutator;
  while (!stopped_) {
    const Status written = WriteOnce(**client, writer, &table, &mutator);
    if (written.ok()) continue;
    mutator.reset();
    {
      MutexLock lock(mutex_);
      if (failures_++ == 0) first_failure_ = written;
    }
    parker.ParkFor(kAfterFailure);
  }
}

/// Everything that one scan met.
class Workload::Verification {
 public:
  void Take(const model::CellView& cell, const model::Schema& schema) {
    const std::string row(cell.key.row);
    const auto writer = ParseRow(row);
    const model::ColumnFamily* family = schema.FindFamily(cell.key.family);
    if (!writer || family == nullptr || cell.value != ValueOf(row, family->name)) {
      Note("wrong cell in row", row, &wrong_);
      return;
    }
    ++cells_[*writer];
  }

  Status Judge(const std::vector<Writer>& writers) {
    for (const auto& [row, cells] : cells_) {
      const auto& [writer, index] = row;
      const bool is_known = writer >= 0 && static_cast<size_t>(writer) < writers.size() &&
                            index < writers[static_cast<size_t>(writer)].sent;
      if (!is_known) Note("row that nobody wrote", RowOf(writer, index), &wrong_);
      if (cells != kFamilyCount) Note("torn row", RowOf(writer, index), &torn_);
    }
    for (size_t writer = 0; writer < writers.size(); ++writer) {
      for (uint64_t index = 0; index < writers[writer].sent; ++index) {
        const bool is_there = cells_.contains({static_cast<int>(writer), index});
        if (writers[writer].acknowledged[index] && !is_there) {
          Note("lost row", RowOf(static_cast<int>(writer), index), &lost_);
        }
      }
    }
    if (lost_ + torn_ + wrong_ == 0) return common::OkStatus();
    return common::Corruption(
        fmt::format("{} acknowledged rows lost, {} torn, {} wrong; first: {}", lost_, torn_, wrong_, example_));
  }

 private:
  void Note(const char* what, const std::string& row, uint64_t* count) {
    if (lost_ + torn_ + wrong_ == 0) example_ = fmt::format("{} {}", what, row);
    ++*count;
  }

  std::map<std::pair<int, uint64_t>, size_t> cells_;
  uint64_t lost_ = 0;
  uint64_t torn_ = 0;
  uint64_t wrong_ = 0;
  std::string example_;
};

Status Workload::Verify() {
  ASSIGN_OR_RETURN(const auto client, Connect());
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Table> table, client->OpenTable(kTable));
  ASSIGN_OR_RETURN(const auto scanner, table->NewScanner(model::ScanSpec()));
  Verification verification;
  model::CellView cell;
  while (scanner->Next(&cell)) verification.Take(cell, *table->schema());
  RETURN_IF_ERROR(scanner->status());
  MutexLock lock(mutex_);
  return verification.Judge(writers_);
}

}  // namespace cellar::tests

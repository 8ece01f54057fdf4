#include "tests/cluster/prober.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "common/base/check.h"
#include "common/concurrency/parker.h"

namespace cellar::tests {
namespace {

constexpr const char* kRow = "probe";
constexpr Nanos kLook = 2 * kMillisecond;
constexpr Nanos kPause = 5 * kMillisecond;

model::SchemaDefinition Definition() {
  model::SchemaDefinition definition;
  model::ColumnFamily family;
  family.name = Prober::kFamily;
  definition.families.push_back(family);
  return definition;
}

/// The newest value of the row.
Result<std::string> ReadBack(client::Table& table) {
  model::ScanSpec spec;
  spec.max_versions = 1;
  ASSIGN_OR_RETURN(const std::vector<model::Cell> cells, table.GetRows(spec, {kRow}));
  return cells.empty() ? std::string() : cells.front().value;
}

}  // namespace

Result<std::unique_ptr<Prober>> Prober::Start(const MiniCluster& cluster) {
  client::ClientOptions options = cluster.client_options();
  ASSIGN_OR_RETURN(const auto client, client::Client::Connect(options));
  RETURN_IF_ERROR(client->CreateNamespace("/probe", true));
  RETURN_IF_ERROR(client->CreateTable(kTable, Definition()));
  std::unique_ptr<Prober> prober(new Prober(std::move(options)));
  prober->data_ = std::make_unique<common::Thread>("probe-data", [p = prober.get()] { p->AskForData(); });
  prober->names_ = std::make_unique<common::Thread>("probe-names", [p = prober.get()] { p->AskForNames(); });
  return prober;
}

Prober::~Prober() {
  stopped_ = true;
  data_.reset();
  names_.reset();
}

void Prober::Note(Service service, Nanos asked) {
  MutexLock lock(mutex_);
  last_[static_cast<int>(service)] = Answered{asked, clock_.MonotonicNow()};
}

void Prober::NoteWrong(std::string what) {
  MutexLock lock(mutex_);
  if (wrong_.empty()) wrong_ = std::move(what);
}

void Prober::AskForData() {
  const auto client = client::Client::Connect(options_);
  CHECK(client.ok());
  const auto table = (*client)->OpenTable(kTable);
  CHECK(table.ok());
  common::Parker parker;
  uint64_t number = 0;
  std::unique_ptr<client::Mutator> mutator = (*table)->NewMutator();
  while (!stopped_) {
    const Nanos asked = clock_.MonotonicNow();
    const std::string value = std::to_string(++number);
    Status done = mutator->Set(kRow, kFamily, "", value);
    if (done.ok()) done = mutator->Flush();
    if (!done.ok()) {
      mutator = (*table)->NewMutator();
      continue;
    }
    const auto found = ReadBack(**table);
    if (found.ok() && *found != value) NoteWrong(fmt::format("wrote {}, read {}", value, *found));
    if (found.ok()) Note(Service::kData, asked);
    parker.ParkFor(kPause);
  }
}

void Prober::AskForNames() {
  const auto client = client::Client::Connect(options_);
  CHECK(client.ok());
  common::Parker parker;
  uint64_t number = 0;
  while (!stopped_) {
    const Nanos asked = clock_.MonotonicNow();
    const std::string path = fmt::format("/probe/n{}", ++number);
    const Status made = (*client)->CreateNamespace(path);
    const Status dropped = made.ok() ? (*client)->DropNamespace(path) : made;
    if (dropped.ok()) Note(Service::kNames, asked);
    parker.ParkFor(kPause);
  }
}

Result<Nanos> Prober::AwaitServiceAfter(Service service, Nanos moment, Nanos patience) const {
  common::Parker parker;
  while (clock_.MonotonicNow() < moment + patience) {
    {
      MutexLock lock(mutex_);
      const Answered& last = last_[static_cast<int>(service)];
      if (last.asked >= moment) return last.answered - moment;
    }
    parker.ParkFor(kLook);
  }
  return common::TimedOut("no service");
}

std::string Prober::wrong() const {
  MutexLock lock(mutex_);
  return wrong_;
}

}  // namespace cellar::tests

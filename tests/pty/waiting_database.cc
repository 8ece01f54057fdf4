#include "tests/pty/waiting_database.h"

#include <algorithm>
#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "common/concurrency/parker.h"

namespace cellar::hql {

namespace {

/// The first `most` cells row000001, row000002 … of the first family; after them it waits to be cancelled.
class WaitingScanner final : public CellScanner {
 public:
  /// Borrows `schema`.
  WaitingScanner(const model::Schema& schema, uint64_t most)
      : schema_(schema), family_(schema.families().front().id), most_(most) {}

  bool Next(model::CellView* cell) override {
    if (count_ == most_) {
      while (!cancelled_) parker_.Park();
    }
    if (cancelled_) return false;
    const std::string number = std::to_string(++count_);
    row_ = "row" + std::string(number.size() < 6 ? 6 - number.size() : 0, '0') + number;
    cell->key = {row_, family_, "", model::KeyFlag::kInsert, 0, model::Revision()};
    cell->value = "some value";
    return true;
  }
  Status status() const override { return cancelled_ ? common::Cancelled("the scan was cancelled") : Status(); }
  const model::Schema& schema() const override { return schema_; }
  void Cancel() override {
    cancelled_ = true;
    parker_.Unpark();
  }

 private:
  const model::Schema& schema_;
  const model::FamilyId family_;
  const uint64_t most_;
  uint64_t count_ = 0;
  std::string row_;
  std::atomic<bool> cancelled_ = false;
  common::Parker parker_;
};

/// Has the first cell acknowledged; for the others it waits to be cancelled.
class WaitingWriter final : public CellWriter {
 public:
  explicit WaitingWriter(std::unique_ptr<CellWriter> writer) : writer_(std::move(writer)) {}

  Status Set(const model::CellView& cell) override {
    ++counts_.set;
    return counts_.set == 1 ? writer_->Set(cell) : Status();
  }
  Status Flush() override {
    counts_.acknowledged = std::min<uint64_t>(counts_.set, 1);
    counts_.unknown = counts_.set - counts_.acknowledged;
    RETURN_IF_ERROR(writer_->Flush());
    if (counts_.unknown == 0) return Status();
    while (!cancelled_) parker_.Park();
    return common::Cancelled("the writing was ended");
  }
  void Cancel() override {
    cancelled_ = true;
    parker_.Unpark();
  }
  client::MutatorCounts counts() const override { return counts_; }

 private:
  const std::unique_ptr<CellWriter> writer_;
  client::MutatorCounts counts_;
  std::atomic<bool> cancelled_ = false;
  common::Parker parker_;
};

/// A table of the memory whose scans are WaitingScanner's, and, when these wait, its writers WaitingWriter's.
class WaitingTable final : public DatabaseTable {
 public:
  WaitingTable(std::unique_ptr<DatabaseTable> table, uint64_t most, WaitingDatabase& database)
      : table_(std::move(table)), most_(most), database_(database) {}

  const model::Schema& schema() const override { return table_->schema(); }
  std::unique_ptr<CellWriter> NewWriter(std::optional<model::Durability> durability) override {
    std::unique_ptr<CellWriter> writer = table_->NewWriter(durability);
    if (!waits()) return writer;
    return std::make_unique<WaitingWriter>(std::move(writer));
  }
  Result<std::shared_ptr<CellScanner>> NewScanner(model::ScanSpec, bool) override {
    return std::shared_ptr<CellScanner>(std::make_shared<WaitingScanner>(schema(), most_));
  }
  Result<client::Explanation> Explain(model::ScanSpec spec) override { return table_->Explain(std::move(spec)); }
  Result<client::RowMutationOutcome> Mutate(const client::RowMutation& mutation) override {
    if (waits()) return database_.WaitForCancel();
    return table_->Mutate(mutation);
  }

 private:
  bool waits() const { return most_ != UINT64_MAX; }

  const std::unique_ptr<DatabaseTable> table_;
  const uint64_t most_;
  WaitingDatabase& database_;
};

}  // namespace

Result<std::unique_ptr<DatabaseTable>> WaitingDatabase::OpenTable(std::string_view path) {
  ASSIGN_OR_RETURN(std::unique_ptr<DatabaseTable> table, MemoryDatabase::OpenTable(path));
  const bool endless = path == "/endless";
  if (!endless && path != "/stuck") return table;
  const uint64_t most = endless ? UINT64_MAX : 1;
  return std::unique_ptr<DatabaseTable>(std::make_unique<WaitingTable>(std::move(table), most, *this));
}

Result<int> WaitingDatabase::CompactTable(std::string_view path, client::CompactionType type, const std::string* row) {
  if (path != "/stuck") return MemoryDatabase::CompactTable(path, type, row);
  return WaitForCancel();
}

Status WaitingDatabase::RebuildIndexes(std::string_view path, std::vector<model::IndexKind> kinds,
                                       client::IndexRebuildWatcher watcher) {
  if (path != "/stuck") return MemoryDatabase::RebuildIndexes(path, std::move(kinds), std::move(watcher));
  client::IndexRebuildProgress progress;
  RETURN_IF_ERROR(watcher(progress));
  progress.cell_count = 12'345;
  progress.blocks_read = 3;
  progress.block_count = 10;
  RETURN_IF_ERROR(watcher(progress));
  return WaitForCancel();
}

Status WaitingDatabase::WaitForCancel() {
  waits_ = true;
  while (waits_) parker_.Park();
  return common::Cancelled("the wait was ended; what was asked for may still be done");
}

void WaitingDatabase::CancelCalls() {
  if (waits_.exchange(false)) parker_.Unpark();
}

}  // namespace cellar::hql

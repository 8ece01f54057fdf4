#include "client/cpp/index_rebuild.h"

#include <memory>
#include <optional>
#include <utility>

#include "client/cpp/backoff.h"
#include "client/cpp/explain.h"
#include "client/cpp/index_writes.h"
#include "client/cpp/scan_stream.h"
#include "model/error_codes.h"
#include "model/scan_block.h"
#include "protocol/values.h"

namespace cellar::client {
namespace {

using model::IndexKind;
using model::Schema;
using protocol::MasterStub;

constexpr size_t kFrameBytes = 512 << 10;

struct OpenedTable {
  model::TableId id;
  std::shared_ptr<const Schema> schema;

  OpenedTable() = default;
};

/// One run of it.
class Rebuild {
 public:
  Rebuild(ClientCore& core, std::string path, std::vector<IndexKind> kinds, Nanos timeout, IndexRebuildWatcher watcher)
      : core_(core),
        path_(std::move(path)),
        kinds_(std::move(kinds)),
        timeout_(timeout),
        watcher_(std::move(watcher)) {}

  Task<Status> Run() {
    CO_RETURN_IF_ERROR(co_await Begin());
    CO_RETURN_IF_ERROR(Tell());
    co_await CountBlocks();
    while (true) {
      const Status filled = co_await Fill();
      if (filled.ok()) break;
      // kConflict: the scan's server went while it was inside a row.
      if (!filled.Is(StatusCode::kStaleSchema) && !filled.Is(StatusCode::kConflict)) co_return filled;
      CO_RETURN_IF_ERROR(co_await Reopen());
    }
    co_return co_await Complete();
  }

 private:
  Deadline NewDeadline() const { return Deadline::After(core_.executor().clock(), timeout_); }

  Task<Result<OpenedTable>> Open() {
    protocol::OpenTableRequest request;
    request.path = path_;
    CO_TRY(const auto response, co_await core_.AskMaster(&MasterStub::OpenTable, std::move(request), NewDeadline()));
    CO_TRY(Schema schema, Schema::Decode(response.schema));
    OpenedTable table;
    table.id = protocol::FromMessage(response.table);
    table.schema = std::make_shared<const Schema>(std::move(schema));
    co_return std::move(table);
  }

  protocol::AlterTableRequest NewRequest(bool complete) {
    protocol::AlterTableRequest request;
    request.id = core_.NewRequestId();
    request.path = path_;
    protocol::IndexChange change;
    change.complete = complete;
    for (const IndexKind kind : kinds_) change.kinds.push_back(static_cast<int32_t>(kind));
    if (complete) {
      for (const model::FamilyId family : families_) change.families.push_back(family.get());
      for (const model::TableId table : tables_) change.tables.push_back(protocol::ToMessage(table));
    }
    request.__set_indexes(std::move(change));
    return request;
  }

  Task<Status> Begin() {
    CO_TRY(table_, co_await Open());
    std::erase_if(kinds_, [this](IndexKind kind) { return !table_.schema->definition().HasIndex(kind); });
    if (kinds_.empty()) {
      co_return common::InvalidArgument("table " + path_ + " has no such index").WithDetail(model::kBadCommand);
    }
    protocol::AlterTableRequest request = NewRequest(false);
    CO_TRY(const auto begun, co_await core_.AskMaster(&MasterStub::AlterTable, std::move(request), NewDeadline()));
    CO_TRY(Schema schema, Schema::Decode(begun.schema));
    table_.schema = std::make_shared<const Schema>(std::move(schema));
    for (const IndexKind kind : kinds_) {
      const auto& table = table_.schema->definition().index_table(kind);
      if (!table) co_return common::Corruption("the rebuilt index of " + path_ + " has no table");
      tables_.push_back(*table);
    }
    for (const model::ColumnFamily& family : table_.schema->families()) {
      if (IsWanted(family)) families_.push_back(family.id);
    }
    co_return common::OkStatus();
  }

  bool IsWanted(const model::ColumnFamily& family) const {
    if (family.deleted) return false;
    for (const IndexKind kind : kinds_) {
      if (family.has_index(kind)) return true;
    }
    return false;
  }

  /// After an ALTER TABLE: goes on, unless another run has begun.
  Task<Status> Reopen() {
    CO_TRY(table_, co_await Open());
    for (size_t i = 0; i < kinds_.size(); ++i) {
      if (table_.schema->definition().index_table(kinds_[i]) == tables_[i]) continue;
      co_return common::Conflict("another REBUILD INDICES of the table has begun meanwhile");
    }
    co_return common::OkStatus();
  }

  /// Everything stored, what is hidden too: it may be seen again one day.
  model::ScanSpec SpecOfRest() const {
    model::ScanSpec spec;
    spec.return_deletes = true;
    spec.expired_too = true;
    for (const model::ColumnFamily& family : table_.schema->families()) {
      if (IsWanted(family)) spec.columns.emplace_back(family.name);
    }
    if (!progress_.row.empty()) spec.row_intervals.push_back(model::RowInterval::AtLeast(progress_.row));
    return spec;
  }

  Status Tell() const { return watcher_ ? watcher_(progress_) : common::OkStatus(); }

  /// For whoever watches; without an answer it is not known.
  Task<void> CountBlocks() {
    if (!watcher_) co_return;
    const Deadline deadline = TryDeadline(core_.executor().clock(), NewDeadline());
    const auto explained = co_await ExplainScan(core_.scans(), table_.id, table_.schema, SpecOfRest(), deadline);
    if (!explained.ok()) co_return;
    for (const ExplainedRange& range : explained->ranges) {
      for (const ExplainedGroup& group : range.groups) {
        for (const ExplainedFile& file : group.files) progress_.block_count += file.blocks_to_read;
      }
    }
  }

  Task<Status> Fill() {
    model::ScanSpec spec = SpecOfRest();
    if (spec.columns.empty()) co_return common::OkStatus();
    ScanSeams seams = core_.scans();
    seams.schemas = nullptr;  // after an ALTER TABLE the tables are looked at again before more is written (Reopen)
    ScanStream stream(seams, table_.id, table_.schema, std::move(spec));
    ScanLabel label;
    label.reads = std::make_shared<ScanReads>();
    stream.set_label(label);
    const uint64_t blocks_before = progress_.blocks_read;
    EntryFrames entries(table_.schema, kinds_);
    while (true) {
      CO_TRY(const std::optional<std::string> block, co_await stream.Next(NewDeadline()));
      if (block) CO_RETURN_IF_ERROR(Take(*block, &entries));
      progress_.blocks_read = blocks_before + label.reads->blocks;
      if (!block || entries.size_bytes() >= kFrameBytes) {
        const auto written = co_await WriteEntries(core_, entries.Build(), NewDeadline());
        if (!written.ok()) co_return written.status();
        progress_.row = taken_to_;
      }
      const Status goes_on = Tell();
      if (!block) co_return goes_on;
      if (goes_on.ok()) continue;
      co_await stream.Close(NewDeadline());
      co_return goes_on;
    }
  }

  Status Take(const std::string& block, EntryFrames* entries) {
    model::ScanBlockReader reader(block);
    model::CellView cell;
    while (reader.Next(&cell)) {
      if (cell.key.row != taken_to_) taken_to_ = cell.key.row;
      if (cell.key.flag != model::KeyFlag::kInsert) continue;
      ++progress_.cell_count;
      entries->Add(cell);
    }
    return reader.status();
  }

  Task<Status> Complete() {
    protocol::AlterTableRequest request = NewRequest(true);
    const auto completed = co_await core_.AskMaster(&MasterStub::AlterTable, std::move(request), NewDeadline());
    co_return completed.status();
  }

  ClientCore& core_;
  const std::string path_;
  std::vector<IndexKind> kinds_;
  const Nanos timeout_;
  const IndexRebuildWatcher watcher_;
  OpenedTable table_;
  std::vector<model::TableId> tables_;  ///< One a kind.
  std::vector<model::FamilyId> families_;
  std::string taken_to_;  ///< The row of the last cell.
  IndexRebuildProgress progress_;
};

}  // namespace

Task<Status> RebuildIndexes(ClientCore& core, std::string path, std::vector<IndexKind> kinds, Nanos timeout,
                            IndexRebuildWatcher watcher) {
  Rebuild rebuild(core, std::move(path), std::move(kinds), timeout, std::move(watcher));
  co_return co_await rebuild.Run();
}

}  // namespace cellar::client

#include "client/cpp/include/table.h"

#include <set>
#include <utility>

#include "client/cpp/check_cell.h"
#include "client/cpp/client_core.h"
#include "client/cpp/explain.h"
#include "client/cpp/index_scan.h"
#include "client/cpp/mutate_row.h"
#include "client/cpp/mutator_face.h"
#include "client/cpp/row_reads.h"
#include "client/cpp/scanner_face.h"
#include "common/concurrency/block_on.h"
#include "model/error_codes.h"
#include "model/pseudo_table.h"

namespace cellar::client {

namespace {

Status OnlyScanned() {
  return common::InvalidArgument("a pseudo-table is read by scans only").WithDetail(model::kUnsupportedOperation);
}

}  // namespace

Table::Table(ClientCore& core, std::string path, model::TableId id, std::shared_ptr<const model::Schema> schema,
             Nanos timeout)
    : core_(core),
      path_(std::move(path)),
      id_(id),
      timeout_(timeout),
      schemas_{std::move(schema)},
      newest_(&schemas_[0]) {}

Deadline Table::NewDeadline() const {
  return Deadline::After(core_.executor().clock(), timeout_);
}

template <typename T>
Result<T> Table::Call(Task<Result<T>> call) {
  return common::BlockOn(core_.executor(), CallAndLearn(std::move(call)));
}

template <typename T>
Task<Result<T>> Table::CallAndLearn(Task<Result<T>> call) {
  Result<T> result = co_await std::move(call);
  Learn();
  co_return std::move(result);
}

/// The wait for it can be ended. `call` owns what it uses.
template <typename T>
Result<T> Table::CallToEnd(Task<Result<T>> call) {
  return common::BlockOn(core_.executor(), AwaitAndLearn(std::move(call)));
}

template <typename T>
Task<Result<T>> Table::AwaitAndLearn(Task<Result<T>> call) {
  Result<T> result = co_await core_.calls().Await(std::move(call));
  Learn();
  co_return std::move(result);
}

/// On the loop. False: nothing newer was met.
bool Table::Learn() {
  std::shared_ptr<const model::Schema> newest = core_.schemas().NewestOf(id_, schemas_.back());
  if (newest == schemas_.back()) return false;
  newest_.store(&schemas_.emplace_back(std::move(newest)), std::memory_order_release);
  return true;
}

Task<Result<bool>> Table::LookForNewerSchema() {
  const auto newest = co_await core_.schemas().Newest(id_, NewDeadline());
  CO_RETURN_IF_ERROR(newest.status());
  co_return Learn();
}

/// Their entries come with the cells of their table, and nothing else may take some away.
Status Table::CheckWritable() const {
  constexpr int32_t kBadTableName = 35;
  const size_t name = path_.find_last_not_of("/ ");
  const size_t slash = name == std::string::npos ? name : path_.rfind('/', name);
  if (slash == std::string::npos || path_[slash + 1] != '^') return common::OkStatus();
  return common::InvalidArgument("an index table is written through its table: " + path_).WithDetail(kBadTableName);
}

std::unique_ptr<Mutator> Table::NewMutator(const MutatorOptions& options) {
  return std::make_unique<Mutator>(
      std::make_unique<MutatorFace>(core_, id_, schema(), timeout_, options, CheckWritable()));
}

Result<std::unique_ptr<Scanner>> Table::NewScanner(model::ScanSpec spec, bool count_reads) {
  RETURN_IF_ERROR(spec.Check());
  ScanLabel label;
  label.table_name = path_;
  if (count_reads) label.reads = std::make_shared<ScanReads>();
  return std::make_unique<Scanner>(
      std::make_unique<ScannerFace>(core_, id_, schema(), std::move(spec), timeout_, std::move(label)));
}

Result<Explanation> Table::Explain(model::ScanSpec spec) {
  RETURN_IF_ERROR(spec.Check());
  if (model::IsPseudo(*schema())) return OnlyScanned();
  return CallToEnd(ExplainScan(core_.scans(), id_, schema(), std::move(spec), NewDeadline()));
}

Result<std::vector<model::Cell>> Table::ScanAll(model::ScanSpec spec) {
  RETURN_IF_ERROR(spec.Check());
  return Call(ReadScan(std::move(spec)));
}

Task<Result<std::vector<model::Cell>>> Table::ReadScan(model::ScanSpec spec) {
  const std::unique_ptr<BlockSource> source = OpenScan(core_, id_, schema(), std::move(spec));
  co_return co_await ReadAll(*source, NewDeadline());
}

Result<std::vector<model::Cell>> Table::GetRows(const model::ScanSpec& spec, std::vector<std::string> rows) {
  RETURN_IF_ERROR(spec.Check());
  if (model::IsPseudo(*schema())) return OnlyScanned();
  return Call(client::GetRows(core_.scans(), id_, schema(), spec, std::move(rows), NewDeadline()));
}

Result<RowMutationOutcome> Table::Mutate(const RowMutation& mutation) {
  auto conditions = mutation.ConditionsFor(*schema());
  auto cells = mutation.CellsFor(*schema());
  if (conditions.status().detail() == model::kBadKey || cells.status().detail() == model::kBadKey) {
    // A family may have been added since.
    const Result<bool> is_newer = common::BlockOn(core_.executor(), LookForNewerSchema());
    if (is_newer.ok() && *is_newer) {
      conditions = mutation.ConditionsFor(*schema());
      cells = mutation.CellsFor(*schema());
    }
  }
  RETURN_IF_ERROR(conditions.status());
  RETURN_IF_ERROR(cells.status());
  return Send(std::move(conditions).value(), std::move(cells).value(), mutation.durability());
}

Result<RowMutationOutcome> Table::InsertIfAbsent(std::string_view row, std::string_view family,
                                                 std::string_view qualifier, std::string_view value) {
  RowMutation mutation{std::string(row)};
  return Mutate(mutation.IfAbsent(family, qualifier).Set(family, qualifier, value));
}

Result<int64_t> Table::Increment(std::string_view row, std::string_view family, std::string_view qualifier,
                                 int64_t delta) {
  RowMutation mutation{std::string(row)};
  ASSIGN_OR_RETURN(const RowMutationOutcome outcome, Mutate(mutation.Increment(family, qualifier, delta)));
  if (outcome.counters.empty()) return common::Unsupported("the range server does not tell the value of a counter");
  return outcome.counters.front().value;
}

Status Table::CheckMutation(const std::vector<RowCondition>& conditions, const std::vector<model::Cell>& cells) const {
  for (const model::Cell& cell : cells) {
    RETURN_IF_ERROR(CheckCell(cell.view(), *schema(), model::CellLimits::For(id_)));
    if (cell.row != cells.front().row) return common::InvalidArgument("a row mutation has cells of two rows");
  }
  return model::CheckConditions(conditions, *schema());
}

Result<RowMutationOutcome> Table::MutateRow(std::vector<RowCondition> conditions, std::vector<model::Cell> cells) {
  if (cells.empty()) return common::InvalidArgument("a row mutation needs at least one cell");
  Status checked = CheckMutation(conditions, cells);
  if (checked.detail() == model::kBadKey) {
    // A family may have been added since.
    const Result<bool> is_newer = common::BlockOn(core_.executor(), LookForNewerSchema());
    if (is_newer.ok() && *is_newer) checked = CheckMutation(conditions, cells);
  }
  RETURN_IF_ERROR(checked);
  return Send(std::move(conditions), std::move(cells), std::nullopt);
}

Result<RowMutationOutcome> Table::Send(std::vector<RowCondition> conditions, std::vector<model::Cell> cells,
                                       std::optional<model::Durability> durability) {
  RETURN_IF_ERROR(CheckWritable());
  std::set<std::pair<model::FamilyId, std::string_view>> counters;
  for (const model::Cell& cell : cells) {
    if (cell.flag == model::KeyFlag::kInsert && schema()->rules(cell.family).counter)
      counters.emplace(cell.family, cell.qualifier);
  }
  MutateRowOptions options;
  options.wants_counters = counters.size() <= model::kMaxReturnedCounters;
  options.durability = durability;
  return CallToEnd(client::MutateRow(core_.updates(), id_, schema(), std::move(conditions), std::move(cells),
                                     NewDeadline(), options));
}

}  // namespace cellar::client

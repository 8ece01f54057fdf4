#include "client/cpp/include/table.h"

#include <set>
#include <utility>

#include "client/cpp/check_cell.h"
#include "client/cpp/client_core.h"
#include "client/cpp/explain.h"
#include "client/cpp/mutate_row.h"
#include "client/cpp/mutator_face.h"
#include "client/cpp/row_reads.h"
#include "client/cpp/scanner_face.h"
#include "common/concurrency/block_on.h"

namespace cellar::client {

Table::Table(ClientCore& core, std::string path, model::TableId id, std::shared_ptr<const model::Schema> schema,
             Nanos timeout)
    : core_(core), path_(std::move(path)), id_(id), schema_(std::move(schema)), timeout_(timeout) {}

Deadline Table::NewDeadline() const {
  return Deadline::After(core_.executor().clock(), timeout_);
}

std::unique_ptr<Mutator> Table::NewMutator(const MutatorOptions& options) {
  return std::make_unique<Mutator>(std::make_unique<MutatorFace>(core_, id_, schema_, timeout_, options));
}

Result<std::unique_ptr<Scanner>> Table::NewScanner(model::ScanSpec spec, bool count_reads) {
  RETURN_IF_ERROR(spec.Check());
  ScanLabel label;
  label.table_name = path_;
  if (count_reads) label.reads = std::make_shared<ScanReads>();
  return std::make_unique<Scanner>(
      std::make_unique<ScannerFace>(core_, id_, schema_, std::move(spec), timeout_, std::move(label)));
}

Result<std::vector<ExplainedRange>> Table::Explain(model::ScanSpec spec) {
  RETURN_IF_ERROR(spec.Check());
  return common::BlockOn(core_.executor(), ExplainScan(core_.scans(), id_, schema_, std::move(spec), NewDeadline()));
}

Result<std::vector<model::Cell>> Table::ScanAll(model::ScanSpec spec) {
  RETURN_IF_ERROR(spec.Check());
  return common::BlockOn(core_.executor(),
                         client::ScanAll(core_.scans(), id_, schema_, std::move(spec), NewDeadline()));
}

Result<std::vector<model::Cell>> Table::GetRows(const model::ScanSpec& spec, std::vector<std::string> rows) {
  RETURN_IF_ERROR(spec.Check());
  return common::BlockOn(core_.executor(),
                         client::GetRows(core_.scans(), id_, schema_, spec, std::move(rows), NewDeadline()));
}

Result<RowMutationOutcome> Table::Mutate(const RowMutation& mutation) {
  ASSIGN_OR_RETURN(std::vector<RowCondition> conditions, mutation.ConditionsFor(*schema_));
  ASSIGN_OR_RETURN(std::vector<model::Cell> cells, mutation.CellsFor(*schema_));
  return Send(std::move(conditions), std::move(cells), mutation.durability());
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

Result<RowMutationOutcome> Table::MutateRow(std::vector<RowCondition> conditions, std::vector<model::Cell> cells) {
  if (cells.empty()) return common::InvalidArgument("a row mutation needs at least one cell");
  for (const model::Cell& cell : cells) {
    RETURN_IF_ERROR(CheckCell(cell.view(), *schema_, model::CellLimits::For(id_)));
    if (cell.row != cells.front().row) return common::InvalidArgument("a row mutation has cells of two rows");
  }
  RETURN_IF_ERROR(model::CheckConditions(conditions, *schema_));
  return Send(std::move(conditions), std::move(cells), std::nullopt);
}

Result<RowMutationOutcome> Table::Send(std::vector<RowCondition> conditions, std::vector<model::Cell> cells,
                                       std::optional<model::Durability> durability) {
  std::set<std::pair<model::FamilyId, std::string_view>> counters;
  for (const model::Cell& cell : cells) {
    if (cell.flag == model::KeyFlag::kInsert && schema_->rules(cell.family).counter)
      counters.emplace(cell.family, cell.qualifier);
  }
  MutateRowOptions options;
  options.wants_counters = counters.size() <= model::kMaxReturnedCounters;
  options.durability = durability;
  return common::BlockOn(core_.executor(), client::MutateRow(core_.updates(), id_, schema_, std::move(conditions),
                                                             std::move(cells), NewDeadline(), options));
}

}  // namespace cellar::client

#include "tests/differential/client_path.h"

#include <utility>

#include "client/cpp/include/resumable_scan.h"

namespace cellar::tests {

using model::Cell;
using model::ScanSpec;

Result<ClientPath::Open*> ClientPath::Find(const NamedTable& table) {
  Open& open = open_[table.path];
  if (open.table == nullptr) {
    ASSIGN_OR_RETURN(open.table, client_.OpenTable(table.path));
    open.mutator = open.table->NewMutator();
  }
  return &open;
}

Status ClientPath::Write(const NamedTable& table, const std::vector<Cell>& cells, Random& random) {
  ASSIGN_OR_RETURN(Open* const open, Find(table));
  const std::unique_ptr<client::Mutator> own = random.OneIn(3) ? open->table->NewMutator() : nullptr;
  client::Mutator& mutator = own ? *own : *open->mutator;
  for (const Cell& cell : cells) RETURN_IF_ERROR(mutator.Set(cell.view()));
  return mutator.Flush();
}

Result<MutationAnswer> ClientPath::Mutate(const NamedTable& table, const std::vector<client::RowCondition>& conditions,
                                          const std::vector<Cell>& cells) {
  ASSIGN_OR_RETURN(Open* const open, Find(table));
  ASSIGN_OR_RETURN(const client::RowMutationOutcome outcome, open->table->MutateRow(conditions, cells));
  MutationAnswer answer;
  answer.applied = outcome.applied;
  if (outcome.applied) answer.revision = outcome.revision.get();
  if (!outcome.failed.empty()) {
    answer.failed = outcome.failed.front().index;
    answer.found = outcome.failed.front().value;
  }
  return answer;
}

Question ClientPath::Choose(const NamedTable&, ScanSpec spec, Random& random) const {
  Question question;
  question.chance = random.Next();
  const uint64_t way = random.Uniform(5);
  if (way == 0) {
    question.way = "gets of rows";
    for (const model::RowInterval& rows : spec.row_intervals) {
      if (rows.IsSingleRow()) question.rows.push_back(rows.start);
    }
    question.rows.insert(question.rows.end(), {"a", "row", "b"});
    spec.row_intervals.clear();
    spec.cell_intervals.clear();
    for (const std::string& row : question.rows) {
      ScanSpec& one = question.meaning.emplace_back(spec);
      one.row_intervals.push_back(model::RowInterval::Row(row));
    }
  } else if (way == 1) {
    question.way = "a scan taken up again";
    spec.interval_mode = model::IntervalMode::kUnion;
    spec.cell_offset = 0;
    question.meaning.push_back(spec);
  } else {
    question.way = way == 2 ? "a small scan" : "a scanner";
    question.meaning.push_back(spec);
  }
  question.spec = std::move(spec);
  return question;
}

namespace {

/// Opens it anew, with its token, at most every `stride` cells.
Result<Answer> TakeUpAgain(const std::shared_ptr<client::Table>& table, const ScanSpec& spec, uint64_t stride) {
  Answer answer;
  std::string token;
  bool ended = false;
  while (!ended) {
    ASSIGN_OR_RETURN(const auto scan, client::ResumableScan::Open(table, spec, token));
    model::CellView cell;
    uint64_t count = 0;
    while (count < stride && scan->Next(&cell)) {
      answer.cells.emplace_back(cell);
      ++count;
    }
    RETURN_IF_ERROR(scan->status());
    ended = count < stride;
    token = scan->Token();
    // A scan that has given all that its limits allow has no more to be taken up.
    const bool is_spent = spec.cell_limit != 0 && answer.cells.size() >= spec.cell_limit;
    ended = ended || is_spent;
  }
  return answer;
}

}  // namespace

Result<Answer> ClientPath::Ask(const NamedTable& table, const Question& question) {
  ASSIGN_OR_RETURN(Open* const open, Find(table));
  Answer answer;
  if (!question.rows.empty()) {
    ASSIGN_OR_RETURN(answer.cells, open->table->GetRows(question.spec, question.rows));
    return answer;
  }
  if (question.way == "a scan taken up again") return TakeUpAgain(open->table, question.spec, 1 + question.chance % 9);
  if (question.way == "a small scan") {
    ASSIGN_OR_RETURN(answer.cells, open->table->ScanAll(question.spec));
    return answer;
  }
  ASSIGN_OR_RETURN(const auto scanner, open->table->NewScanner(question.spec));
  model::CellView cell;
  while (scanner->Next(&cell)) answer.cells.emplace_back(cell);
  RETURN_IF_ERROR(scanner->status());
  return answer;
}

}  // namespace cellar::tests

#include "tests/differential/gateway_path.h"

#include <utility>

#include "tests/differential/hql_words.h"
#include "tests/differential/thrift_words.h"

namespace cellar::tests {
namespace {

using model::Cell;
using model::ScanSpec;

enum Way : uint64_t {
  kAtOnce,
  kAtOnceAsArrays,
  kAtOncePacked,
  kScanner,
  kScannerRows,
  kFuture,
  kTakenUpAgain,
  kHql,
  kWays
};
constexpr const char* kNames[] = {"all at once",           "all at once as arrays",
                                  "all at once packed",    "a scanner's batches",
                                  "a scanner's rows",      "a future",
                                  "a scan taken up again", "a SELECT"};

/// Without the slash in front: names are relative to a namespace.
std::string NameOf(const NamedTable& table) {
  return table.path.substr(1);
}

/// What `call` meets as a Status.
template <typename Call>
Status Caught(Call call) {
  try {
    call();
    return common::OkStatus();
  } catch (const api::ClientException& error) {
    return common::InvalidArgument(error.message).WithDetail(error.code);
  } catch (const ::apache::thrift::TException& error) {
    return common::Unavailable(error.what());
  }
}

template <typename Cells>
void Append(const Cells& cells, const NamedTable& table, const Question& question, Answer* answer) {
  const std::vector<Cell> read = FromThrift(cells, *table.schema, question.spec.return_deletes);
  answer->cells.insert(answer->cells.end(), read.begin(), read.end());
}

}  // namespace

void GatewayPath::Connect(uint16_t port) {
  connection_ = std::make_unique<GatewayConnection>(port);
  ns_ = (*connection_)->open_namespace("/");
  mutators_.clear();
}

int64_t GatewayPath::MutatorOf(const std::string& table) {
  const auto found = mutators_.find(table);
  if (found != mutators_.end()) return found->second;
  return mutators_[table] = (*connection_)->mutator_open(ns_, table, 0, 0);
}

void GatewayPath::Forget(const NamedTable& table) {
  const auto found = mutators_.find(NameOf(table));
  if (found == mutators_.end()) return;
  const Status closed = Caught([&] { (*connection_)->mutator_close(found->second); });
  (void)closed;  // nothing was in it
  mutators_.erase(found);
}

Status GatewayPath::Write(const NamedTable& table, const std::vector<Cell>& cells, Random& random) {
  const std::string name = NameOf(table);
  const model::Schema& schema = *table.schema;
  std::vector<api::Cell> structs;
  std::vector<api::CellAsArray> arrays;
  for (const Cell& cell : cells) {
    structs.push_back(ToThrift(cell, schema));
    arrays.push_back(ToThriftArray(cell, schema));
  }
  own::CellarServiceClient& calls = *connection_->operator->();
  return Caught([&] {
    switch (random.Uniform(5)) {
      case 0:
        return calls.set_cells(ns_, name, structs);
      case 1:
        return calls.set_cells_as_arrays(ns_, name, arrays);
      case 2:
        return calls.set_cells_serialized(ns_, name, ToThriftPacked(cells, schema));
      case 3:
        calls.mutator_set_cells_as_arrays(MutatorOf(name), arrays);
        return calls.mutator_flush(MutatorOf(name));
      default:
        return calls.mutator_set_cells_serialized(MutatorOf(name), ToThriftPacked(cells, schema), true);
    }
  });
}

Result<MutationAnswer> GatewayPath::Mutate(const NamedTable& table, const std::vector<client::RowCondition>& conditions,
                                           const std::vector<Cell>& cells) {
  std::vector<own::CellCondition> said;
  for (const client::RowCondition& condition : conditions) {
    own::CellCondition& one = said.emplace_back();
    one.column_family = table.schema->FindFamily(condition.family)->name;
    one.__set_column_qualifier(condition.qualifier);
    // PREFIX stands last there.
    constexpr int kOperation[] = {0, 1, 2, 3, 8, 4, 5, 6, 7};
    one.operation = static_cast<own::CompareOperation::type>(kOperation[static_cast<int>(condition.expectation)]);
    if (condition.Compares()) one.__set_value(condition.value);
  }
  own::CheckResult result;
  RETURN_IF_ERROR(Caught([&] {
    (*connection_)
        ->check_and_mutate(result, ns_, NameOf(table), cells.front().row, said, ToThriftPacked(cells, *table.schema));
  }));
  MutationAnswer answer;
  answer.applied = result.applied;
  if (result.__isset.revision) answer.revision = result.revision;
  if (result.__isset.failed_condition) answer.failed = static_cast<size_t>(result.failed_condition);
  if (result.__isset.current_value) answer.found = result.current_value;
  return answer;
}

Question GatewayPath::Choose(const NamedTable&, ScanSpec spec, Random& random) const {
  Question question;
  question.chance = random.Next();
  uint64_t way = random.Uniform(kWays);
  // Arrays say nothing of flags.
  if (way == kAtOnceAsArrays && spec.return_deletes) way = kAtOnce;
  question.way = kNames[way];
  if (way == kHql) {
    question.spec = AsSaidInHql(std::move(spec));
    question.meaning.push_back(question.spec);
    return question;
  }
  spec = AsSaidInThrift(std::move(spec));
  // Whatever is asked for, intervals are looked at as if they came one after the other.
  question.is_refused = HasReversedCells(spec) || !spec.Check().ok();
  if (way == kTakenUpAgain) {
    spec.interval_mode = model::IntervalMode::kUnion;
    spec.cell_offset = 0;
  }
  question.meaning.push_back(spec);
  question.spec = std::move(spec);
  return question;
}

Result<Answer> GatewayPath::Ask(const NamedTable& table, const Question& question) {
  Answer answer;
  RETURN_IF_ERROR(Caught([&] { answer = AskIn(table, question); }));
  return answer;
}

Answer GatewayPath::Select(const NamedTable& table, const model::ScanSpec& spec) {
  own::HqlAnswer result;
  (*connection_)->hql_run(result, ns_, ToHql(NameOf(table), spec), own::HqlOptions());
  Answer answer;
  answer.has_revisions = false;
  answer.cells = FromThriftPacked(result.cells, *table.schema, spec.return_deletes, nullptr);
  return answer;
}

Answer GatewayPath::AskIn(const NamedTable& table, const Question& question) {
  if (question.way == kNames[kHql]) return Select(table, question.spec);
  const api::ScanSpec spec = ToThrift(question.spec);
  const std::string name = NameOf(table);
  own::CellarServiceClient& calls = *connection_->operator->();
  Answer answer;
  answer.has_revisions = false;
  if (question.way == kNames[kAtOnce]) {
    std::vector<api::Cell> cells;
    calls.get_cells(cells, ns_, name, spec);
    Append(cells, table, question, &answer);
  } else if (question.way == kNames[kAtOnceAsArrays]) {
    std::vector<api::CellAsArray> cells;
    calls.get_cells_as_arrays(cells, ns_, name, spec);
    Append(cells, table, question, &answer);
  } else if (question.way == kNames[kAtOncePacked]) {
    std::string cells;
    calls.get_cells_serialized(cells, ns_, name, spec);
    answer.cells = FromThriftPacked(cells, *table.schema, question.spec.return_deletes, nullptr);
  } else if (question.way == kNames[kFuture]) {
    answer = ReadFuture(table, name, spec);
  } else if (question.way == kNames[kTakenUpAgain]) {
    answer = TakeUpAgain(table, name, question, spec);
  } else {
    answer = ReadScanner(table, question, spec);
  }
  return answer;
}

Answer GatewayPath::ReadScanner(const NamedTable& table, const Question& question, const api::ScanSpec& spec) {
  own::CellarServiceClient& calls = *connection_->operator->();
  const int64_t scanner = calls.scanner_open(ns_, NameOf(table), spec);
  Answer answer;
  answer.has_revisions = false;
  while (true) {
    std::vector<api::Cell> cells;
    if (question.way == kNames[kScanner]) {
      calls.next_cells(cells, scanner);
    } else {
      calls.scanner_get_row(cells, scanner);
    }
    if (cells.empty()) break;
    Append(cells, table, question, &answer);
  }
  calls.scanner_close(scanner);
  return answer;
}

Answer GatewayPath::ReadFuture(const NamedTable& table, const std::string& name, const api::ScanSpec& spec) {
  own::CellarServiceClient& calls = *connection_->operator->();
  const int64_t future = calls.future_open(1 << 20);
  Answer answer;
  answer.has_revisions = false;
  try {
    calls.async_scanner_open(ns_, name, future, spec);
  } catch (const api::ClientException&) {
    calls.future_close(future);
    throw;
  }
  while (true) {
    api::ResultSerialized result;
    constexpr int32_t kPatienceMs = 60'000;
    calls.future_get_result_serialized(result, future, kPatienceMs);
    if (result.is_empty) break;
    if (result.is_error) {
      calls.future_close(future);
      api::ClientException error;
      error.code = result.error;
      error.message = result.error_msg;
      throw error;
    }
    const std::vector<Cell> read = FromThriftPacked(result.cells, *table.schema, spec.return_deletes, nullptr);
    answer.cells.insert(answer.cells.end(), read.begin(), read.end());
  }
  calls.future_close(future);
  return answer;
}

/// A scanner for each batch, which is one cell at least.
Answer GatewayPath::TakeUpAgain(const NamedTable& table, const std::string& name, const Question& question,
                                const api::ScanSpec& spec) {
  own::CellarServiceClient& calls = *connection_->operator->();
  Answer answer;
  answer.has_revisions = false;
  std::string token;
  bool done = false;
  while (!done) {
    const int64_t scanner = calls.resumable_scan_open(ns_, name, spec, token);
    for (uint64_t batch = 0; batch <= question.chance % 3 && !done; ++batch) {
      own::ScanBatch result;
      calls.resumable_scan_next(result, scanner, static_cast<int32_t>(1 + question.chance % 400));
      const std::vector<Cell> read =
          FromThriftPacked(result.cells, *table.schema, question.spec.return_deletes, nullptr);
      answer.cells.insert(answer.cells.end(), read.begin(), read.end());
      token = result.token;
      done = result.done;
    }
    calls.scanner_close(scanner);
    done = done || (question.spec.cell_limit != 0 && answer.cells.size() >= question.spec.cell_limit);
  }
  return answer;
}

}  // namespace cellar::tests

#include "rangeserver/range/conditions.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <set>

#include "model/cell_codec.h"
#include "model/counter.h"
#include "rangeserver/range/cell_cache.h"
#include "rangeserver/range/state_source.h"
#include "storage/key_bounds.h"
#include "storage/merge_source.h"

namespace cellar::rangeserver {

namespace {

using model::Revision;

/// Reads first visible values of columns of one row. With `written`: as if these cells had been written, too.
class RowReader {
 public:
  RowReader(const RangeSnapshot& snapshot, std::string_view row, Nanos now)
      : snapshot_(snapshot), row_(row), now_(now) {}

  Status Open(const model::FamilySet& families, const CellCache* written = nullptr) {
    const model::RowInterval rows = model::RowInterval::Row(std::string(row_));
    ASSIGN_OR_RETURN(std::vector<std::unique_ptr<storage::CellSource>> sources, snapshot_.Sources(families, rows));
    StateSource::Options options;
    if (written != nullptr) {
      const storage::KeyBounds bounds = storage::KeyBounds::Of(rows);
      sources.push_back(written->NewSource(bounds.start, bounds.end.value_or("")));
    } else {
      options.snapshot = snapshot_.revision();
    }
    options.now = std::max(now_, snapshot_.revision().get());
    source_ = std::make_unique<StateSource>(snapshot_.schema(),
                                            std::make_unique<storage::MergeSource>(std::move(sources)), options);
    return common::Status();
  }

  Result<std::optional<std::string>> FirstValue(model::FamilyId family, const std::string& qualifier) {
    std::optional<std::string> value;
    const std::string end = model::ColumnEnd(row_, family, qualifier);
    source_->Seek(model::ColumnStart(row_, family, qualifier));
    if (source_->Valid() && source_->key() < end) {
      if (snapshot_.schema()->rules(family).counter) return SumUpTo(end);
      value = std::string(source_->value());
    }
    RETURN_IF_ERROR(source_->status());
    return value;
  }

 private:
  Result<std::optional<std::string>> SumUpTo(const std::string& column_end) {
    std::vector<std::pair<Revision, std::string>> updates;
    for (; source_->Valid() && source_->key() < column_end; source_->Next())
      updates.emplace_back(model::KeyRevision(source_->key()), std::string(source_->value()));
    RETURN_IF_ERROR(source_->status());
    std::sort(updates.begin(), updates.end());
    int64_t total = 0;
    for (const auto& [revision, bytes] : updates) {
      ASSIGN_OR_RETURN(const model::CounterUpdate update, model::CounterUpdate::Decode(bytes));
      total = update.reset ? update.amount : model::AddCounters(total, update.amount);
    }
    return std::optional<std::string>(std::to_string(total));
  }

  const RangeSnapshot& snapshot_;
  const std::string_view row_;
  const Nanos now_;
  std::unique_ptr<StateSource> source_;
};

model::FamilySet FamiliesOf(const std::vector<Column>& columns) {
  model::FamilySet families;
  for (const Column& column : columns) families.set(column.first.get());
  return families;
}

/// The cells of a mutation as if they had been written, for RowReader.
Result<std::shared_ptr<CellCache>> CacheOf(const MutationQuestion& question, const model::Schema& schema) {
  auto cache = std::make_shared<CellCache>();
  std::vector<CellCache::Input> inputs;
  model::CellReader cells(question.cells);
  model::EncodedCell cell;
  const auto add = [&] {
    cache->Add(inputs, question.base, schema.key_codec());
    inputs.clear();
  };
  while (cells.Next(&cell)) {
    const model::FamilyId family{static_cast<uint8_t>(cell.key_prefix[model::RowPrefixLength(cell.key_prefix)])};
    const bool hides_counters = cell.key_prefix.back() != static_cast<char>(model::KeyFlag::kInsert) &&
                                (family == model::FamilyId{} || schema.rules(family).counter);
    if (hides_counters && cell.has_timestamp && cell.timestamp >= question.base.get()) {
      return common::InvalidArgument("a delete at a time that has not come, of a counter whose value is asked for");
    }
    CellCache::Input& input = inputs.emplace_back();
    input.cell = cell;
    input.family = family;
    if (inputs.size() == CellCache::kMaxAddCells) add();
  }
  RETURN_IF_ERROR(cells.status());
  add();
  return cache;
}

Result<std::vector<CounterValue>> CountersAfter(const RangeSnapshot& snapshot, const MutationQuestion& question,
                                                Nanos now) {
  const std::vector<Column> columns = CountersIn(question.cells, *snapshot.schema());
  if (columns.size() > model::kMaxReturnedCounters) {
    return common::InvalidArgument("a mutation that asks for the values of " + std::to_string(columns.size()) +
                                   " counters; at most " + std::to_string(model::kMaxReturnedCounters));
  }
  std::vector<CounterValue> counters;
  if (columns.empty()) return counters;
  ASSIGN_OR_RETURN(const std::shared_ptr<CellCache> written, CacheOf(question, *snapshot.schema()));
  RowReader reader(snapshot, question.row, now);
  RETURN_IF_ERROR(reader.Open(FamiliesOf(columns), written.get()));
  for (const Column& column : columns) {
    ASSIGN_OR_RETURN(const std::optional<std::string> text, reader.FirstValue(column.first, column.second));
    CounterValue& counter = counters.emplace_back();
    counter.family = column.first;
    counter.qualifier = column.second;
    if (text) std::from_chars(text->data(), text->data() + text->size(), counter.value);
  }
  return counters;
}

}  // namespace

std::vector<Column> CountersIn(std::string_view cells, const model::Schema& schema) {
  std::vector<Column> columns;
  std::set<Column> seen;
  model::CellReader reader(cells);
  model::EncodedCell cell;
  model::EncodedKeyParts parts;
  while (reader.Next(&cell)) {
    if (!model::ParseKeyPrefix(cell.key_prefix, &parts) || parts.flag != model::KeyFlag::kInsert) continue;
    if (!schema.is_live(parts.family) || !schema.rules(parts.family).counter) continue;
    std::string qualifier;
    model::AppendUnescaped(parts.qualifier, &qualifier);
    Column column(parts.family, std::move(qualifier));
    if (seen.insert(column).second) columns.push_back(std::move(column));
  }
  return columns;
}

Result<std::vector<std::optional<std::string>>> ReadColumns(const RangeSnapshot& snapshot, std::string_view row,
                                                            const std::vector<Column>& columns, Nanos now) {
  RowReader reader(snapshot, row, now);
  RETURN_IF_ERROR(reader.Open(FamiliesOf(columns)));
  std::vector<std::optional<std::string>> values;
  for (const Column& column : columns) {
    ASSIGN_OR_RETURN(values.emplace_back(), reader.FirstValue(column.first, column.second));
  }
  return values;
}

Result<MutationVerdict> DecideMutation(const RangeSnapshot& snapshot, const MutationQuestion& question, Nanos now) {
  const model::Schema& schema = *snapshot.schema();
  RETURN_IF_ERROR(model::CheckConditions(question.conditions, schema));
  MutationVerdict verdict;
  std::vector<Column> columns;
  for (const CellCondition& condition : question.conditions)
    columns.emplace_back(condition.family, condition.qualifier);
  ASSIGN_OR_RETURN(std::vector<std::optional<std::string>> found, ReadColumns(snapshot, question.row, columns, now));
  for (size_t i = 0; i < question.conditions.size(); ++i) {
    const CellCondition& condition = question.conditions[i];
    if (condition.Holds(found[i], schema.rules(condition.family).counter)) continue;
    FailedCondition& failure = verdict.failed.emplace_back();
    failure.index = i;
    failure.value = std::move(found[i]);
  }
  if (!verdict.failed.empty() || !question.wants_counters) return verdict;
  ASSIGN_OR_RETURN(verdict.counters, CountersAfter(snapshot, question, now));
  return verdict;
}

}  // namespace cellar::rangeserver

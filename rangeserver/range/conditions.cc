#include "rangeserver/range/conditions.h"

#include <algorithm>
#include <utility>

#include "model/counter.h"
#include "rangeserver/range/state_source.h"
#include "storage/merge_source.h"

namespace cellar::rangeserver {

namespace {

/// Reads first visible values of columns of one row.
class RowReader {
 public:
  RowReader(const RangeSnapshot& snapshot, std::string_view row, Nanos now)
      : snapshot_(snapshot), row_(row), now_(now) {}

  Status Open(const std::vector<CellCondition>& conditions) {
    model::FamilySet families;
    for (const CellCondition& condition : conditions) families.set(condition.family.get());
    ASSIGN_OR_RETURN(std::vector<std::unique_ptr<storage::CellSource>> sources,
                     snapshot_.Sources(families, model::RowInterval::Row(std::string(row_))));
    StateSource::Options options;
    options.snapshot = snapshot_.revision();
    options.now = std::max(now_, snapshot_.revision().get());
    source_ = std::make_unique<StateSource>(snapshot_.schema(),
                                            std::make_unique<storage::MergeSource>(std::move(sources)), options);
    return common::Status();
  }

  Result<std::optional<std::string>> FirstValue(model::FamilyId family, const std::string& qualifier) {
    std::optional<std::string> value;
    const std::string end = model::ColumnEnd(row_, family, qualifier);
    std::string column;
    model::AppendKeyPrefix(row_, family, qualifier, model::KeyFlag::kInsert, &column);
    column.pop_back();
    source_->Seek(model::ColumnStart(row_, family, qualifier));
    if (source_->Valid() && source_->key().starts_with(column) && source_->key() < end) {
      if (snapshot_.schema()->rules(family).counter) return SumOfColumn(column);
      value = std::string(source_->value());
    }
    RETURN_IF_ERROR(source_->status());
    return value;
  }

 private:
  Result<std::optional<std::string>> SumOfColumn(const std::string& column) {
    std::vector<std::pair<model::Revision, std::string>> updates;
    for (; source_->Valid() && source_->key().starts_with(column); source_->Next())
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

bool Holds(const CellCondition& condition, const std::optional<std::string>& value) {
  switch (condition.expectation) {
    case CellCondition::Expectation::kAbsent:
      return !value.has_value();
    case CellCondition::Expectation::kPresent:
      return value.has_value();
    case CellCondition::Expectation::kEquals:
      return value == condition.value;
  }
  return false;
}

}  // namespace

Result<std::vector<FailedCondition>> CheckConditions(const RangeSnapshot& snapshot, std::string_view row,
                                                     const std::vector<CellCondition>& conditions, Nanos now) {
  for (const CellCondition& condition : conditions)
    if (!snapshot.schema()->is_live(condition.family))
      return common::InvalidArgument("condition on an unknown column family").WithDetail(9);
  RowReader reader(snapshot, row, now);
  RETURN_IF_ERROR(reader.Open(conditions));
  std::vector<FailedCondition> failed;
  for (size_t i = 0; i < conditions.size(); ++i) {
    ASSIGN_OR_RETURN(std::optional<std::string> value,
                     reader.FirstValue(conditions[i].family, conditions[i].qualifier));
    if (Holds(conditions[i], value)) continue;
    FailedCondition& failure = failed.emplace_back();
    failure.index = i;
    failure.value = std::move(value);
  }
  return failed;
}

}  // namespace cellar::rangeserver

#include "tests/differential/tracked_table.h"

#include <algorithm>
#include <utility>

#include "model/evaluator.h"
#include "tests/support/random_cells.h"

namespace cellar::tests {
namespace {

using model::Cell;
using model::Revision;

/// Whether `stored` is `cell` as it was written under the revision that it has.
bool IsOf(const Cell& cell, const Cell& stored) {
  return Written(cell, stored.revision) == stored;
}

}  // namespace

void TrackedTable::Add(const std::vector<Cell>& cells, Revision base) {
  for (size_t i = 0; i < cells.size(); ++i) {
    history_.push_back(Written(cells[i], Revision(base.get() + static_cast<int64_t>(i))));
  }
  last_ = history_.back().revision;
}

bool TrackedTable::IsNeverSeen(const Cell& cell, Nanos now) const {
  if (cell.flag != model::KeyFlag::kInsert || cell.timestamp == model::kAutomaticTimestamp) return false;
  const int64_t ttl_seconds = schema().rules(cell.family).ttl_seconds;
  return ttl_seconds > 0 && __int128{cell.timestamp} + __int128{ttl_seconds} * kSecond <= now;
}

Status TrackedTable::AddAsStored(const std::vector<Cell>& cells, std::vector<Cell> stored, Nanos now) {
  std::erase_if(stored, [this](const Cell& cell) { return cell.revision <= last_; });
  std::sort(stored.begin(), stored.end(), [](const Cell& a, const Cell& b) { return a.revision < b.revision; });
  auto next = stored.begin();
  for (const Cell& cell : cells) {
    if (next != stored.end() && IsOf(cell, *next)) {
      last_ = next->revision;
      history_.push_back(*next++);
    } else if (IsNeverSeen(cell, now)) {
      last_ = Revision(last_.get() + 1);  // whatever it is: nothing shows it
      history_.push_back(Written(cell, last_));
    } else {
      return common::Corruption("what was written is not what is stored, in its order");
    }
  }
  if (next != stored.end()) return common::Corruption("more is stored than was written");
  return common::OkStatus();
}

Result<std::vector<Cell>> TrackedTable::Expected(const std::vector<model::ScanSpec>& meaning, Nanos now) const {
  std::vector<Cell> all;
  for (const model::ScanSpec& spec : meaning) {
    ASSIGN_OR_RETURN(const std::vector<Cell> cells, model::Evaluate(schema(), history_, spec, last_, now));
    all.insert(all.end(), cells.begin(), cells.end());
  }
  return all;
}

}  // namespace cellar::tests

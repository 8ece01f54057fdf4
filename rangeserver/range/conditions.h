#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/time/clock.h"
#include "model/ids.h"
#include "rangeserver/range/range_snapshot.h"

namespace cellar::rangeserver {

/// What a conditional row mutation expects of one column.
struct CellCondition {
  enum class Expectation : uint8_t {
    kAbsent = 0,   ///< No visible cell.
    kPresent = 1,  ///< Some visible cell.
    kEquals = 2,   ///< The first visible cell (newest; oldest in a TIME_ORDER DESC family) has `value`.
  };

  model::FamilyId family;
  std::string qualifier;
  Expectation expectation = Expectation::kAbsent;
  std::string value;

  CellCondition() = default;
};

/// A condition that did not hold, and what is there instead.
struct FailedCondition {
  size_t index = 0;                  ///< Among the conditions asked.
  std::optional<std::string> value;  ///< The first visible cell's; nullopt: there is none.
};

/// The conditions that do not hold in `row` at the snapshot; empty: apply. Reads files, so it runs in a worker job. The
/// caller holds the row's latch and took the snapshot afterwards. A counter's value is its decimal text.
Result<std::vector<FailedCondition>> CheckConditions(const RangeSnapshot& snapshot, std::string_view row,
                                                     const std::vector<CellCondition>& conditions, Nanos now);

}  // namespace cellar::rangeserver

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "model/ids.h"

namespace cellar::model {

class Schema;

/// What a conditional row mutation expects of one column's first visible cell: the newest, or the oldest in a
/// TIME_ORDER DESC family. The numbers travel and are those of protocol/rangeserver.thrift.
struct CellCondition {
  enum class Expectation : uint8_t {
    kAbsent = 0,     ///< No visible cell.
    kPresent = 1,    ///< Some visible cell.
    kEquals = 2,     ///< There is one, with `value`.
    kNotEquals = 3,  ///< kEquals does not hold: there is none, or it has another value.
    // These hold for no column without a visible cell. Order is that of the bytes; of the numbers for a counter.
    kStartsWith = 4,  ///< Not for counters.
    kLess = 5,
    kLessOrEqual = 6,
    kGreater = 7,
    kGreaterOrEqual = 8,
  };

  FamilyId family;
  std::string qualifier;
  Expectation expectation = Expectation::kAbsent;
  std::string value;  ///< Of kEquals and what follows. A counter's: decimal digits.

  CellCondition() = default;
  CellCondition(FamilyId family_in, std::string qualifier_in, Expectation expectation_in,
                std::string value_in = std::string())
      : family(family_in),
        qualifier(std::move(qualifier_in)),
        expectation(expectation_in),
        value(std::move(value_in)) {}

  /// Looks at the value.
  bool Compares() const { return expectation >= Expectation::kEquals; }

  /// Whether it holds where the column's first visible cell has the value `found`; nullopt: there is none.
  bool Holds(const std::optional<std::string>& found, bool is_counter) const;
};

inline constexpr uint8_t kLargestExpectation = 8;
inline constexpr size_t kMaxConditions = 256;  ///< Of one mutation.

/// kInvalidArgument: an unknown family or a counter compared with no number (public code 9), a counter's prefix (30),
/// more than kMaxConditions.
Status CheckConditions(const std::vector<CellCondition>& conditions, const Schema& schema);

/// A condition that did not hold, and what is there instead.
struct FailedCondition {
  size_t index = 0;                  ///< Among the conditions asked.
  std::optional<std::string> value;  ///< The first visible cell's, a counter's as decimal text; nullopt: there is none.

  friend bool operator==(const FailedCondition&, const FailedCondition&) = default;
};

/// What a counter shows after a mutation that added to it or set it.
struct CounterValue {
  FamilyId family;
  std::string qualifier;
  int64_t value = 0;

  friend bool operator==(const CounterValue&, const CounterValue&) = default;
};

inline constexpr size_t kMaxReturnedCounters = 64;  ///< Of one mutation.

}  // namespace cellar::model

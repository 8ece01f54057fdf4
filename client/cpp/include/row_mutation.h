#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/cpp/include/row_condition.h"
#include "common/base/result.h"
#include "model/cell.h"
#include "model/schema.h"
#include "model/schema_options.h"

namespace cellar::client {

/// Conditions and changes of one row, for Table::Mutate: when all conditions hold, all changes are made at once, else
/// none. A value to build up and pass on; knows no table, so that names are looked up and checked by Mutate.
///
///     table->Mutate(RowMutation("order 7")
///                       .IfEquals("state", "", "open")
///                       .Set("state", "", "paid")
///                       .Delete("reserved", "until")
///                       .Increment("payments", "", 1));
///
/// Not thread-safe. Columns are a family by name and a qualifier, which may be empty; timestamps are nanoseconds since
/// 1970 UTC, and the time of the write unless given.
class RowMutation {
 public:
  using Expectation = RowCondition::Expectation;

  explicit RowMutation(std::string row) : row_(std::move(row)) {}

  // ---- Conditions on the newest visible cell of a column (of a TIME_ORDER DESC family the oldest): what a read of the
  // column would give first. Decided together, at one moment at which nobody else writes the row.

  RowMutation& IfPresent(std::string_view family, std::string_view qualifier = "");
  RowMutation& IfAbsent(std::string_view family, std::string_view qualifier = "");
  RowMutation& IfEquals(std::string_view family, std::string_view qualifier, std::string_view value);
  /// Holds for a column without a cell, too.
  RowMutation& IfNotEquals(std::string_view family, std::string_view qualifier, std::string_view value);
  /// Any of them. Order is that of the bytes; a counter is compared as a number, `value` being its decimal digits.
  RowMutation& If(std::string_view family, std::string_view qualifier, Expectation expectation,
                  std::string_view value = "");

  // ---- Changes, made in the order of the calls: of two to one column the later one wins.

  /// As Mutator::Set: a counter's value is text, "5", "+5" and "-3" add, "=0" sets.
  RowMutation& Set(std::string_view family, std::string_view qualifier, std::string_view value,
                   std::optional<int64_t> timestamp = std::nullopt);
  RowMutation& Increment(std::string_view family, std::string_view qualifier, int64_t delta = 1);
  RowMutation& SetCounter(std::string_view family, std::string_view qualifier, int64_t value);

  // Deletes hide what was written before them and is not newer than `timestamp`.
  RowMutation& Delete(std::string_view family, std::string_view qualifier,
                      std::optional<int64_t> timestamp = std::nullopt);
  RowMutation& DeleteFamily(std::string_view family, std::optional<int64_t> timestamp = std::nullopt);
  RowMutation& DeleteRow(std::optional<int64_t> timestamp = std::nullopt);
  /// Exactly that version.
  RowMutation& DeleteVersion(std::string_view family, std::string_view qualifier, int64_t timestamp);

  /// In place of the table's; the stronger of the two holds.
  RowMutation& WithDurability(model::Durability durability);

  const std::string& row() const { return row_; }
  const std::optional<model::Durability>& durability() const { return durability_; }

  // With the families' ids of a schema, values checked, counters encoded. kInvalidArgument names the field; public code
  // 9 for unknown families, bad keys and values, and increments of what is no counter; 30 for a counter's prefix.
  Result<std::vector<RowCondition>> ConditionsFor(const model::Schema& schema) const;
  Result<std::vector<model::Cell>> CellsFor(const model::Schema& schema) const;

 private:
  struct Condition {
    std::string family;
    RowCondition condition;
  };
  struct Change {
    std::string family;  ///< Empty: of the whole row.
    std::string qualifier;
    model::KeyFlag flag = model::KeyFlag::kInsert;
    std::string value;
    bool counts = false;  ///< Only a counter takes it.
    std::optional<int64_t> timestamp;
  };
  RowMutation& Add(model::KeyFlag flag, std::string_view family, std::string_view qualifier,
                   std::optional<int64_t> timestamp);

  std::string row_;
  std::vector<Condition> conditions_;
  std::vector<Change> changes_;
  std::optional<model::Durability> durability_;
};

}  // namespace cellar::client

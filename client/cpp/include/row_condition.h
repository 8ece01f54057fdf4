#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/ids.h"

namespace cellar::client {

/// What a conditional row mutation expects of one column. The family is named by its id in the table's schema.
struct RowCondition {
  enum class Expectation : uint8_t { kAbsent = 0, kPresent = 1, kEquals = 2 };

  model::FamilyId family;
  std::string qualifier;
  Expectation expectation = Expectation::kAbsent;
  std::string value;  ///< kEquals.

  RowCondition() = default;
  RowCondition(model::FamilyId family_in, std::string qualifier_in, Expectation expectation_in,
               std::string value_in = std::string());
};

/// Outcome of a conditional row mutation.
struct RowMutationOutcome {
  bool applied = false;
  std::vector<std::optional<std::string>> current;  ///< Not applied: the columns' values, one a condition that failed.
  model::Revision revision;                         ///< Applied: of the first cell.

  RowMutationOutcome() = default;
};

}  // namespace cellar::client

#include "client/cpp/include/row_condition.h"

#include <utility>

namespace cellar::client {

RowCondition::RowCondition(model::FamilyId family_in, std::string qualifier_in, Expectation expectation_in,
                           std::string value_in)
    : family(family_in), qualifier(std::move(qualifier_in)), expectation(expectation_in), value(std::move(value_in)) {}

}  // namespace cellar::client

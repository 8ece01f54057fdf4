#include "model/cell.h"

#include <utility>

namespace cellar::model {

Cell::Cell(std::string row_in, FamilyId family_in, std::string qualifier_in, KeyFlag flag_in, int64_t timestamp_in,
           Revision revision_in, std::string value_in)
    : row(std::move(row_in)),
      family(family_in),
      qualifier(std::move(qualifier_in)),
      flag(flag_in),
      timestamp(timestamp_in),
      revision(revision_in),
      value(std::move(value_in)) {}

Cell::Cell(const CellView& view)
    : Cell(std::string(view.key.row), view.key.family, std::string(view.key.qualifier), view.key.flag,
           view.key.timestamp, view.key.revision, std::string(view.value)) {}

std::string Cell::ToString() const {
  return QuoteBytes(row) + " " + std::to_string(family.get()) + ":" + QuoteBytes(qualifier) + " " +
         std::string(KeyFlagName(flag)) + " t=" + std::to_string(timestamp) + " r=" + std::to_string(revision.get()) +
         " " + QuoteBytes(value);
}

}  // namespace cellar::model

#include "model/range_tiling.h"

#include <utility>

namespace cellar::model {
namespace {

using Bound = std::optional<std::string>;

std::string StartText(const Bound& start) {
  return start ? "behind " + QuoteBytes(*start) : "from the beginning";
}

std::string EndText(const Bound& end) {
  return end ? "up to " + QuoteBytes(*end) : "to the end";
}

/// As starts of ranges: an absent one is before all others.
bool StartsBefore(const Bound& a, const Bound& b) {
  return a < b;
}

TilingProblem Problem(TilingProblem::Kind kind, size_t index, const Bound& start, const Bound& end) {
  TilingProblem problem;
  problem.kind = kind;
  problem.index = index;
  problem.text = kind == TilingProblem::Kind::kHole ? "no range holds the rows " : "two ranges hold the rows ";
  problem.text += StartText(start) + " " + EndText(end);
  return problem;
}

}  // namespace

std::vector<TilingProblem> FindTilingProblems(const RangeKey& whole, std::span<const RangeRecord> ranges) {
  std::vector<TilingProblem> problems;
  Bound covered = whole.start_row;  // everything up to here has a range
  bool to_the_end = false;
  for (size_t index = 0; index < ranges.size(); ++index) {
    const RangeKey& range = ranges[index].range;
    if (to_the_end || StartsBefore(range.start_row, covered)) {
      problems.push_back(Problem(TilingProblem::Kind::kOverlap, index, range.start_row, covered));
    } else if (StartsBefore(covered, range.start_row)) {
      problems.push_back(Problem(TilingProblem::Kind::kHole, index, covered, range.start_row));
    }
    covered = range.end_row;
    to_the_end = !range.end_row;
  }
  if (!to_the_end) problems.push_back(Problem(TilingProblem::Kind::kHole, ranges.size(), covered, whole.end_row));
  return problems;
}

RangeKey AllOfTable(TableId table) {
  if (table == kMetadataTable) return RangeKey(table, RootRange().end_row, std::nullopt);
  return RangeKey(table, std::nullopt, std::nullopt);
}

}  // namespace cellar::model

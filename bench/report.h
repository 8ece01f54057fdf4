#pragma once

#include <string>
#include <vector>

#include "bench/contender.h"

namespace cellar::bench {

/// The same workload on both, run by run in turn.
struct Comparison {
  std::string name;
  std::vector<RunCost> cellar;
  std::vector<RunCost> rival;

  explicit Comparison(std::string name_in) : name(std::move(name_in)) {}
};

/// Median of at least one number.
double Median(std::vector<double> numbers);

/// The table of rates, ratios and CPU times, as Markdown.
std::string RatesTable(const std::vector<Comparison>& comparisons, const std::string& rival);

/// The largest number of cores that others kept busy during any run.
double MostForeignCores(const std::vector<Comparison>& comparisons);

}  // namespace cellar::bench

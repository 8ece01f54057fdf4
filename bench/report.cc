#include "bench/report.h"

#include <fmt/format.h>

#include <algorithm>

namespace cellar::bench {
namespace {

template <typename Number>
std::vector<double> Each(const std::vector<RunCost>& runs, Number number) {
  std::vector<double> numbers;
  for (const RunCost& run : runs) numbers.push_back(number(run));
  return numbers;
}

/// "1.23 M/s (best 1.30, spread 8 %)"
std::string Rate(const std::vector<RunCost>& runs) {
  const std::vector<double> rates = Each(runs, [](const RunCost& run) { return run.rate(); });
  const double median = Median(rates);
  const auto [least, most] = std::minmax_element(rates.begin(), rates.end());
  const bool is_large = median >= 1e6;
  const double unit = is_large ? 1e6 : 1e3;
  return fmt::format("{:.{}f} {}/s (best {:.{}f}, spread {:.0f} %)", median / unit, is_large ? 2 : 0,
                     is_large ? "M" : "K", *most / unit, is_large ? 2 : 0, 100 * (*most - *least) / median);
}

double MedianRate(const std::vector<RunCost>& runs) {
  return Median(Each(runs, [](const RunCost& run) { return run.rate(); }));
}

double MedianCpu(const std::vector<RunCost>& runs) {
  return Median(Each(runs, [](const RunCost& run) { return run.cpu_micros(); }));
}

std::string Cpu(const std::vector<RunCost>& runs) {
  const auto server = [](const RunCost& run) {
    return run.server_cpu_seconds * 1e6 / static_cast<double>(run.operations);
  };
  const auto client = [](const RunCost& run) {
    return run.client_cpu_seconds * 1e6 / static_cast<double>(run.operations);
  };
  return fmt::format("{:.3f} ({:.3f} + {:.3f})", MedianCpu(runs), Median(Each(runs, server)),
                     Median(Each(runs, client)));
}

}  // namespace

double Median(std::vector<double> numbers) {
  std::sort(numbers.begin(), numbers.end());
  const size_t middle = numbers.size() / 2;
  return numbers.size() % 2 == 1 ? numbers[middle] : (numbers[middle - 1] + numbers[middle]) / 2;
}

std::string RatesTable(const std::vector<Comparison>& comparisons, const std::string& rival) {
  std::string table = fmt::format(
      "| Workload | Cellar | {0} | rate ratio | Cellar CPU us (server + client) | {0}, CPU us | CPU ratio |\n"
      "|---|---|---|---|---|---|---|\n",
      rival);
  for (const Comparison& row : comparisons) {
    const double ours = MedianCpu(row.cellar);
    const double theirs = MedianCpu(row.rival);
    table += fmt::format("| {} | {} | {} | **{:.2f}** | {} | {:.3f} | {:.2f} |\n", row.name, Rate(row.cellar),
                         Rate(row.rival), MedianRate(row.cellar) / MedianRate(row.rival), Cpu(row.cellar), theirs,
                         theirs / ours);
  }
  return table;
}

double MostForeignCores(const std::vector<Comparison>& comparisons) {
  double most = 0;
  for (const Comparison& row : comparisons) {
    for (const RunCost& run : row.cellar) most = std::max(most, run.foreign_cores);
    for (const RunCost& run : row.rival) most = std::max(most, run.foreign_cores);
  }
  return most;
}

}  // namespace cellar::bench

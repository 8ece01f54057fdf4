#include "server/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace cellar::server {
namespace {

constexpr auto kResident = common::GaugeMetric("cellar_process_resident_bytes", "bytes", "Resident memory");
constexpr auto kProcessor =
    common::GaugeMetric("cellar_process_cpu_seconds", "seconds", "Processor time used, user and system");
constexpr auto kOpenFiles = common::GaugeMetric("cellar_process_open_files", "files", "Open file descriptors");
constexpr auto kUptime = common::GaugeMetric("cellar_process_uptime_seconds", "seconds", "Time since the start");

int64_t ResidentBytes() {
  std::ifstream file("/proc/self/statm");
  int64_t total_pages = 0;
  int64_t resident_pages = 0;
  file >> total_pages >> resident_pages;
  return resident_pages * ::sysconf(_SC_PAGESIZE);
}

int64_t ProcessorSeconds() {
  rusage usage = {};
  if (::getrusage(RUSAGE_SELF, &usage) != 0) return 0;
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec;
}

int64_t OpenFiles() {
  std::error_code error;
  const std::filesystem::directory_iterator files("/proc/self/fd", error);
  return error ? 0 : static_cast<int64_t>(std::distance(begin(files), end(files)));
}

}  // namespace

ProcessMetrics::ProcessMetrics(MetricsRegistry& metrics, const Clock& clock)
    : clock_(clock),
      started_(clock.MonotonicNow()),
      resident_bytes_(metrics.AddGauge(kResident)),
      processor_seconds_(metrics.AddGauge(kProcessor)),
      open_files_(metrics.AddGauge(kOpenFiles)),
      uptime_seconds_(metrics.AddGauge(kUptime)) {}

void ProcessMetrics::Refresh() {
  resident_bytes_.Set(ResidentBytes());
  processor_seconds_.Set(ProcessorSeconds());
  open_files_.Set(OpenFiles());
  uptime_seconds_.Set((clock_.MonotonicNow() - started_) / kSecond);
}

}  // namespace cellar::server

#include "bench/stopwatch.h"

#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>

#include "common/time/system_clock.h"

namespace cellar::bench {
namespace {

Nanos Nanoseconds(const timeval& time) {
  return time.tv_sec * kSecond + time.tv_usec * kMicrosecond;
}

Nanos TicksToNanos(int64_t ticks) {
  return ticks * (kSecond / ::sysconf(_SC_CLK_TCK));
}

Nanos WallNow() {
  return common::SystemClock().MonotonicNow();
}

/// All CPU time of the machine but idle and waiting for disks.
Nanos MachineBusy() {
  std::ifstream file("/proc/stat");
  std::string name;
  int64_t user = 0;
  int64_t nice = 0;
  int64_t system = 0;
  int64_t idle = 0;
  int64_t waiting = 0;
  int64_t interrupts = 0;
  int64_t soft_interrupts = 0;
  file >> name >> user >> nice >> system >> idle >> waiting >> interrupts >> soft_interrupts;
  return TicksToNanos(user + nice + system + interrupts + soft_interrupts);
}

Nanos CpuOfAll(const std::vector<pid_t>& processes) {
  Nanos sum = 0;
  for (const pid_t process : processes) sum += CpuOf(process);
  return sum;
}

double Seconds(Nanos time) {
  return static_cast<double>(time) / kSecond;
}

}  // namespace

Nanos CpuOf(pid_t process) {
  if (process == 0) return 0;
  if (process == ::getpid()) {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return Nanoseconds(usage.ru_utime) + Nanoseconds(usage.ru_stime);
  }
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string line;
  std::getline(file, line);
  std::istringstream fields(line.substr(std::min(line.rfind(')') + 1, line.size())));
  std::string ignored;
  for (int i = 0; i < 11; ++i) fields >> ignored;  // state … cmajflt
  int64_t user = 0;
  int64_t system = 0;
  fields >> user >> system;
  return TicksToNanos(user + system);
}

Stopwatch::Stopwatch(std::vector<pid_t> server)
    : server_(std::move(server)),
      wall_start_(WallNow()),
      client_start_(CpuOf(::getpid())),
      server_start_(CpuOfAll(server_)),
      machine_start_(MachineBusy()) {}

void Stopwatch::Read(RunCost* cost) const {
  cost->wall_seconds = Seconds(WallNow() - wall_start_);
  cost->client_cpu_seconds = 0;
  cost->server_cpu_seconds = 0;
  AddCpu(cost);
  const double busy = Seconds(MachineBusy() - machine_start_);
  cost->foreign_cores = std::max(0.0, busy - cost->cpu_seconds()) / std::max(cost->wall_seconds, 1e-9);
}

void Stopwatch::AddCpu(RunCost* cost) const {
  cost->client_cpu_seconds += Seconds(CpuOf(::getpid()) - client_start_);
  cost->server_cpu_seconds += Seconds(CpuOfAll(server_) - server_start_);
}

bool AwaitIdle(const std::vector<pid_t>& processes, Nanos limit) {
  constexpr int kLookMs = 150;
  const Nanos end = WallNow() + limit;
  int quiet_looks = 0;
  while (quiet_looks < 2) {
    if (WallNow() > end) return false;
    const Nanos before = CpuOfAll(processes);
    ::poll(nullptr, 0, kLookMs);
    quiet_looks = CpuOfAll(processes) - before > 10 * kMillisecond ? 0 : quiet_looks + 1;
  }
  return true;
}

}  // namespace cellar::bench

// cellar_sim: a whole Cellar in virtual time, seed by seed. `--help` says how.

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "common/fault/fault_points.h"
#include "tests/sim/campaign.h"

namespace cellar::sim {
namespace {

constexpr char kHelp[] =
    R"(cellar_sim: a whole Cellar in one thread and virtual time, with deaths, power cuts, bad disks, bad networks

  --seed N          one world, told in full
  --seeds A..B      many worlds; names those that break a promise, and how much of the fault points was reached
  --twice           each world twice: the trace hashes must be equal
  --defect NAME     with a mistake planted (docs/internals/faults.md); --defect all: every one of them
                    runs the seeds until one notices; without --seeds, 1..200
  --jobs N          worlds at a time (default: 2)
  --limit SECONDS   of real time for one world (default: 300)
  --log             what the roles log, on standard error; with --seed
  --trace           every step of a world on standard error; with --seed

Exit status: 0 when every promise held (with --defect: when every defect was noticed), else 1; 2 for bad arguments.
)";

constexpr uint64_t kSeedsForADefect = 200;

struct Arguments {
  uint64_t first_seed = 0;
  uint64_t last_seed = 0;
  std::vector<Defect> defects;
  bool twice = false;
  bool log = false;
  bool trace = false;
  int jobs = 2;
  int limit_seconds = 300;

  Arguments() = default;
};

[[noreturn]] void Refuse(const std::string& what) {
  std::fprintf(stderr, "cellar_sim: %s\n\n%s", what.c_str(), kHelp);
  std::exit(2);
}

uint64_t ParseNumber(const char* text, const char** end) {
  char* stop = nullptr;
  const uint64_t number = std::strtoull(text, &stop, 10);
  if (stop == text) Refuse(std::string("not a number: '") + text + "'");
  *end = stop;
  return number;
}

void ParseSeeds(const char* text, Arguments* arguments) {
  const char* rest = nullptr;
  arguments->first_seed = ParseNumber(text, &rest);
  arguments->last_seed = arguments->first_seed;
  if (std::strncmp(rest, "..", 2) == 0) arguments->last_seed = ParseNumber(rest + 2, &rest);
  if (*rest != '\0') Refuse(std::string("not seeds: '") + text + "'");
}

void ParseDefects(const std::string& name, Arguments* arguments) {
  if (name == "all") {
    for (const Defect defect : common::AllDefects()) arguments->defects.push_back(defect);
    return;
  }
  const auto defect = common::ParseDefect(name);
  if (!defect.ok()) Refuse(defect.status().ToString());
  arguments->defects.push_back(*defect);
}

Arguments Parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string flag = argv[i];
    if (flag == "--help" || flag == "-h") {
      std::printf("%s", kHelp);
      std::exit(0);
    }
    if (flag == "--twice") {
      arguments.twice = true;
      continue;
    }
    if (flag == "--trace" || flag == "--log") {
      (flag == "--trace" ? arguments.trace : arguments.log) = true;
      continue;
    }
    if (i + 1 == argc) Refuse("unknown flag, or one without its value: " + flag);
    const char* value = argv[++i];
    const char* rest = nullptr;
    if (flag == "--seed" || flag == "--seeds") {
      ParseSeeds(value, &arguments);
    } else if (flag == "--defect") {
      ParseDefects(value, &arguments);
    } else if (flag == "--jobs") {
      arguments.jobs = static_cast<int>(ParseNumber(value, &rest));
    } else if (flag == "--limit") {
      arguments.limit_seconds = static_cast<int>(ParseNumber(value, &rest));
    } else {
      Refuse("unknown flag: " + flag);
    }
  }
  if (arguments.first_seed == 0 && !arguments.defects.empty()) {
    arguments.first_seed = 1;
    arguments.last_seed = kSeedsForADefect;
  }
  if (arguments.first_seed == 0 || arguments.last_seed < arguments.first_seed) Refuse("which seeds?");
  if (arguments.jobs < 1) Refuse("--jobs must be at least 1");
  return arguments;
}

std::vector<RunOptions> RunsOf(const Arguments& arguments, std::optional<Defect> defect) {
  std::vector<RunOptions> runs;
  for (uint64_t seed = arguments.first_seed; seed <= arguments.last_seed; ++seed) {
    RunOptions run;
    run.seed = seed;
    run.defect = defect;
    run.prints_log = arguments.log;
    run.prints_trace = arguments.trace;
    runs.push_back(run);
    if (arguments.twice) runs.push_back(run);
  }
  return runs;
}

void PrintWorld(uint64_t seed, const RunReport& report) {
  std::printf("seed %llu: hash %016llx, %llu operations, %llu deaths, %.1f s of virtual time, %llu steps\n",
              static_cast<unsigned long long>(seed), static_cast<unsigned long long>(report.trace_hash),
              static_cast<unsigned long long>(report.operation_count),
              static_cast<unsigned long long>(report.death_count), static_cast<double>(report.virtual_time) / 1e9,
              static_cast<unsigned long long>(report.step_count));
}

/// Fault points that no world came through, one a line; the share of those that some did.
void PrintCoverage(const std::set<std::string>& passed) {
  const std::vector<std::string> all = common::AllFaultPointNames();
  size_t hit = 0;
  for (const std::string& name : all) {
    if (passed.contains(name)) {
      ++hit;
    } else {
      std::printf("  never reached: %s\n", name.c_str());
    }
  }
  std::printf("fault points reached: %zu of %zu (%.0f %%)\n", hit, all.size(),
              100.0 * static_cast<double>(hit) / static_cast<double>(all.size()));
}

int RunWorlds(const Arguments& arguments) {
  const std::vector<RunOptions> runs = RunsOf(arguments, std::nullopt);
  const bool tells_all = arguments.first_seed == arguments.last_seed;
  std::set<std::string> passed;
  int failures = 0;
  int worlds = 0;
  uint64_t operations = 0;
  uint64_t least_operations = UINT64_MAX;
  std::optional<uint64_t> first_hash;
  RunInChildren(runs, arguments.jobs, arguments.limit_seconds, [&](const RunOptions& run, const ChildReport& child) {
    const RunReport& report = child.report;
    passed.insert(report.passed_fault_points.begin(), report.passed_fault_points.end());
    ++worlds;
    operations += report.operation_count;
    least_operations = std::min(least_operations, report.operation_count);
    std::string problem = child.problem();
    if (arguments.twice && first_hash && problem.empty() && *first_hash != report.trace_hash) {
      problem = "the second time its trace is another";
    }
    first_hash = arguments.twice && !first_hash ? std::optional(report.trace_hash) : std::nullopt;
    if (tells_all || !problem.empty()) PrintWorld(run.seed, report);
    if (!problem.empty())
      std::printf("seed %llu FAILED: %s\n", static_cast<unsigned long long>(run.seed), problem.c_str());
    failures += problem.empty() ? 0 : 1;
    if (!tells_all && worlds % 20 == 0 && isatty(STDOUT_FILENO) != 0)
      std::printf("  %d of %zu worlds\n", worlds, runs.size());
    std::fflush(stdout);
    return true;
  });
  if (!tells_all) PrintCoverage(passed);
  std::printf("%llu operations, at least %llu in each world\n", static_cast<unsigned long long>(operations),
              static_cast<unsigned long long>(least_operations));
  std::printf("%d passed, %d failed\n", worlds - failures, failures);
  return failures == 0 ? 0 : 1;
}

std::string FirstLine(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

int HuntDefects(const Arguments& arguments) {
  int missed = 0;
  for (const Defect defect : arguments.defects) {
    bool noticed = false;
    RunInChildren(RunsOf(arguments, defect), arguments.jobs, arguments.limit_seconds,
                  [&](const RunOptions& run, const ChildReport& child) {
                    if (child.problem().empty()) return true;
                    noticed = true;
                    std::printf("%s: noticed by seed %llu: %s\n", std::string(common::DefectName(defect)).c_str(),
                                static_cast<unsigned long long>(run.seed), FirstLine(child.problem()).c_str());
                    return false;
                  });
    if (!noticed) std::printf("%s: NOT NOTICED\n", std::string(common::DefectName(defect)).c_str());
    missed += noticed ? 0 : 1;
    std::fflush(stdout);
  }
  std::printf("%zu passed, %d failed\n", arguments.defects.size() - static_cast<size_t>(missed), missed);
  return missed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace cellar::sim

int main(int argc, char** argv) {
  const cellar::sim::Arguments arguments = cellar::sim::Parse(argc, argv);
  return arguments.defects.empty() ? cellar::sim::RunWorlds(arguments) : cellar::sim::HuntDefects(arguments);
}

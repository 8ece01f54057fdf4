#include "tests/sim/campaign.h"

#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <sstream>
#include <utility>

#include "common/base/check.h"

namespace cellar::sim {
namespace {

constexpr size_t kLastWordsBytes = 40000;

/// The report as lines of a word and a value; the violation, which may have lines of its own, comes last.
std::string Encode(const RunReport& report) {
  std::ostringstream out;
  out << "hash " << report.trace_hash << "\nsteps " << report.step_count << "\noperations " << report.operation_count
      << "\ndeaths " << report.death_count << "\ntime " << report.virtual_time << "\n";
  for (const std::string& point : report.passed_fault_points) out << "passed " << point << "\n";
  out << "violation " << report.violation;
  return out.str();
}

RunReport Decode(const std::string& text) {
  RunReport report;
  std::istringstream in(text);
  std::string word;
  while (in >> word) {
    if (word == "hash") in >> report.trace_hash;
    if (word == "steps") in >> report.step_count;
    if (word == "operations") in >> report.operation_count;
    if (word == "deaths") in >> report.death_count;
    if (word == "time") in >> report.virtual_time;
    if (word == "passed") {
      std::string point;
      in >> point;
      report.passed_fault_points.insert(point);
    }
    if (word == "violation") {
      in.get();
      report.violation.assign(std::istreambuf_iterator<char>(in), {});
    }
  }
  return report;
}

std::string ReadAll(FILE* file) {
  std::string text;
  std::rewind(file);
  char buffer[4096];
  for (size_t size = 0; (size = std::fread(buffer, 1, sizeof(buffer), file)) > 0;) text.append(buffer, size);
  return text;
}

/// The threads of a world take turns, and the turn passes fastest on one processor. Neighbouring seeds get different
/// ones.
void StayOnOneProcessor(uint64_t seed) {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0) return;
  uint64_t left = seed % static_cast<uint64_t>(CPU_COUNT(&allowed));
  size_t chosen = 0;
  while (!CPU_ISSET(chosen, &allowed) || left-- > 0) ++chosen;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(chosen, &one);
  static_cast<void>(sched_setaffinity(0, sizeof(one), &one));  // slower without
}

/// A run under way, with files that it writes its report and its last words to.
class Child {
 public:
  Child(RunOptions options, int limit_seconds)
      : options_(std::move(options)), report_(std::tmpfile()), words_(std::tmpfile()) {
    CHECK(report_ != nullptr && words_ != nullptr);
    std::fflush(nullptr);
    pid_ = fork();
    CHECK(pid_ >= 0);
    if (pid_ == 0) Live(limit_seconds);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
    std::fclose(report_);
    std::fclose(words_);
  }

  const RunOptions& options() const { return options_; }

  /// Waits for its end.
  ChildReport Await() {
    int status = 0;
    CHECK(waitpid(std::exchange(pid_, -1), &status, 0) > 0);
    ChildReport ended;
    ended.report = Decode(ReadAll(report_));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return ended;
    std::string words = ReadAll(words_);
    if (words.size() > kLastWordsBytes) words.erase(0, words.size() - kLastWordsBytes);
    const bool by_signal = WIFSIGNALED(status);
    const bool timed_out = by_signal && WTERMSIG(status) == SIGALRM;
    ended.crash = timed_out ? "it takes too long" : "the process ended by ";
    if (!timed_out && by_signal) ended.crash.append("signal ").append(std::to_string(WTERMSIG(status)));
    if (!timed_out && !by_signal) ended.crash.append("status ").append(std::to_string(WEXITSTATUS(status)));
    ended.crash.append("\n").append(words);
    return ended;
  }

 private:
  [[noreturn]] void Live(int limit_seconds) {
    alarm(static_cast<unsigned>(limit_seconds));
    StayOnOneProcessor(options_.seed);
    if (!options_.prints_trace && !options_.prints_log) dup2(fileno(words_), STDERR_FILENO);
    const std::string text = Encode(RunSeed(options_));
    std::fwrite(text.data(), 1, text.size(), report_);
    std::fflush(report_);
    _exit(0);
  }

  const RunOptions options_;
  FILE* const report_;
  FILE* const words_;
  pid_t pid_ = -1;
};

}  // namespace

void RunInChildren(const std::vector<RunOptions>& runs, int jobs, int limit_seconds,
                   const std::function<bool(const RunOptions&, const ChildReport&)>& take) {
  std::deque<std::unique_ptr<Child>> children;
  size_t next = 0;
  while (next < runs.size() || !children.empty()) {
    while (next < runs.size() && children.size() < static_cast<size_t>(jobs)) {
      children.push_back(std::make_unique<Child>(runs[next++], limit_seconds));
    }
    const ChildReport ended = children.front()->Await();
    if (!take(children.front()->options(), ended)) return;
    children.pop_front();
  }
}

}  // namespace cellar::sim

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/cpp/include/client.h"
#include "common/concurrency/parker.h"
#include "common/random/random.h"
#include "common/time/system_clock.h"
#include "hql/executor/client_database.h"
#include "hql/shell/paged_output.h"
#include "hql/shell/shell.h"
#include "server/endpoints.h"
#include "tools/command.h"
#include "tools/processes/cluster_files.h"

namespace cellar::tools {
namespace {

constexpr Nanos kProbeTimeout = 2 * kSecond;
constexpr Nanos kBetweenConnects = 100 * kMillisecond;

struct ShellCommand {
  hql::ShellOptions shell;
  std::string url;
  std::string password_file;
  int64_t port_offset = 0;
  int64_t timeout_ms = 60'000;
  std::string wait_seconds;
  std::string timestamp_format = "default";
  std::string format;
};

std::string HistoryFile() {
  const char* home = std::getenv("HOME");
  return home != nullptr && *home != '\0' ? std::string(home) + "/.cellar_history" : std::string();
}

int Fail(const Status& status) {
  std::fprintf(stderr, "cellar shell: %s\n", status.ToString().c_str());
  return hql::kExitUsage;
}

Result<hql::CellFormat::TimestampText> TimestampTextOf(const std::string& name) {
  using Text = hql::CellFormat::TimestampText;
  if (name == "default") return Text::kDateTime;
  if (name == "nanos" || name == "nanoseconds") return Text::kNanoseconds;
  if (name == "usecs") return Text::kMicroseconds;
  return common::InvalidArgument("--timestamp-format '" + name + "': default, nanos, nanoseconds or usecs");
}

Result<std::optional<Nanos>> WaitOf(const std::string& seconds) {
  if (seconds.empty()) return std::optional<Nanos>();
  char* end = nullptr;
  const double value = std::strtod(seconds.c_str(), &end);
  constexpr double kLongestSeconds = 1e6;
  if (*end != '\0' || !(value >= 0) || value > kLongestSeconds) {
    return common::InvalidArgument("--wait=" + seconds + ": a number of seconds is expected");
  }
  return std::optional<Nanos>(static_cast<Nanos>(value * kSecond));
}

/// Asks whether the cluster answers, through a client that does not try for long. Who waits for it waits until it
/// serves; else a master's answer will do, which comes while a range server is being replaced, too: statements have
/// their own time.
Result<std::function<Status()>> MakeProbe(client::ClientOptions options, bool until_it_serves) {
  options.timeout = std::min(options.timeout, kProbeTimeout);
  ASSIGN_OR_RETURN(std::shared_ptr<client::Client> client, client::Client::Connect(options));
  return std::function<Status()>([client = std::move(client), url = options.lock_service_url, until_it_serves] {
    const Status answer = until_it_serves ? client->NamespaceExists("/").status() : client->Health().status();
    return answer.WithContext(url);
  });
}

Result<std::string> UrlOf(const ShellCommand& command) {
  if (!command.url.empty()) return command.url;
  ASSIGN_OR_RETURN(const uint16_t port, server::OffsetPort(server::kLockServicePort, command.port_offset));
  return "cellar://127.0.0.1:" + std::to_string(port);
}

/// A ZooKeeper that does not answer is waited for as long as the rest of the cluster.
Result<std::unique_ptr<client::Client>> Connect(const client::ClientOptions& options, std::optional<Nanos> wait) {
  const common::SystemClock clock;
  const Nanos end = clock.MonotonicNow() + wait.value_or(0);
  common::Parker parker;
  while (true) {
    auto client = client::Client::Connect(options);
    if (!client.status().Is(StatusCode::kUnavailable) || clock.MonotonicNow() >= end) return client;
    parker.ParkFor(kBetweenConnects);
  }
}

int RunShellCommand(ShellCommand command) {
  hql::ShellSignals signals;  // before any thread
  auto timestamps = TimestampTextOf(command.timestamp_format);
  if (!timestamps.ok()) return Fail(timestamps.status());
  command.shell.timestamp_text = *timestamps;
  if (!command.format.empty()) {
    command.shell.format = hql::ParseOutputFormat(command.format);
    if (!command.shell.format) {
      return Fail(common::InvalidArgument("--format '" + command.format + "': table, tsv, csv, json or vertical"));
    }
  }
  command.shell.pager = hql::DefaultPager();
  auto wait = WaitOf(command.wait_seconds);
  if (!wait.ok()) return Fail(wait.status());
  command.shell.wait = *wait;
  if (std::string history = HistoryFile(); !history.empty()) command.shell.history_file = std::move(history);
  command.shell.version = CELLAR_VERSION;
  auto url = UrlOf(command);
  if (!url.ok()) return Fail(url.status());
  client::ClientOptions options;
  options.lock_service_url = *url;
  options.lock_service_password_file = command.password_file;
  options.timeout = command.timeout_ms * kMillisecond;
  auto client = Connect(options, *wait);
  if (!client.ok()) return Fail(client.status());
  auto probe = MakeProbe(options, wait->has_value());
  if (!probe.ok()) return Fail(probe.status());
  command.shell.probe = *probe;
  const std::unique_ptr<hql::Database> database = hql::NewClientDatabase(**client);
  const common::SystemClock clock;
  command.shell.open_cluster_files = [&clock, &connected = **client] {
    return OpenClusterFiles(connected, clock, "cellar shell");
  };
  SeededRandom random(common::SystemSeed());
  return hql::RunShell(command.shell, *database, clock, random, signals);
}

}  // namespace

void AddShellCommand(CLI::App& root, Chosen& chosen) {
  auto command = std::make_shared<ShellCommand>();
  hql::ShellOptions& shell = command->shell;
  CLI::App* verb = root.add_subcommand("shell", "Run HQL statements: interactively, from options, a file or a pipe");
  verb->add_option("-e,--execute", shell.statements, "Run these statements and exit; may be repeated");
  verb->add_option("--command-file", shell.command_file, "Run this file and exit");
  verb->add_flag("--batch", shell.batch, "No prompt; stop at the first error");
  verb->add_flag("--no-prompt", shell.no_prompt, "No prompt");
  verb->add_flag("--test-mode", shell.test_mode, "Print nothing that changes from run to run");
  verb->add_flag("--output-only", shell.output_only, "Print results and errors only");
  verb->add_flag("--silent-startup", shell.silent_startup, "No welcome");
  verb->add_flag("--no-log-sync", shell.no_log_sync, "Acknowledge writes before they are synced");
  verb->add_option("--namespace", shell.name_space, "Where to begin")->capture_default_str();
  verb->add_option("--format", command->format,
                   "table (default on a terminal), tsv (default elsewhere), csv, json or vertical");
  verb->add_option("--timestamp-format", command->timestamp_format, "default, nanos, nanoseconds or usecs");
  verb->add_flag("--wait{60}", command->wait_seconds, "Wait for the cluster, 60 seconds or --wait=SECONDS");
  verb->add_option("-t,--timeout", command->timeout_ms, "Milliseconds for one call")->capture_default_str();
  verb->add_option("--port-offset", command->port_offset, "Of the Cellar on this machine");
  verb->add_option("--url", command->url,
                   "Lock service of another cluster: cellar://host:port or zookeeper://host:port/path");
  verb->add_option("--password-file", command->password_file, "Of that ZooKeeper")
      ->envname("CELLAR_LOCKSERVICE_PASSWORD_FILE");
  verb->callback([&chosen, command] { chosen.action = [command] { return RunShellCommand(*command); }; });
}

}  // namespace cellar::tools

#include "server/daemon.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "common/concurrency/parker.h"
#include "common/logging/escape.h"
#include "common/random/random.h"
#include "server/crash_dump.h"
#include "server/settings.h"

namespace cellar::server {
namespace {

constexpr common::LogLevel kLevels[] = {common::LogLevel::kDebug, common::LogLevel::kInfo, common::LogLevel::kWarning,
                                        common::LogLevel::kError};

common::LogLevel LevelNamed(std::string_view name) {
  for (common::LogLevel level : kLevels) {
    if (common::LogLevelName(level) == name) return level;
  }
  return common::LogLevel::kInfo;
}

FaultPoints::Hooks ProcessFaultHooks() {
  FaultPoints::Hooks hooks;
  hooks.sleep = [](Nanos duration) { common::Parker().ParkFor(duration); };
  return hooks;
}

std::string SettingsAsJson(const Settings& settings) {
  std::string json;
  for (const common::ResolvedSetting& setting : settings.all()) {
    json += fmt::format("{}{}: {{\"value\": {}, \"source\": {}}}", json.empty() ? "{" : ", ",
                        common::JsonQuote(setting.declaration->name),
                        common::JsonQuote(common::FormatSettingValue(*setting.declaration, setting.value)),
                        common::JsonQuote(setting.source));
  }
  return json.empty() ? "{}" : json + "}";
}

}  // namespace

Daemon::Daemon(DaemonOptions options)
    : options_(std::move(options)),
      log_file_(nullptr, &std::fclose),
      faults_(ProcessFaultHooks(), common::SystemSeed()),
      process_metrics_(metrics_, clock_),
      status_pages_(metrics_) {}

Daemon::~Daemon() {
  http_.reset();
  const std::string& path = settings().Get(kPidFileSetting);
  if (!path.empty()) ::unlink(path.c_str());
}

Result<std::unique_ptr<Daemon>> Daemon::Start(DaemonOptions options) {
  InstallCrashDump(options.program + " " + options.version);
  std::unique_ptr<Daemon> daemon(new Daemon(std::move(options)));
  RETURN_IF_ERROR(daemon->OpenLog());
  RETURN_IF_ERROR(
      daemon->faults_.Induce(daemon->settings().Get(kInduceFailureSetting)).WithContext("induced failures"));
  daemon->AddSections();
  RETURN_IF_ERROR(daemon->StartHttp());
  RETURN_IF_ERROR(daemon->WritePidFile());
  return daemon;
}

Status Daemon::OpenLog() {
  const Settings& settings = options_.settings;
  const std::string& path = settings.Get(kLogFileSetting);
  std::FILE* stream = stderr;
  if (!path.empty()) {
    log_file_.reset(std::fopen(path.c_str(), "ae"));
    if (log_file_ == nullptr) return common::IoError(fmt::format("log file {}: {}", path, std::strerror(errno)));
    stream = log_file_.get();
  }
  const auto style = settings.Get(kLogStyleSetting) == "json" ? common::LogStyle::kJson : common::LogStyle::kText;
  stream_sink_ = std::make_unique<common::StreamLogSink>(stream, style);
  limited_sink_ = std::make_unique<common::RateLimitedLogSink>(
      *stream_sink_, clock_, static_cast<uint32_t>(settings.Get(kLogRepeatsSetting)), kSecond);
  logger_ = Logger(*limited_sink_, clock_, LevelNamed(settings.Get(kLogLevelSetting)), "");
  return common::OkStatus();
}

/// Last of the start, so that a second process, which fails before, leaves the first one's alone.
Status Daemon::WritePidFile() {
  const std::string& path = settings().Get(kPidFileSetting);
  if (path.empty()) return common::OkStatus();
  std::FILE* file = std::fopen(path.c_str(), "we");
  const bool written = file != nullptr && std::fprintf(file, "%d\n", ::getpid()) > 0;
  if (file != nullptr && std::fclose(file) == 0 && written) return common::OkStatus();
  return common::IoError(fmt::format("pid file {}: {}", path, std::strerror(errno)));
}

void Daemon::AddSections() {
  status_pages_.SetRefresh([this] { process_metrics_.Refresh(); });
  status_pages_.SetSection("process", [this] {
    return fmt::format(R"({{"program": {}, "version": {}, "pid": {}}})", common::JsonQuote(options_.program),
                       common::JsonQuote(options_.version), ::getpid());
  });
  status_pages_.SetSection("settings", [this] { return SettingsAsJson(options_.settings); });
}

Status Daemon::StartHttp() {
  const Settings& settings = options_.settings;
  HttpServerOptions http;
  http.address = settings.Get(kAddressSetting);
  http.max_connections = static_cast<size_t>(settings.Get(kHttpConnectionsSetting));
  const int64_t port = options_.http_port ? *options_.http_port : settings.Get(kHttpPortSetting);
  ASSIGN_OR_RETURN(http.port, OffsetPort(port, options_.port_offset));
  ASSIGN_OR_RETURN(http_, HttpServer::Start(std::move(http), [this](const HttpRequest& request) {
                     return status_pages_.Answer(request);
                   }));
  return common::OkStatus();
}

Endpoint Daemon::http_endpoint() const {
  return {"http", options_.settings.Get(kAddressSetting), http_->port()};
}

void Daemon::AnnounceReady(std::vector<Endpoint> endpoints) {
  endpoints.push_back(http_endpoint());
  const std::string line = ReadyLine(options_.program, endpoints);
  status_pages_.SetHealth(Health::kReady);
  LoggerFor("server").Info("ready", {{"endpoints", line}, {"pid", ::getpid()}});
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

std::string Daemon::WaitForStop() {
  std::string why = stop_signals_.Wait();
  status_pages_.SetHealth(Health::kStopping);
  LoggerFor("server").Info("stopping", {{"why", why}});
  return why;
}

}  // namespace cellar::server

#include "server/daemon.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "common/concurrency/thread.h"
#include "server/http_test_client.h"
#include "server/settings.h"

namespace cellar::server {
namespace {

Result<std::unique_ptr<Daemon>> StartDaemon(std::vector<std::string> overrides) {
  SettingSources sources;
  sources.tables = {kServerSettings};
  sources.overrides = std::move(overrides);
  sources.overrides.insert(sources.overrides.begin(), "server.http.port=0");
  ASSIGN_OR_RETURN(Settings settings, Settings::Load(sources));
  return Daemon::Start(DaemonOptions("cellar test", "1.2.3", std::move(settings)));
}

TEST(DaemonTest, Life_FromStartToStop) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Result<std::unique_ptr<Daemon>> started = StartDaemon({});
  ASSERT_TRUE(started.ok()) << started.status().ToString();
  Daemon& daemon = **started;
  const uint16_t port = daemon.http_endpoint().port;
  EXPECT_TRUE(HttpTestClient::Get(port, "/healthz").ends_with("starting\n"));
  daemon.AnnounceReady({{"master", "127.0.0.1", 15864}});
  EXPECT_TRUE(HttpTestClient::Get(port, "/healthz").ends_with("ready\n"));
  EXPECT_EQ(testing::internal::GetCapturedStdout(),
            "cellar test ready: master=127.0.0.1:15864 http=127.0.0.1:" + std::to_string(port) + "\n");

  const std::string metrics = HttpTestClient::Get(port, "/metrics");
  EXPECT_NE(metrics.find("\ncellar_process_resident_bytes "), std::string::npos);
  EXPECT_EQ(metrics.find("cellar_process_resident_bytes 0"), std::string::npos);
  EXPECT_EQ(metrics.find("cellar_process_open_files 0"), std::string::npos);
  const std::string status = HttpTestClient::Get(port, "/status");
  EXPECT_NE(status.find(R"("process": {"program": "cellar test", "version": "1.2.3", "pid": )"), std::string::npos);
  EXPECT_NE(status.find(R"("server.http.port": {"value": "0", "source": "--set"})"), std::string::npos);

  ASSERT_EQ(::kill(::getpid(), SIGTERM), 0);
  EXPECT_EQ(daemon.WaitForStop(), "SIGTERM");
  EXPECT_TRUE(HttpTestClient::Get(port, "/healthz").ends_with("stopping\n"));
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_NE(log.find(" info server: ready endpoints="), std::string::npos) << log;
  EXPECT_NE(log.find(" info server: stopping why=SIGTERM"), std::string::npos) << log;
}

TEST(DaemonTest, RequestStop_EndsTheWait) {
  Result<std::unique_ptr<Daemon>> daemon = StartDaemon({"server.log.level=error"});
  ASSERT_TRUE(daemon.ok());
  common::Thread other("other", [&daemon] { (*daemon)->RequestStop("fenced"); });
  EXPECT_EQ((*daemon)->WaitForStop(), "fenced");
}

TEST(DaemonTest, BadSettings_AreRefusedByName) {
  EXPECT_EQ(StartDaemon({"server.log.file=/no/such/dir/x"}).status().ToString(),
            "i/o error: log file /no/such/dir/x: No such file or directory");
  EXPECT_EQ(StartDaemon({"server.induce_failure=x"}).status().ToString(),
            "invalid argument: induced failures: 'x': expected label:action:passes");
  EXPECT_TRUE(StartDaemon({"server.address=256.0.0.1"}).status().Is(StatusCode::kUnavailable));
}

TEST(DaemonTest, LogFile_GetsTheLines) {
  const std::string path = testing::TempDir() + "cellar_daemon_test.log";
  std::remove(path.c_str());
  {
    Result<std::unique_ptr<Daemon>> daemon = StartDaemon({"server.log.file=" + path, "server.log.style=json"});
    ASSERT_TRUE(daemon.ok());
    (*daemon)->LoggerFor("range").Warning("slow", {{"ms", 5}});
    for (int i = 0; i < 50; ++i) (*daemon)->LoggerFor("range").Info("again");
  }
  std::FILE* file = std::fopen(path.c_str(), "r");
  ASSERT_NE(file, nullptr);
  std::string text(100'000, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  std::remove(path.c_str());
  EXPECT_NE(text.find(R"("component":"range","message":"slow","ms":5})"), std::string::npos) << text;
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 45);
}

}  // namespace
}  // namespace cellar::server

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/base/check.h"
#include "common/file/local_file_system.h"
#include "common/file/local_test_directory.h"
#include "common/random/random.h"
#include "common/time/system_clock.h"
#include "fsbroker/client/broker_file_system.h"

// Brokers, writer and sealer as processes of their own, each stopped or killed between any two of its steps; one broker
// or two on one disk, and brokers that are started anew. Whatever the interleaving: bytes of a sync that reported
// success are within the lengths that the seal stored.

namespace cellar::tests {
namespace {

using common::LocalStep;

const Incarnation kOldLife(FencingNumber{.term = 1, .counter = 1});
const Incarnation kNewLife(FencingNumber{.term = 1, .counter = 2});

constexpr LocalStep kSealerSteps[] = {LocalStep::kSealRecorded, LocalStep::kSealWordSet, LocalStep::kSealMarkSynced,
                                      LocalStep::kSealFilesRead, LocalStep::kSealStored};

/// What a peer says at its end: a number, and how its last call went.
struct Said {
  uint64_t number = 0;
  std::string status;
};

/// A running broker_peer.
class Peer {
 public:
  explicit Peer(std::vector<std::string> arguments) {
    int ends[2];
    CHECK(::pipe2(ends, O_CLOEXEC) == 0);
    arguments.insert(arguments.begin(), BROKER_PEER);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    pid_ = ::fork();
    CHECK(pid_ >= 0);
    if (pid_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::execv(argv[0], argv.data());
      ::_exit(127);
    }
    ::close(ends[1]);
    output_ = ::fdopen(ends[0], "r");
  }
  ~Peer() {
    Kill();
    std::fclose(output_);
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  void WaitUntilStopped() {
    int status = 0;
    CHECK(::waitpid(pid_, &status, WUNTRACED) == pid_);
    ASSERT_TRUE(WIFSTOPPED(status)) << "it ended instead";
  }
  void Continue() { CHECK(::kill(pid_, SIGCONT) == 0); }
  void Kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(std::exchange(pid_, 0), nullptr, 0);
  }
  std::string ReadLine() {
    char line[4'096] = {};
    if (std::fgets(line, sizeof(line), output_) == nullptr) return "";
    std::string text(line);
    if (text.ends_with('\n')) text.pop_back();
    return text;
  }
  Said WhatItSaid() {
    const std::string line = ReadLine();
    const size_t blank = line.find(' ');
    CHECK(blank != std::string::npos);
    return {.number = std::stoull(line), .status = line.substr(blank + 1)};
  }

 private:
  pid_t pid_ = 0;
  std::FILE* output_ = nullptr;
};

/// A broker in a process, which may stop itself at a step of its storage.
class BrokerPeer {
 public:
  explicit BrokerPeer(const std::string& root, const std::string& port = "0")
      : peer_({"serve", root, port}), port_(ReadPort()) {}
  struct Full {
    int64_t file_bytes;
  };
  BrokerPeer(const std::string& root, Full full)
      : peer_({"serve-full", root, "0", std::to_string(full.file_bytes)}), port_(ReadPort()) {}
  BrokerPeer(const std::string& root, LocalStep step, int nth)
      : peer_({"serve", root, "0", std::to_string(static_cast<int>(step)), std::to_string(nth)}), port_(ReadPort()) {}

  const std::string& port() const { return port_; }
  Peer& process() { return peer_; }

 private:
  std::string ReadPort() {
    const std::string line = peer_.ReadLine();
    CHECK(line.starts_with("ready "));
    return line.substr(6);
  }

  Peer peer_;
  const std::string port_;
};

class BrokerProcessTest : public ::testing::Test {
 protected:
  BrokerProcessTest() { CHECK(disk_->CreateDirectories("d").ok()); }

  static Peer Writer(const BrokerPeer& broker) { return Peer({"write", broker.port(), "d/log"}); }
  static Peer Sealer(const BrokerPeer& broker) { return Peer({"seal", broker.port(), "d"}); }

  void Clear() {
    ASSERT_TRUE(disk_->RemoveDirectory("d").ok());
    ASSERT_TRUE(disk_->CreateDirectories("d").ok());
  }

  std::unique_ptr<fsbroker::BrokerFileSystem> Connect(const BrokerPeer& broker) const {
    fsbroker::BrokerOptions options;
    options.address = rpc::Address("127.0.0.1", static_cast<uint16_t>(std::stoul(broker.port())));
    options.call_timeout = 10 * kSecond;
    return fsbroker::BrokerFileSystem::Connect(options, clock_, common::SystemSeed()).value();
  }

  /// What must hold once the directory is sealed, for a writer that was told "durable" for `acknowledged` bytes.
  void CheckSealed(uint64_t acknowledged) {
    const BrokerPeer broker(directory_.path());
    const auto files = Connect(broker);
    const auto sealed = files->Seal("d", kNewLife);
    ASSERT_TRUE(sealed.ok()) << sealed.status().ToString();
    const uint64_t length = sealed->empty() ? 0 : sealed->front().length_bytes;
    EXPECT_LE(acknowledged, length);
    if (files->Exists("d/log").value()) {
      EXPECT_EQ(ReadWholeFile(*files, "d/log", 1'000).value().size(), length);
      EXPECT_EQ(ReadWholeFile(*disk_, "d/log", 1'000).value().size(), length);
    }
    EXPECT_EQ(files->Create("d/other", kOldLife).status().code(), StatusCode::kFenced);
    EXPECT_TRUE(files->Create("d/next", kNewLife).ok());
  }

  const common::SystemClock clock_;
  const common::LocalTestDirectory directory_;
  const std::unique_ptr<LocalFileSystem> disk_ = LocalFileSystem::OpenRoot(directory_.path()).value();
};

TEST_F(BrokerProcessTest, WritersBrokerStoppedBetweenSyncAndCheck_SealedByAnother_IsFencedAndItsBytesCounted) {
  BrokerPeer stopping(directory_.path(), LocalStep::kDataSynced, 2);
  const BrokerPeer other(directory_.path());
  Peer writer = Writer(stopping);
  stopping.process().WaitUntilStopped();
  EXPECT_EQ(Sealer(other).WhatItSaid().number, 20u);
  stopping.process().Continue();
  const Said said = writer.WhatItSaid();
  EXPECT_EQ(said.number, 10u);
  EXPECT_TRUE(said.status.starts_with("fenced")) << said.status;
  CheckSealed(10);
}

TEST_F(BrokerProcessTest, WritersBrokerStoppedAroundTheCreate_SealedByAnother_GetsNoFile) {
  for (const LocalStep step : {LocalStep::kCreating, LocalStep::kFileCreated}) {
    SCOPED_TRACE(static_cast<int>(step));
    Clear();
    BrokerPeer stopping(directory_.path(), step, 1);
    const BrokerPeer other(directory_.path());
    Peer writer = Writer(stopping);
    stopping.process().WaitUntilStopped();
    EXPECT_EQ(Sealer(other).WhatItSaid().status, "ok");
    stopping.process().Continue();
    const Said said = writer.WhatItSaid();
    EXPECT_TRUE(said.status.starts_with("fenced")) << said.status;
    EXPECT_EQ(disk_->Exists("d/log").value(), step == LocalStep::kFileCreated);  // Then the seal lists it.
    CheckSealed(0);
  }
}

TEST_F(BrokerProcessTest, WritersBrokerKilledAtEachStep_KeepsWhatWasAcknowledged) {
  for (const LocalStep step : {LocalStep::kCreating, LocalStep::kFileCreated, LocalStep::kDataSynced}) {
    SCOPED_TRACE(static_cast<int>(step));
    Clear();
    BrokerPeer stopping(directory_.path(), step, step == LocalStep::kDataSynced ? 3 : 1);
    Peer writer = Writer(stopping);
    stopping.process().WaitUntilStopped();
    stopping.process().Kill();
    const BrokerPeer again(directory_.path(), stopping.port());
    const Said said = writer.WhatItSaid();
    if (step == LocalStep::kDataSynced) {
      EXPECT_EQ(said.number, 20u);
      EXPECT_TRUE(said.status.starts_with("i/o error")) << said.status;
    } else if (step == LocalStep::kFileCreated) {
      EXPECT_TRUE(said.status.starts_with("timed out")) << said.status;  // It may be its own: it does not take it.
    } else {
      EXPECT_EQ(said.number, 30u) << said.status;  // Asked again, of the new one.
    }
    CheckSealed(said.number);
  }
}

TEST_F(BrokerProcessTest, WriterStoppedBeforeEachAction_SealedMeanwhile_NeverHearsOfSuccess) {
  const BrokerPeer broker(directory_.path());
  for (int action = 0; action <= 6; ++action) {
    SCOPED_TRACE(action);
    Clear();
    Peer writer({"write", broker.port(), "d/log", std::to_string(action)});
    writer.WaitUntilStopped();
    EXPECT_EQ(Sealer(broker).WhatItSaid().status, "ok");
    writer.Continue();
    const Said said = writer.WhatItSaid();
    EXPECT_TRUE(said.status.starts_with("fenced")) << said.status;
    EXPECT_EQ(said.number, action < 3 ? 0u : action < 5 ? 10u : 20u);
    CheckSealed(said.number);
  }
}

TEST_F(BrokerProcessTest, WriterKilledBeforeEachAction_ItsSuccessorSeals) {
  const BrokerPeer broker(directory_.path());
  for (int action = 1; action <= 6; ++action) {
    SCOPED_TRACE(action);
    Clear();
    Peer writer({"write", broker.port(), "d/log", std::to_string(action)});
    writer.WaitUntilStopped();
    writer.Kill();
    CheckSealed(action < 3 ? 0 : action < 5 ? 10 : 20);
  }
}

TEST_F(BrokerProcessTest, SealersBrokerStoppedAtEachStep_WriterByAnotherInBetween) {
  const BrokerPeer broker(directory_.path());
  for (const LocalStep step : kSealerSteps) {
    SCOPED_TRACE(static_cast<int>(step));
    Clear();
    BrokerPeer stopping(directory_.path(), step, 1);
    const auto files = Connect(broker);
    auto file = files->Create("d/log", kOldLife);
    ASSERT_TRUE(file.ok());
    ASSERT_TRUE((*file)->Append("0123456789").ok());
    ASSERT_TRUE((*file)->Sync().ok());
    Peer sealer = Sealer(stopping);
    stopping.process().WaitUntilStopped();
    uint64_t acknowledged = 10;
    static_cast<void>((*file)->Append("0123456789"));
    const Status synced = (*file)->Sync();
    if (synced.ok()) acknowledged += 10;
    // Before the word is set the writer may go on; from then on it must not.
    if (step != LocalStep::kSealRecorded) EXPECT_EQ(synced.code(), StatusCode::kFenced);
    stopping.process().Continue();
    EXPECT_GE(sealer.WhatItSaid().number, acknowledged);
    EXPECT_EQ((*file)->Sync().code(), StatusCode::kFenced);
    CheckSealed(acknowledged);
  }
}

TEST_F(BrokerProcessTest, SealersBrokerKilledAtEachStep_TheSealAskedAgainFinishes) {
  for (const LocalStep step : kSealerSteps) {
    SCOPED_TRACE(static_cast<int>(step));
    Clear();
    BrokerPeer stopping(directory_.path(), step, 1);
    const BrokerPeer other(directory_.path());
    EXPECT_EQ(Writer(other).WhatItSaid().number, 30u);
    Peer sealer = Sealer(stopping);
    stopping.process().WaitUntilStopped();
    stopping.process().Kill();
    const BrokerPeer again(directory_.path(), stopping.port());
    const Said said = sealer.WhatItSaid();  // Its client asked the new one.
    EXPECT_EQ(said.status, "ok");
    EXPECT_EQ(said.number, 30u);
    CheckSealed(30);
  }
}

TEST_F(BrokerProcessTest, BrokerStartedAnew_ReadsGoOn_FilesBeingWrittenAreLost) {
  auto broker = std::make_unique<BrokerPeer>(directory_.path());
  const std::string port = broker->port();
  const auto files = Connect(*broker);
  auto writer = files->Create("d/log", kOldLife);
  ASSERT_TRUE(writer.ok());
  ASSERT_TRUE((*writer)->Append("0123456789").ok());
  ASSERT_TRUE((*writer)->Sync().ok());
  const auto reader = files->Open("d/log");
  ASSERT_TRUE(reader.ok());
  broker->process().Kill();
  broker.reset();
  const BrokerPeer again(directory_.path(), port);

  char bytes[16];
  EXPECT_EQ((*reader)->Read(0, sizeof(bytes), bytes).value(), 10u);
  EXPECT_EQ((*reader)->Length().value(), 10u);
  const Status synced = (*writer)->Sync();
  EXPECT_EQ(synced.code(), StatusCode::kIoError);
  EXPECT_NE(synced.message().find("'d/log' by broker 127.0.0.1:" + port), std::string_view::npos) << synced.message();
  EXPECT_EQ((*writer)->Append("x").status(), synced);
  auto next = files->Create("d/log2", kOldLife);
  ASSERT_TRUE(next.ok());
  EXPECT_TRUE((*next)->Append("x").ok());
  EXPECT_TRUE((*next)->Sync().ok());
}

TEST_F(BrokerProcessTest, BrokerThatHangs_TimesOut_AndItsCallsAreAnsweredWhenItGoesOn) {
  BrokerPeer broker(directory_.path(), LocalStep::kDataSynced, 1);
  fsbroker::BrokerOptions options;
  options.address = rpc::Address("127.0.0.1", static_cast<uint16_t>(std::stoul(broker.port())));
  options.call_timeout = 300 * kMillisecond;
  const auto files = fsbroker::BrokerFileSystem::Connect(options, clock_, common::SystemSeed()).value();
  auto writer = files->Create("d/log", kOldLife);
  ASSERT_TRUE(writer.ok());
  ASSERT_TRUE((*writer)->Append("0123456789").ok());
  const Status synced = (*writer)->Sync();  // Stops the broker.
  EXPECT_EQ(synced.code(), StatusCode::kTimedOut);
  EXPECT_NE(synced.message().find("sync 'd/log' by broker 127.0.0.1:"), std::string_view::npos) << synced.message();
  const Status listed = files->List("d").status();
  EXPECT_TRUE(listed.Is(StatusCode::kTimedOut) || listed.Is(StatusCode::kUnavailable)) << listed.ToString();
  broker.process().Continue();
  EXPECT_EQ((*writer)->Sync(), synced);  // Poisoned for good.
  EXPECT_EQ(files->List("d").value().size(), 1u);
}

TEST_F(BrokerProcessTest, BrokerThatFillsUp_SaysNoSpace_AndReadsGoOn) {
  const BrokerPeer broker(directory_.path(), BrokerPeer::Full{.file_bytes = 100'000});
  const auto files = Connect(broker);
  auto writer = files->Create("d/log", kOldLife);
  ASSERT_TRUE(writer.ok());
  ASSERT_TRUE((*writer)->Append(std::string(90'000, 'a')).ok());
  ASSERT_TRUE((*writer)->Sync().ok());
  const Status full = (*writer)->Append(std::string(90'000, 'b')).status();
  EXPECT_EQ(full.code(), StatusCode::kNoSpace);
  EXPECT_NE(full.message().find("'d/log' by broker 127.0.0.1:" + broker.port()), std::string_view::npos)
      << full.message();
  EXPECT_EQ((*writer)->Sync(), full);  // Poisoned for good.
  EXPECT_EQ(ReadWholeFile(*files, "d/log", 200'000).value().substr(0, 90'000), std::string(90'000, 'a'));
  auto next = files->Create("d/log2", kOldLife);
  ASSERT_TRUE(next.ok());
  EXPECT_TRUE((*next)->Append("fits").ok());
  EXPECT_TRUE((*next)->Sync().ok());
}

TEST_F(BrokerProcessTest, BrokerThatIsGone_IsUnavailable) {
  fsbroker::BrokerOptions options;
  options.reconnect_wait = 50 * kMillisecond;
  std::unique_ptr<fsbroker::BrokerFileSystem> files;
  {
    const BrokerPeer broker(directory_.path());
    options.address = rpc::Address("127.0.0.1", static_cast<uint16_t>(std::stoul(broker.port())));
    files = fsbroker::BrokerFileSystem::Connect(options, clock_, common::SystemSeed()).value();
  }
  const Status listed = files->List("d").status();
  EXPECT_EQ(listed.code(), StatusCode::kUnavailable) << listed.ToString();
  EXPECT_NE(listed.message().find(options.address.ToString()), std::string_view::npos) << listed.message();
}

}  // namespace
}  // namespace cellar::tests

#include "tests/support/zookeeper_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/base/check.h"

namespace cellar::tests {
namespace {

constexpr const char* kHost = "127.0.0.1";
constexpr int kPatienceRounds = 3000;  // of 20 ms
constexpr int kPollMs = 20;
// As in zookeeper.py.
constexpr int kFollowOffset = 30;
constexpr int kElectOffset = 60;
constexpr int kFirstPort = 21900;
constexpr int kLastPort = 29900;
constexpr int kPortStep = 100;

sockaddr_in Loopback(int port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool IsFree(int port) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  const sockaddr_in address = Loopback(port);
  const bool is_free = bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  close(descriptor);
  return is_free;
}

/// Ports from `base` on that are free. They are this process's as long as the lock file is open: tests run side by
/// side, and a server binds its ports long after they were looked at.
bool TakePorts(int base, int count, std::vector<uint16_t>* ports, int* lock) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("cellar-zookeeper-ports-" + std::to_string(getuid()));
  std::filesystem::create_directories(folder);
  *lock = open((folder / std::to_string(base)).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  bool is_ours = *lock >= 0 && flock(*lock, LOCK_EX | LOCK_NB) == 0;
  for (int i = 0; i < count && is_ours; ++i) {
    is_ours = IsFree(base + i) && IsFree(base + i + kFollowOffset) && IsFree(base + i + kElectOffset);
    ports->push_back(static_cast<uint16_t>(base + i));
  }
  if (!is_ours) {
    ports->clear();
    close(*lock);
  }
  return is_ours;
}

/// Asks a four-letter word; empty when there is no answer within a second.
std::string Ask(int port, const char* word) {
  std::string answer;
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(port);
  if (connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 &&
      send(descriptor, word, strlen(word), MSG_NOSIGNAL) == static_cast<ssize_t>(strlen(word))) {
    char bytes[4096];
    for (;;) {
      pollfd waiting = {descriptor, POLLIN, 0};
      if (poll(&waiting, 1, 1000) <= 0) break;
      const ssize_t count = recv(descriptor, bytes, sizeof(bytes), 0);
      if (count <= 0) break;
      answer.append(bytes, static_cast<size_t>(count));
    }
  }
  close(descriptor);
  return answer;
}

void PauseBetweenLooks() {
  poll(nullptr, 0, kPollMs);
}

}  // namespace

ZooKeeperProcess::ZooKeeperProcess(ZooKeeperProcessOptions options) : options_(options) {
  std::string pattern = (std::filesystem::temp_directory_path() / "cellar-zookeeper-XXXXXX").string();
  CHECK(mkdtemp(pattern.data()) != nullptr);
  folder_ = pattern;
  for (int base = kFirstPort; ports_.empty(); base += kPortStep) {
    CHECK(base < kLastPort);
    (void)TakePorts(base, options_.servers, &ports_, &ports_lock_);
  }
  processes_.resize(ports_.size());
}

ZooKeeperProcess::~ZooKeeperProcess() {
  KillAll();
  close(ports_lock_);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
  std::filesystem::remove_all(Backup(), ignored);
}

std::vector<rpc::Address> ZooKeeperProcess::addresses() const {
  std::vector<rpc::Address> addresses;
  for (const uint16_t port : ports_) addresses.emplace_back(kHost, port);
  return addresses;
}

void ZooKeeperProcess::Start(int index) {
  if (process(index) != nullptr) return;
  std::string ports;
  for (const uint16_t port : ports_) ports.append(ports.empty() ? "" : ",").append(std::to_string(port));
  std::vector<std::string> words = {"python3",
                                    "-B",
                                    CELLAR_ZOOKEEPER_SCRIPT,
                                    "serve",
                                    folder_,
                                    ports,
                                    std::to_string(index),
                                    "--tick",
                                    std::to_string(options_.tick_ms),
                                    "--max-session",
                                    std::to_string(options_.max_session_ms)};
  if (!options_.tells_configuration) words.emplace_back("--no-conf");
  auto started = ChildProcess::Start(words, LogOf(index));
  CHECK(started.ok());
  process(index) = std::move(started).value();
}

void ZooKeeperProcess::Start() {
  for (int index = 0; index < size(); ++index) Start(index);
  WaitUntilServing();
}

bool ZooKeeperProcess::Serves(int index) const {
  return Ask(ports_.at(static_cast<size_t>(index)), "srvr").find("Mode: ") != std::string::npos;
}

void ZooKeeperProcess::WaitUntilServing() {
  for (int index = 0; index < size(); ++index) {
    for (int round = 0; process(index) != nullptr && !Serves(index); ++round) {
      if (process(index)->Ended()) {
        process(index).reset();
        FAIL() << "ZooKeeper did not start (packages zookeeper and openjdk-17-jre-headless)\n" << ReadLog(index);
      }
      ASSERT_LT(round, kPatienceRounds) << "ZooKeeper does not serve\n" << ReadLog(index);
      PauseBetweenLooks();
    }
  }
}

void ZooKeeperProcess::Kill(int index) {
  process(index).reset();
}

void ZooKeeperProcess::KillAll() {
  for (int index = 0; index < size(); ++index) Kill(index);
}

void ZooKeeperProcess::Signal(int index, int signal_number) {
  CHECK(process(index) != nullptr);
  if (signal_number == SIGSTOP) return process(index)->Freeze();
  process(index)->Signal(signal_number);
}

void ZooKeeperProcess::Wipe() {
  CheckNoneRuns();
  std::filesystem::remove_all(folder_);
  std::filesystem::create_directory(folder_);
}

void ZooKeeperProcess::Save() {
  std::filesystem::remove_all(Backup());
  std::filesystem::copy(folder_, Backup(), std::filesystem::copy_options::recursive);
}

void ZooKeeperProcess::Restore() {
  Wipe();
  std::filesystem::copy(Backup(), folder_, std::filesystem::copy_options::recursive);
}

void ZooKeeperProcess::CheckNoneRuns() const {
  for (const auto& running : processes_) CHECK(running == nullptr);
}

int ZooKeeperProcess::Leader() const {
  for (int index = 0; index < size(); ++index) {
    if (processes_.at(static_cast<size_t>(index)) == nullptr) continue;
    if (Ask(ports_.at(static_cast<size_t>(index)), "srvr").find("Mode: leader") != std::string::npos) return index;
  }
  return -1;
}

/// Where zookeeper.py lets the server write, and what it has to say itself.
std::string ZooKeeperProcess::LogOf(int index) const {
  const std::string home = folder_ + "/" + std::to_string(index);
  std::filesystem::create_directories(home);
  return home + "/log";
}

std::string ZooKeeperProcess::ReadLog(int index) const {
  std::ostringstream text;
  text << std::ifstream(LogOf(index)).rdbuf();
  return text.str();
}

}  // namespace cellar::tests

#include "lockservice/zookeeper/four_letter_words.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

namespace cellar::lockservice {
namespace {

constexpr std::string_view kTickName = "tickTime=";
constexpr size_t kMaxAnswerBytes = 64 * 1024;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }

 private:
  const int number_;
};

Status Unreachable(const rpc::Address& server, const std::string& why) {
  return common::Unavailable(server.ToString() + ": " + why);
}

bool WaitFor(int descriptor, int16_t events, Nanos at_most) {
  struct pollfd waiting = {descriptor, events, 0};
  return poll(&waiting, 1, static_cast<int>(at_most / kMillisecond)) > 0;
}

Status Connect(int descriptor, const addrinfo& target, const rpc::Address& server, Nanos at_most) {
  if (connect(descriptor, target.ai_addr, target.ai_addrlen) == 0) return common::OkStatus();
  if (errno != EINPROGRESS) return Unreachable(server, strerror(errno));
  if (!WaitFor(descriptor, POLLOUT, at_most)) return Unreachable(server, "no answer");
  int error = 0;
  socklen_t size = sizeof(error);
  getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
  return error == 0 ? common::OkStatus() : Unreachable(server, strerror(error));
}

/// The whole answer, as far as it came in time.
std::string Converse(int descriptor, std::string_view word, Nanos at_most) {
  std::string answer;
  if (send(descriptor, word.data(), word.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(word.size())) return answer;
  char bytes[4096];
  while (answer.size() < kMaxAnswerBytes && WaitFor(descriptor, POLLIN, at_most)) {
    const ssize_t count = recv(descriptor, bytes, sizeof(bytes), 0);
    if (count <= 0) break;
    answer.append(bytes, static_cast<size_t>(count));
  }
  return answer;
}

}  // namespace

std::optional<Nanos> ParseTick(std::string_view configuration) {
  const size_t found = configuration.find(kTickName);
  if (found == std::string_view::npos) return std::nullopt;
  const std::string_view digits = configuration.substr(found + kTickName.size());
  int64_t tick_ms = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), tick_ms);
  if (error != std::errc() || tick_ms <= 0 || tick_ms > 3'600'000) return std::nullopt;
  return tick_ms * kMillisecond;
}

ServerReport AskServer(const rpc::Address& server, Nanos at_most) {
  ServerReport report;
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(server.port);
  if (const int error = getaddrinfo(server.host.c_str(), port.c_str(), &hints, &found); error != 0) {
    report.reached = Unreachable(server, gai_strerror(error));
    return report;
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> targets(found, freeaddrinfo);
  for (const addrinfo* target = found; target != nullptr; target = target->ai_next) {
    const Descriptor descriptor(socket(target->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (descriptor.get() < 0) {
      report.reached = Unreachable(server, strerror(errno));
      continue;
    }
    report.reached = Connect(descriptor.get(), *target, server, at_most);
    if (!report.reached.ok()) continue;
    const std::string answer = Converse(descriptor.get(), "conf", at_most);
    report.tick = ParseTick(answer);
    report.serving = answer.find("not currently serving") == std::string::npos;
    return report;
  }
  return report;
}

}  // namespace cellar::lockservice

#include "fsbroker/wire/sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

namespace cellar::fsbroker {
namespace {

using common::LocalDescriptor;

constexpr int kBacklog = 128;
constexpr int64_t kLongestPollMs = 3'600'000;
constexpr int kKeepaliveSeconds = 15;  // A machine that vanished is noticed after four of them.

using AddressList = std::unique_ptr<addrinfo, void (*)(addrinfo*)>;

Status SocketError(int error, std::string_view what, const rpc::Address& address) {
  return common::Unavailable(std::string(what) + " " + address.ToString() + ": " +
                             std::system_category().message(error));
}

Result<AddressList> Resolve(const rpc::Address& address, int flags) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &wanted, &found);
  if (error != 0) return common::Unavailable("look up " + address.ToString() + ": " + ::gai_strerror(error));
  return AddressList(found, &::freeaddrinfo);
}

void SetOption(int fd, int level, int option, int value) {
  static_cast<void>(::setsockopt(fd, level, option, &value, sizeof(value)));  // A connection works without them.
}

void Tune(int fd) {
  SetOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  SetOption(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  SetOption(fd, IPPROTO_TCP, TCP_KEEPIDLE, kKeepaliveSeconds);
  SetOption(fd, IPPROTO_TCP, TCP_KEEPINTVL, kKeepaliveSeconds);
  SetOption(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
}

LocalDescriptor NewSocket(const addrinfo& at) {
  return LocalDescriptor(::socket(at.ai_family, at.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, at.ai_protocol));
}

/// 0, or why not.
int ConnectOne(const LocalDescriptor& socket, const addrinfo& at, Deadline deadline, const Clock& clock) {
  if (::connect(socket.get(), at.ai_addr, at.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  if (!WaitForSocket(socket.get(), POLLOUT, deadline, clock)) return ETIMEDOUT;
  int error = 0;
  socklen_t size = sizeof(error);
  return ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

}  // namespace

bool WaitForSocket(int fd, short events, Deadline deadline, const Clock& clock) {
  while (true) {
    int wait_ms = -1;
    if (!deadline.is_infinite()) {
      const Nanos remaining = deadline.Remaining(clock);
      wait_ms = static_cast<int>(std::min((remaining + kMillisecond - 1) / kMillisecond, kLongestPollMs));
    }
    pollfd waiting{.fd = fd, .events = events, .revents = 0};
    const int ready = ::poll(&waiting, 1, wait_ms);
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return true;  // What is wrong with it, the next call on it says.
    if (ready == 0 && deadline.Expired(clock)) return false;
  }
}

Result<LocalDescriptor> ListenOn(const rpc::Address& address) {
  ASSIGN_OR_RETURN(const AddressList found, Resolve(address, AI_PASSIVE));
  LocalDescriptor socket = NewSocket(*found);
  if (!socket.is_open()) return SocketError(errno, "listen on", address);
  SetOption(socket.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (::bind(socket.get(), found->ai_addr, found->ai_addrlen) != 0 || ::listen(socket.get(), kBacklog) != 0) {
    return SocketError(errno, "listen on", address);
  }
  return socket;
}

Result<uint16_t> PortOf(const LocalDescriptor& listener) {
  sockaddr_storage bound{};
  socklen_t size = sizeof(bound);
  if (::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&bound), &size) != 0) {
    return common::IoError("port of a listening socket: " + std::system_category().message(errno));
  }
  const in_port_t port = bound.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6*>(&bound)->sin6_port
                                                     : reinterpret_cast<const sockaddr_in*>(&bound)->sin_port;
  return ntohs(port);
}

AcceptedSocket AcceptFrom(const LocalDescriptor& listener) {
  sockaddr_storage peer{};
  socklen_t size = sizeof(peer);
  AcceptedSocket accepted;
  accepted.descriptor = LocalDescriptor(
      ::accept4(listener.get(), reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!accepted.descriptor.is_open()) return accepted;
  Tune(accepted.descriptor.get());
  char host[NI_MAXHOST] = "?";
  char port[NI_MAXSERV] = "?";
  static_cast<void>(::getnameinfo(reinterpret_cast<const sockaddr*>(&peer), size, host, sizeof(host), port,
                                  sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV));
  accepted.peer = std::string(host) + " port " + port;
  return accepted;
}

Result<LocalDescriptor> ConnectTo(const rpc::Address& address, Deadline deadline, const Clock& clock) {
  ASSIGN_OR_RETURN(const AddressList found, Resolve(address, 0));
  int error = EADDRNOTAVAIL;
  for (const addrinfo* at = found.get(); at != nullptr; at = at->ai_next) {
    LocalDescriptor socket = NewSocket(*at);
    error = socket.is_open() ? ConnectOne(socket, *at, deadline, clock) : errno;
    if (error != 0) continue;
    Tune(socket.get());
    return socket;
  }
  return SocketError(error, "connect to", address);
}

}  // namespace cellar::fsbroker

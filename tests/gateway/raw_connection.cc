#include "tests/gateway/raw_connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/check.h"
#include "common/bytes/coding.h"

namespace cellar::tests {

using std::string_literals::operator""s;

RawConnection::RawConnection(uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  const timeval patience{10, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
}

RawConnection::~RawConnection() {
  ::close(fd_);
}

void RawConnection::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

void RawConnection::SendFrame(std::string_view payload) {
  std::string frame(4, '\0');
  common::StoreBigEndian32(frame.data(), static_cast<uint32_t>(payload.size()));
  Send(frame + std::string(payload));
}

std::string RawConnection::Receive() {
  std::string head = Take(4);
  return head.size() < 4 ? "closed" : Take(common::LoadBigEndian32(head.data()));
}

std::string RawConnection::Take(size_t size) {
  std::string bytes(size, '\0');
  size_t have = 0;
  while (have < size) {
    const ssize_t got = ::recv(fd_, bytes.data() + have, size - have, 0);
    if (got <= 0) break;
    have += static_cast<size_t>(got);
  }
  bytes.resize(have);
  return bytes;
}

std::string CallOf(std::string_view method, std::string_view arguments) {
  std::string call = "\x80\x01\x00\x01"s;
  common::PutBigEndian32(&call, static_cast<uint32_t>(method.size()));
  call += method;
  common::PutBigEndian32(&call, 7);
  return call + std::string(arguments) + '\0';
}

}  // namespace cellar::tests

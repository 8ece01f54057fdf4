#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace cellar::server {

/// A blocking connection for tests. Gives up after ten seconds.
class HttpTestClient {
 public:
  explicit HttpTestClient(uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    timeval limit = {.tv_sec = 10};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  }
  ~HttpTestClient() { ::close(fd_); }
  HttpTestClient(const HttpTestClient&) = delete;
  HttpTestClient& operator=(const HttpTestClient&) = delete;

  bool connected() const { return connected_; }
  bool Send(std::string_view bytes) const {
    return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }

  /// All that arrives until the peer closes.
  std::string ReceiveAll() const {
    std::string received;
    char buffer[4096];
    for (ssize_t n = 0; (n = ::recv(fd_, buffer, sizeof(buffer), 0)) > 0;)
      received.append(buffer, static_cast<size_t>(n));
    return received;
  }

  static std::string Get(uint16_t port, const std::string& path) {
    HttpTestClient client(port);
    client.Send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    return client.ReceiveAll();
  }

 private:
  int fd_;
  bool connected_ = false;
};

}  // namespace cellar::server

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cellar::tests {

/// A socket to a gateway that sends what it likes. Waits for at most ten seconds.
class RawConnection {
 public:
  explicit RawConnection(uint16_t port);
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;
  ~RawConnection();

  /// Returns early when the peer has closed.
  void Send(std::string_view bytes);
  /// With its length in front.
  void SendFrame(std::string_view payload);
  /// The next frame's payload; "closed" when there is none.
  std::string Receive();

 private:
  std::string Take(size_t size);

  const int fd_;
};

/// A call with arguments as they are on the wire, and the end of their struct.
std::string CallOf(std::string_view method, std::string_view arguments = "");

}  // namespace cellar::tests

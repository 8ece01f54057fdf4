#include "thrift/gateway/wire/framed_server.h"

#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <utility>

#include "common/concurrency/parker.h"
#include "common/concurrency/thread.h"
#include "thrift/gateway/wire/framed_peer.h"

namespace cellar::thrift {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kAcceptRetry = std::chrono::milliseconds(100);
constexpr Nanos kLook = kSecond;

// A host that is gone is noticed after two minutes.
constexpr int kKeepaliveIdleSeconds = 60;
constexpr int kKeepaliveIntervalSeconds = 10;
constexpr int kKeepaliveProbes = 6;

void Tune(int fd) {
  const auto set = [fd](int level, int name, int value) { ::setsockopt(fd, level, name, &value, sizeof(value)); };
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, kKeepaliveIdleSeconds);
  set(IPPROTO_TCP, TCP_KEEPINTVL, kKeepaliveIntervalSeconds);
  set(IPPROTO_TCP, TCP_KEEPCNT, kKeepaliveProbes);
}

class AsioFramedServer final : public FramedServer {
 public:
  AsioFramedServer(FramedServerOptions options, FrameReceiver& receiver)
      : loop_(std::move(options), receiver), acceptor_(loop_.io), retry_(loop_.io), look_(loop_.io) {}

  ~AsioFramedServer() override {
    if (thread_) {
      HangUpAll();
      loop_.io.stop();
      thread_->Join();
    }
  }

  Status Listen() {
    error_code error;
    const asio::ip::address address = asio::ip::make_address(loop_.options.address, error);
    const tcp::endpoint endpoint(address, loop_.options.port);
    if (!error) acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
    if (!error) port_ = acceptor_.local_endpoint(error).port();
    if (error) {
      return common::Unavailable(
          fmt::format("gateway on {}:{}: {}", loop_.options.address, loop_.options.port, error.message()));
    }
    ::ioctl(acceptor_.native_handle(), FIOCLEX);
    Accept();
    LookForStalls();
    thread_ = std::make_unique<common::Thread>("gateway", [this] { loop_.io.run(); });
    return common::OkStatus();
  }

  uint16_t port() const override { return port_; }

  FramedServerStats stats() const override {
    FramedServerStats stats;
    stats.connections = loop_.connection_count;
    stats.accepted = loop_.accepted;
    stats.refused = loop_.refused;
    stats.broken = loop_.broken;
    stats.bytes_in = loop_.bytes_in;
    stats.bytes_out = loop_.bytes_out;
    return stats;
  }

  void StopTaking() override {
    OnLoop([this] { CloseAll(/*but_answered=*/true); });
  }

  void HangUpAll() override {
    OnLoop([this] { CloseAll(/*but_answered=*/false); });
  }

 private:
  /// Runs on the server's thread, and waits for it.
  template <typename Work>
  void OnLoop(Work work) {
    common::Parker done;
    asio::post(loop_.io, [&] {
      work();
      done.Unpark();
    });
    done.Park();
  }

  void CloseAll(bool but_answered) {
    loop_.taking = false;
    error_code ignored;
    acceptor_.close(ignored);
    const auto peers = loop_.peers;
    for (const std::shared_ptr<FramedPeer>& peer : peers) {
      if (!but_answered || !peer->is_being_answered()) peer->Close(/*broken=*/false);
    }
  }

  void Accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket socket) {
      if (!loop_.taking) return;
      if (error) {  // Out of descriptors, most likely.
        retry_.expires_after(kAcceptRetry);
        retry_.async_wait([this](error_code cancelled) {
          if (!cancelled && loop_.taking) Accept();
        });
        return;
      }
      StartPeer(std::move(socket));
      Accept();
    });
  }

  void StartPeer(tcp::socket socket) {
    ++loop_.accepted;
    error_code error;
    const tcp::endpoint remote = socket.remote_endpoint(error);
    if (loop_.peers.size() >= loop_.options.max_connections) ++loop_.refused;
    if (error || loop_.peers.size() >= loop_.options.max_connections) {
      socket.close(error);
      return;
    }
    ::ioctl(socket.native_handle(), FIOCLEX);
    Tune(socket.native_handle());
    const auto peer = std::make_shared<FramedPeer>(loop_, std::move(socket), remote.address().to_string());
    ++loop_.connection_count;
    peer->Start(loop_.peers.insert(loop_.peers.end(), peer));
  }

  void LookForStalls() {
    look_.expires_after(std::chrono::nanoseconds(kLook));
    look_.async_wait([this](error_code cancelled) {
      if (cancelled) return;
      const auto peers = loop_.peers;
      for (const std::shared_ptr<FramedPeer>& peer : peers) peer->LookForStall(kLook);
      LookForStalls();
    });
  }

  FramedLoop loop_;
  tcp::acceptor acceptor_;
  asio::steady_timer retry_;
  asio::steady_timer look_;
  uint16_t port_ = 0;
  std::unique_ptr<common::Thread> thread_;
};

}  // namespace

Result<std::unique_ptr<FramedServer>> FramedServer::Start(FramedServerOptions options, FrameReceiver& receiver) {
  auto server = std::make_unique<AsioFramedServer>(std::move(options), receiver);
  RETURN_IF_ERROR(server->Listen());
  return std::unique_ptr<FramedServer>(std::move(server));
}

}  // namespace cellar::thrift

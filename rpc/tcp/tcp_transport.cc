#include "rpc/tcp/tcp_transport.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>

#include "common/concurrency/event.h"
#include "rpc/tcp/tcp_stream.h"

namespace cellar::rpc {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// The face of a TcpStream.
class TcpConnection final : public Connection {
 public:
  explicit TcpConnection(std::shared_ptr<TcpStream> stream) : stream_(std::move(stream)) { stream_->Start(); }
  ~TcpConnection() override { stream_->Close(Status()); }

  Status Send(Frame frame) override { return stream_->Send(std::move(frame)); }
  Task<Result<Frame>> Receive(Deadline deadline) override { return stream_->Receive(deadline); }
  void Close(Status why) override { stream_->Close(std::move(why)); }
  uint64_t queued_bytes() const override { return stream_->queued_bytes(); }
  Nanos last_heard() const override { return stream_->last_heard(); }
  void SetLimits(const ConnectionLimits& limits) override { stream_->SetLimits(limits); }
  std::string peer() const override { return stream_->peer(); }

 private:
  std::shared_ptr<TcpStream> stream_;
};

/// One resolve-and-connect under way; shared with Asio's operations.
struct Attempt {
  explicit Attempt(asio::io_context& io) : resolver(io), socket(io) {}
  tcp::resolver resolver;
  tcp::socket socket;
  Event done{"tcp connect"};
  error_code error;
  bool abandoned = false;

  void Finish(const error_code& result) {
    if (abandoned) return;
    error = result;
    done.Set();
  }
};

void StartConnect(const std::shared_ptr<Attempt>& attempt, const Address& address) {
  error_code not_numeric;
  const asio::ip::address ip = asio::ip::make_address(address.host, not_numeric);
  if (!not_numeric) {
    attempt->socket.async_connect(tcp::endpoint(ip, address.port),
                                  [attempt](const error_code& error) { attempt->Finish(error); });
    return;
  }
  attempt->resolver.async_resolve(
      address.host, std::to_string(address.port),
      [attempt](const error_code& error, tcp::resolver::results_type found) {
        if (attempt->abandoned) return;
        if (error) return attempt->Finish(error);
        asio::async_connect(attempt->socket, found,
                            [attempt](const error_code& result, const tcp::endpoint&) { attempt->Finish(result); });
      });
}

void Abandon(Attempt& attempt) {
  attempt.abandoned = true;
  attempt.resolver.cancel();
  error_code ignored;
  attempt.socket.close(ignored);
}

/// Abandons an attempt when its coroutine ends or is destroyed.
class AttemptScope {
 public:
  explicit AttemptScope(std::shared_ptr<Attempt> attempt) : attempt_(std::move(attempt)) {}
  ~AttemptScope() { Abandon(*attempt_); }
  AttemptScope(const AttemptScope&) = delete;
  AttemptScope& operator=(const AttemptScope&) = delete;

 private:
  std::shared_ptr<Attempt> attempt_;
};

/// Shared by the listener's face and the pending accept.
class Acceptor final : public std::enable_shared_from_this<Acceptor> {
 public:
  Acceptor(Executor& executor, tcp::acceptor acceptor, TcpTransportOptions options)
      : executor_(executor), acceptor_(std::move(acceptor)), options_(options), next_(acceptor_.get_executor()) {}

  Task<Result<std::unique_ptr<Connection>>> Accept() {
    const std::shared_ptr<Acceptor> self = shared_from_this();
    while (acceptor_.is_open()) {
      accepted_.Reset();
      acceptor_.async_accept(next_, [self](const error_code& error) {
        self->error_ = error;
        self->accepted_.Set();
      });
      co_await accepted_.Wait();
      if (!acceptor_.is_open()) break;
      if (!error_) {
        tcp::socket socket = std::exchange(next_, tcp::socket(acceptor_.get_executor()));
        auto stream = std::make_shared<TcpStream>(executor_, std::move(socket), options_);
        std::unique_ptr<Connection> connection = std::make_unique<TcpConnection>(std::move(stream));
        co_return std::move(connection);
      }
      next_ = tcp::socket(acceptor_.get_executor());
      // Out of descriptors, perhaps: give others time to close theirs.
      const Deadline later = Deadline::After(executor_.clock(), 10 * kMillisecond);
      accepted_.Reset();
      co_await accepted_.WaitUntil(later);
    }
    co_return common::Cancelled("the listener is closed");
  }

  void Close() {
    error_code ignored;
    acceptor_.close(ignored);
    accepted_.Set();
  }

 private:
  Executor& executor_;
  tcp::acceptor acceptor_;
  const TcpTransportOptions options_;
  tcp::socket next_;
  error_code error_;
  Event accepted_{"tcp accept"};
};

class TcpListener final : public Listener {
 public:
  TcpListener(std::shared_ptr<Acceptor> acceptor, Address address)
      : acceptor_(std::move(acceptor)), address_(std::move(address)) {}
  ~TcpListener() override { acceptor_->Close(); }

  Address address() const override { return address_; }
  Task<Result<std::unique_ptr<Connection>>> Accept() override { return acceptor_->Accept(); }
  void Close() override { acceptor_->Close(); }

 private:
  std::shared_ptr<Acceptor> acceptor_;
  const Address address_;
};

Status ListenError(const Address& address, const error_code& error) {
  const std::string text = "listen on " + address.ToString() + ": " + error.message();
  return error == asio::error::address_in_use ? common::AlreadyExists(text) : common::IoError(text);
}

Result<tcp::endpoint> ResolveNow(asio::io_context& io, const Address& address) {
  error_code error;
  const asio::ip::address ip = asio::ip::make_address(address.host, error);
  if (!error) return tcp::endpoint(ip, address.port);
  tcp::resolver resolver(io);
  const auto found = resolver.resolve(address.host, std::to_string(address.port), tcp::resolver::passive, error);
  if (error || found.empty()) return common::InvalidArgument("listen on " + address.ToString() + ": unknown host");
  return found.begin()->endpoint();
}

}  // namespace

Task<Result<std::unique_ptr<Connection>>> TcpTransport::Connect(Address address, Deadline deadline) {
  auto attempt = std::make_shared<Attempt>(poller_.io());
  const AttemptScope scope(attempt);
  StartConnect(attempt, address);
  const bool in_time = co_await attempt->done.WaitUntil(deadline);
  if (!in_time) co_return common::TimedOut("connect to " + address.ToString());
  if (attempt->error) {
    co_return common::Unavailable("connect to " + address.ToString() + ": " + attempt->error.message());
  }
  auto stream = std::make_shared<TcpStream>(executor_, std::move(attempt->socket), options_);
  std::unique_ptr<Connection> connection = std::make_unique<TcpConnection>(std::move(stream));
  co_return std::move(connection);
}

Result<std::unique_ptr<Listener>> TcpTransport::Listen(const Address& address) {
  ASSIGN_OR_RETURN(const tcp::endpoint endpoint, ResolveNow(poller_.io(), address));
  tcp::acceptor acceptor(poller_.io());
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return ListenError(address, error);
  const Address bound(address.host, acceptor.local_endpoint(error).port());
  auto shared = std::make_shared<Acceptor>(executor_, std::move(acceptor), options_);
  std::unique_ptr<Listener> listener = std::make_unique<TcpListener>(std::move(shared), bound);
  return listener;
}

}  // namespace cellar::rpc

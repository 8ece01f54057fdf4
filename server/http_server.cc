#include "server/http_server.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <list>
#include <utility>

#include "common/concurrency/thread.h"

namespace cellar::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kAcceptRetry = std::chrono::milliseconds(100);

/// One connection: read the head, answer, close. Lives in its server's list; runs on the server's thread only.
class Session : public std::enable_shared_from_this<Session> {
 public:
  using Done = std::function<void()>;

  Session(tcp::socket socket, const HttpHandler& handler)
      : socket_(std::move(socket)), timer_(socket_.get_executor()), handler_(handler) {}

  void Start(Nanos time_limit, Done done) {
    done_ = std::move(done);
    timer_.expires_after(std::chrono::nanoseconds(time_limit));
    timer_.async_wait([self = shared_from_this()](error_code error) {
      if (!error) self->Close();
    });
    asio::async_read_until(
        socket_, asio::dynamic_buffer(head_, kMaxHttpHeadBytes), "\r\n\r\n",
        [self = shared_from_this()](error_code error, size_t length) { self->OnHead(error, length); });
  }

  void Close() {
    if (!done_) return;
    error_code ignored;
    timer_.cancel();
    socket_.close(ignored);
    std::exchange(done_, nullptr)();
  }

 private:
  void OnHead(error_code error, size_t length) {
    if (!done_) return;
    HttpResponse response;
    bool head_only = false;
    if (error == asio::error::not_found) {
      response = {.status = 431, .body = "request too large\n"};
    } else if (error) {
      Close();
      return;
    } else {
      Result<HttpRequest> request = ParseHttpRequest(std::string_view(head_).substr(0, length));
      response = request.ok() ? handler_(*request) : RefusalOf(request.status());
      head_only = request.ok() && request->head_only;
    }
    answer_ = FormatHttpResponse(response, head_only);
    asio::async_write(socket_, asio::buffer(answer_),
                      [self = shared_from_this()](error_code, size_t) { self->Drain(); });
  }

  static HttpResponse RefusalOf(const Status& status) {
    HttpResponse response;
    response.status = status.Is(StatusCode::kUnsupported) ? 405 : 400;
    response.body = std::string(status.message()) + "\n";
    return response;
  }

  /// Closing with unread bytes resets the connection, and the peer may lose the answer: read until it closes.
  void Drain() {
    if (!done_) return;
    error_code error;
    socket_.shutdown(tcp::socket::shutdown_send, error);
    if (error) {
      Close();
      return;
    }
    head_.resize(kMaxHttpHeadBytes);
    socket_.async_read_some(asio::buffer(head_), [self = shared_from_this()](error_code read_error, size_t) {
      if (read_error) {
        self->Close();
      } else {
        self->Drain();
      }
    });
  }

  tcp::socket socket_;
  asio::steady_timer timer_;
  const HttpHandler& handler_;
  std::string head_;
  std::string answer_;
  Done done_;
};

class AsioHttpServer final : public HttpServer {
 public:
  AsioHttpServer(HttpServerOptions options, HttpHandler handler)
      : options_(std::move(options)), handler_(std::move(handler)), acceptor_(loop_), retry_(loop_) {}

  ~AsioHttpServer() override {
    loop_.stop();
    if (thread_) thread_->Join();
    while (!sessions_.empty()) {
      const std::shared_ptr<Session> session = sessions_.front();
      session->Close();
    }
    error_code ignored;
    acceptor_.close(ignored);
  }

  Status Listen() {
    error_code error;
    const asio::ip::address address = asio::ip::make_address(options_.address, error);
    const tcp::endpoint endpoint(address, options_.port);
    if (!error) acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
    if (!error) port_ = acceptor_.local_endpoint(error).port();
    if (error) {
      return common::Unavailable(fmt::format("HTTP on {}:{}: {}", options_.address, options_.port, error.message()));
    }
    ::fcntl(acceptor_.native_handle(), F_SETFD, FD_CLOEXEC);
    Accept();
    thread_ = std::make_unique<common::Thread>("http", [this] { loop_.run(); });
    return common::OkStatus();
  }

  uint16_t port() const override { return port_; }

 private:
  void Accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket socket) {
      if (error) {  // Out of descriptors, most likely.
        retry_.expires_after(kAcceptRetry);
        retry_.async_wait([this](error_code cancelled) {
          if (!cancelled) Accept();
        });
        return;
      }
      StartSession(std::move(socket));
      Accept();
    });
  }

  void StartSession(tcp::socket socket) {
    if (sessions_.size() >= options_.max_connections) {
      const std::shared_ptr<Session> oldest = sessions_.front();
      oldest->Close();
    }
    ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
    const auto session = std::make_shared<Session>(std::move(socket), handler_);
    const auto place = sessions_.insert(sessions_.end(), session);
    session->Start(options_.time_limit, [this, place] { sessions_.erase(place); });
  }

  const HttpServerOptions options_;
  const HttpHandler handler_;
  asio::io_context loop_{1};
  tcp::acceptor acceptor_;
  asio::steady_timer retry_;
  uint16_t port_ = 0;
  std::list<std::shared_ptr<Session>> sessions_;  ///< Oldest first. Thread of `loop_` only.
  std::unique_ptr<common::Thread> thread_;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::Start(HttpServerOptions options, HttpHandler handler) {
  auto server = std::make_unique<AsioHttpServer>(std::move(options), std::move(handler));
  RETURN_IF_ERROR(server->Listen());
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace cellar::server

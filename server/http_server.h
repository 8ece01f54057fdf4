#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "common/base/result.h"
#include "common/time/clock.h"
#include "server/http_request.h"

namespace cellar::server {

/// Answers one request; runs on the server's own thread, so it is thread-safe, quick, and waits for nothing.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

/// Where an HttpServer listens, and its bounds.
struct HttpServerOptions {
  std::string address = "127.0.0.1";
  uint16_t port = 0;            ///< 0 takes a free one.
  size_t max_connections = 64;  ///< At the bound the oldest connection gives way, so that idle peers shut nobody out.
  Nanos time_limit = 5 * kSecond;  ///< For a whole connection, from accept to the last byte of the answer.
};

/// A small HTTP/1.1 server for status pages, on a thread of its own. A peer that sends garbage, too much (431), or
/// nothing costs at most kMaxHttpHeadBytes and one descriptor until its time is up. Destruction closes everything and
/// joins.
class HttpServer {
 public:
  /// Listens when it returns. kUnavailable naming address and port when they are taken or not ours.
  static Result<std::unique_ptr<HttpServer>> Start(HttpServerOptions options, HttpHandler handler);

  virtual ~HttpServer() = default;
  virtual uint16_t port() const = 0;
};

}  // namespace cellar::server

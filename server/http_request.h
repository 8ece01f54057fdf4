#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace cellar::server {

/// The part of HTTP/1.x that status pages need: GET and HEAD without a body, one answer a connection.
struct HttpRequest {
  bool head_only = false;
  std::string path;   ///< "/status"
  std::string query;  ///< What stood behind '?'; not decoded.
};

/// An answer, still without its header fields.
struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

inline constexpr size_t kMaxHttpHeadBytes = 8 * 1024;

/// Reads the request line of `head` (all up to the blank line). kInvalidArgument for what is no HTTP/1 request,
/// kUnsupported for another method. Header fields are not looked at.
Result<HttpRequest> ParseHttpRequest(std::string_view head);

/// The bytes of an answer, with `Connection: close`.
std::string FormatHttpResponse(const HttpResponse& response, bool head_only);

}  // namespace cellar::server

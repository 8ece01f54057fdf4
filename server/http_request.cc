#include "server/http_request.h"

#include <fmt/format.h>

#include <algorithm>

namespace cellar::server {
namespace {

std::string_view ReasonOf(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 431:
      return "Request Header Fields Too Large";
    case 503:
      return "Service Unavailable";
    default:
      return "Error";
  }
}

bool IsTarget(std::string_view target) {
  return target.starts_with('/') &&
         std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

}  // namespace

Result<HttpRequest> ParseHttpRequest(std::string_view head) {
  const std::string_view line = head.substr(0, head.find("\r\n"));
  const size_t first = line.find(' ');
  const size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos) return common::InvalidArgument("not an HTTP request");
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, second - first - 1);
  const std::string_view version = line.substr(second + 1);
  if (!IsTarget(target) || (version != "HTTP/1.1" && version != "HTTP/1.0")) {
    return common::InvalidArgument("not an HTTP/1 request");
  }
  if (method != "GET" && method != "HEAD") return common::Unsupported("only GET and HEAD");
  HttpRequest request;
  request.head_only = method == "HEAD";
  const size_t question = std::min(target.find('?'), target.size());
  request.path = target.substr(0, question);
  if (question < target.size()) request.query = target.substr(question + 1);
  return request;
}

std::string FormatHttpResponse(const HttpResponse& response, bool head_only) {
  std::string bytes = fmt::format(
      "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n"
      "X-Content-Type-Options: nosniff\r\n{}Connection: close\r\n\r\n",
      response.status, ReasonOf(response.status), response.content_type, response.body.size(),
      response.status == 405 ? "Allow: GET, HEAD\r\n" : "");
  if (!head_only) bytes.append(response.body);
  return bytes;
}

}  // namespace cellar::server

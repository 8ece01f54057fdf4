#include "server/http_request.h"

#include <gtest/gtest.h>

#include "common/random/random.h"

namespace cellar::server {
namespace {

TEST(HttpRequestTest, Get_GivesPathAndQuery) {
  Result<HttpRequest> request = ParseHttpRequest("GET /status?a=b?c HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->path, "/status");
  EXPECT_EQ(request->query, "a=b?c");
  EXPECT_FALSE(request->head_only);
  EXPECT_TRUE(ParseHttpRequest("HEAD / HTTP/1.0\r\n\r\n")->head_only);
}

TEST(HttpRequestTest, Malformed_IsRefused) {
  for (const char* head : {"", "\r\n\r\n", "GET", "GET /", "GET / ", "GET / HTTP/2\r\n\r\n",
                           "GET status HTTP/1.1\r\n\r\n", "GET /a b HTTP/1.1\r\n\r\n", "GET  HTTP/1.1\r\n\r\n",
                           "GET /\x01 HTTP/1.1\r\n\r\n", "GET /\xff HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02"}) {
    EXPECT_TRUE(ParseHttpRequest(head).status().Is(StatusCode::kInvalidArgument)) << head;
  }
  EXPECT_TRUE(ParseHttpRequest("POST / HTTP/1.1\r\n\r\n").status().Is(StatusCode::kUnsupported));
}

TEST(HttpRequestTest, RandomBytes_NeverParseToABadPath) {
  SeededRandom random(17);
  for (int i = 0; i < 20000; ++i) {
    std::string head = "GET /";
    for (uint64_t n = random.Uniform(12); n > 0; --n) head.push_back(static_cast<char>(random.Next()));
    head += " HTTP/1.1\r\n\r\n";
    Result<HttpRequest> request = ParseHttpRequest(head);
    if (!request.ok()) continue;
    for (char c : request->path) EXPECT_TRUE(c > ' ' && c < 0x7F);
  }
}

TEST(HttpRequestTest, Response_HasLengthAndClose) {
  EXPECT_EQ(FormatHttpResponse({.body = "hello"}, false),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\nCache-Control: "
            "no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\nhello");
  const std::string head = FormatHttpResponse({.status = 405, .body = "hello"}, true);
  EXPECT_TRUE(head.starts_with("HTTP/1.1 405 Method Not Allowed\r\n"));
  EXPECT_NE(head.find("Allow: GET, HEAD\r\n"), std::string::npos);
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
}

}  // namespace
}  // namespace cellar::server

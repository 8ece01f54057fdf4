#include "server/http_server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "common/random/random.h"
#include "server/http_test_client.h"

namespace cellar::server {
namespace {

HttpResponse Echo(const HttpRequest& request) {
  return {.body = "you asked for " + request.path};
}

std::unique_ptr<HttpServer> StartServer(HttpServerOptions options = {}) {
  Result<std::unique_ptr<HttpServer>> server = HttpServer::Start(options, Echo);
  EXPECT_TRUE(server.ok()) << server.status().ToString();
  return std::move(server).value();
}

TEST(HttpServerTest, Get_IsAnsweredAndClosed) {
  const auto server = StartServer();
  const std::string answer = HttpTestClient::Get(server->port(), "/x?y");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\nyou asked for /x"));
}

TEST(HttpServerTest, RequestInPieces_IsPutTogether) {
  const auto server = StartServer();
  HttpTestClient client(server->port());
  for (char c : std::string_view("GET /pieces HTTP/1.1\r\n\r\n")) ASSERT_TRUE(client.Send(std::string_view(&c, 1)));
  EXPECT_TRUE(client.ReceiveAll().ends_with("/pieces"));
}

TEST(HttpServerTest, BadRequests_AreRefusedByNumber) {
  const auto server = StartServer();
  const auto answer_to = [&server](const std::string& bytes) {
    HttpTestClient client(server->port());
    EXPECT_TRUE(client.Send(bytes));
    return client.ReceiveAll().substr(0, 12);
  };
  EXPECT_EQ(answer_to("DELETE / HTTP/1.1\r\n\r\n"), "HTTP/1.1 405");
  EXPECT_EQ(answer_to("\x16\x03\x01\r\n\r\n"), "HTTP/1.1 400");
  EXPECT_EQ(answer_to("GET /" + std::string(2 * kMaxHttpHeadBytes, 'x')), "HTTP/1.1 431");
  EXPECT_EQ(answer_to("HEAD / HTTP/1.1\r\n\r\n"), "HTTP/1.1 200");
}

TEST(HttpServerTest, SilentPeer_IsClosedInTime) {
  HttpServerOptions options;
  options.time_limit = 50 * kMillisecond;
  const auto server = StartServer(options);
  HttpTestClient silent(server->port());
  HttpTestClient half(server->port());
  ASSERT_TRUE(half.Send("GET / HTTP/1.1\r\n"));
  EXPECT_EQ(silent.ReceiveAll(), "");
  EXPECT_EQ(half.ReceiveAll(), "");
}

TEST(HttpServerTest, AtTheBound_TheOldestGivesWay) {
  HttpServerOptions options;
  options.max_connections = 4;
  const auto server = StartServer(options);
  std::vector<std::unique_ptr<HttpTestClient>> idle;
  for (int i = 0; i < 20; ++i) {
    idle.push_back(std::make_unique<HttpTestClient>(server->port()));
    ASSERT_TRUE(idle.back()->connected());
  }
  EXPECT_TRUE(HttpTestClient::Get(server->port(), "/still").ends_with("/still"));
  EXPECT_EQ(idle[0]->ReceiveAll(), "");
}

TEST(HttpServerTest, Garbage_ServerGoesOn) {
  const auto server = StartServer();
  SeededRandom random(4711);
  for (int i = 0; i < 300; ++i) {
    HttpTestClient client(server->port());
    std::string bytes;
    for (uint64_t n = random.Uniform(200); n > 0; --n) bytes.push_back(static_cast<char>(random.Next()));
    client.Send(bytes);
  }
  EXPECT_TRUE(HttpTestClient::Get(server->port(), "/alive").ends_with("/alive"));
}

TEST(HttpServerTest, PortInUse_IsRefusedByName) {
  const auto server = StartServer();
  HttpServerOptions options;
  options.port = server->port();
  Result<std::unique_ptr<HttpServer>> second = HttpServer::Start(options, Echo);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.status().ToString(),
            "unavailable: HTTP on 127.0.0.1:" + std::to_string(options.port) + ": Address already in use");
  options.address = "not an address";
  EXPECT_TRUE(HttpServer::Start(options, Echo).status().Is(StatusCode::kUnavailable));
}

TEST(HttpServerTest, Destruction_ClosesOpenConnections) {
  auto server = StartServer();
  HttpTestClient open(server->port());
  ASSERT_TRUE(open.Send("GET"));
  EXPECT_TRUE(HttpTestClient::Get(server->port(), "/x").ends_with("/x"));
  server.reset();
  EXPECT_EQ(open.ReceiveAll(), "");
}

}  // namespace
}  // namespace cellar::server

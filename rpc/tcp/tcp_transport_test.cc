#include "rpc/tcp/tcp_transport.h"

#include <gtest/gtest.h>

#include "rpc/liveness_conformance.h"
#include "rpc/rpc_conformance.h"
#include "rpc/tcp/tcp_test_bed.h"

namespace cellar::rpc {
namespace {

std::unique_ptr<RpcTestBed> MakeTcpBed() {
  return std::make_unique<TcpTestBed>();
}

INSTANTIATE_TEST_SUITE_P(Tcp, RpcConformanceTest, testing::Values(&MakeTcpBed));
INSTANTIATE_TEST_SUITE_P(Tcp, RpcLivenessTest, testing::Values(&MakeTcpBed));

Task<void> ListenTwice(Transport& transport, Status* second) {
  Result<std::unique_ptr<Listener>> first = transport.Listen(Address("127.0.0.1", 0));
  CHECK(first.ok());
  const Result<std::unique_ptr<Listener>> again = transport.Listen((*first)->address());
  *second = again.status();
  co_return;
}

TEST(TcpTransportTest, PortInUse_IsNamed) {
  TcpTestBed bed;
  Status status;
  bed.RunOnServer(ListenTwice(bed.server_transport(), &status));
  EXPECT_TRUE(status.Is(StatusCode::kAlreadyExists)) << status.ToString();
  EXPECT_NE(status.message().find("127.0.0.1:"), std::string::npos);
}

Task<void> ConnectTo(Transport& transport, Address address, Nanos deadline, Status* status) {
  const Result<std::unique_ptr<Connection>> made = co_await transport.Connect(address, Deadline(deadline));
  *status = made.status();
}

TEST(TcpTransportTest, HostNames_AreResolved) {
  TcpTestBed bed;
  Status status;
  const Nanos soon = bed.clock.MonotonicNow() + 5 * kSecond;
  bed.RunOnClient(ConnectTo(bed.client_transport(), Address("localhost", 1), soon, &status));
  EXPECT_TRUE(status.Is(StatusCode::kUnavailable)) << status.ToString();
}

}  // namespace
}  // namespace cellar::rpc

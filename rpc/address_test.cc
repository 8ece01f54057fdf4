#include "rpc/address.h"

#include <gtest/gtest.h>

namespace cellar::rpc {
namespace {

TEST(AddressTest, Text_RoundTrips) {
  for (const char* text : {"127.0.0.1:15865", "localhost:0", "[::1]:80"}) {
    const Result<Address> address = Address::Parse(text);
    ASSERT_TRUE(address.ok()) << text;
    EXPECT_EQ(address->ToString(), text);
  }
  EXPECT_EQ(Address::Parse("[::1]:80")->host, "::1");
}

TEST(AddressTest, Malformed_IsRefused) {
  for (const char* text : {"", "host", ":1", "host:", "host:x", "host:65536", "host:1 ", "::1:80", "[]:1", "[a:1"}) {
    EXPECT_FALSE(Address::Parse(text).ok()) << text;
  }
}

}  // namespace
}  // namespace cellar::rpc

#include "rpc/hello.h"

#include <gtest/gtest.h>

namespace cellar::rpc {
namespace {

Hello FullHello() {
  Hello hello;
  hello.cluster = ClusterId::FromBytes("0123456789abcdef");
  hello.max_protocol = 3;
  hello.features = 5;
  hello.incarnation = Incarnation(FencingNumber{2, 7});
  hello.credentials = std::string("\0secret", 7);
  return hello;
}

TEST(HelloTest, Encoding_RoundTrips) {
  const Hello hello = FullHello();
  const Result<Hello> decoded = Hello::Decode(hello.Encode());
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->Encode(), hello.Encode());
  EXPECT_EQ(decoded->incarnation, hello.incarnation);
  EXPECT_EQ(decoded->credentials, hello.credentials);
}

TEST(HelloTest, FieldsOfLaterBuilds_AreSkipped) {
  EXPECT_TRUE(Hello::Decode(FullHello().Encode() + "more").ok());
}

TEST(HelloTest, EveryTruncation_IsRefused) {
  const std::string bytes = FullHello().Encode();
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(Hello::Decode(bytes.substr(0, length)).ok()) << length;
  }
}

TEST(HelloTest, EmptyProtocolRange_IsRefused) {
  Hello hello;
  hello.min_protocol = 9;
  EXPECT_FALSE(Hello::Decode(hello.Encode()).ok());
}

TEST(WelcomeTest, Encoding_RoundTrips) {
  Welcome welcome;
  welcome.principal = "anonymous";
  welcome.incarnation = Incarnation(FencingNumber{1, 2});
  const std::string bytes = welcome.Encode();
  EXPECT_EQ(Welcome::Decode(bytes)->Encode(), bytes);
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(Welcome::Decode(bytes.substr(0, length)).ok()) << length;
  }
}

}  // namespace
}  // namespace cellar::rpc

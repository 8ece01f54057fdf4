#include "lockservice/credentials.h"

#include <gtest/gtest.h>

namespace cellar::lockservice {
namespace {

TEST(CredentialsTest, ReadBack) {
  EXPECT_EQ(CredentialsOf(SessionId(17)), "session:17");
  EXPECT_EQ(ParseCredentials("session:17").value(), SessionId(17));
}

TEST(CredentialsTest, Others_AreRefused) {
  for (const char* text :
       {"", "17", "session:", "session:0", "session:-1", "session:1 ", "session:99999999999999999999",
        "zookeeper:0000000000000001:00000000000000010000000000000001"}) {
    EXPECT_TRUE(ParseCredentials(text).status().Is(StatusCode::kInvalidArgument)) << text;
  }
}

}  // namespace
}  // namespace cellar::lockservice

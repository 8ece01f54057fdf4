#include "lockservice/lock_service_url.h"

#include <gtest/gtest.h>

#include "lockservice/settings.h"

namespace cellar::lockservice {
namespace {

TEST(LockServiceUrlTest, KnownForms_ReadBack) {
  EXPECT_EQ(ParseLockServiceUrl("embedded:")->kind, LockServiceUrl::Kind::kEmbedded);
  for (const char* text : {"embedded:", "cellar://localhost:15961", "cellar://[::1]:15861"}) {
    Result<LockServiceUrl> url = ParseLockServiceUrl(text);
    ASSERT_TRUE(url.ok()) << url.status().ToString();
    EXPECT_EQ(url->ToString(), text);
  }
  EXPECT_EQ(ParseLockServiceUrl("cellar://host")->address, rpc::Address("host", 15861));
  EXPECT_EQ(ParseLockServiceUrl("cellar://[::1]")->address, rpc::Address("::1", 15861));
}

TEST(LockServiceUrlTest, Others_AreRefusedByName) {
  EXPECT_EQ(ParseLockServiceUrl("zookeeper://a:1,b:2/c").status().ToString(),
            "unsupported: lock service 'zookeeper://a:1,b:2/c': this build has no ZooKeeper backend");
  EXPECT_EQ(ParseLockServiceUrl("http://x").status().message(),
            "lock service 'http://x': expected embedded: or cellar://host:port");
  for (const char* text : {"", "embedded", "cellar://", "cellar://host:port", "cellar://host:99999"}) {
    EXPECT_TRUE(ParseLockServiceUrl(text).status().Is(StatusCode::kInvalidArgument)) << text;
  }
}

}  // namespace
}  // namespace cellar::lockservice

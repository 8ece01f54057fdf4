#include "lockservice/lock_service_url.h"

#include <gtest/gtest.h>

#include "lockservice/settings.h"

namespace cellar::lockservice {
namespace {

TEST(LockServiceUrlTest, KnownForms_ReadBack) {
  EXPECT_EQ(ParseLockServiceUrl("embedded:")->kind, LockServiceUrl::Kind::kEmbedded);
  for (const char* text : {"embedded:", "cellar://localhost:15961", "cellar://[::1]:15861",
                           "zookeeper://zk1:2181/cellar", "zookeeper://127.0.0.1:1,zk2:2,[::1]:3/prod/a"}) {
    Result<LockServiceUrl> url = ParseLockServiceUrl(text);
    ASSERT_TRUE(url.ok()) << url.status().ToString();
    EXPECT_EQ(url->ToString(), text);
  }
  EXPECT_EQ(ParseLockServiceUrl("cellar://host")->address, rpc::Address("host", 15861));
  EXPECT_EQ(ParseLockServiceUrl("cellar://[::1]")->address, rpc::Address("::1", 15861));
}

TEST(LockServiceUrlTest, ZooKeeper_HasServersAndPath) {
  Result<LockServiceUrl> url = ParseLockServiceUrl("zookeeper://a,b:2/c/d");
  ASSERT_TRUE(url.ok()) << url.status().ToString();
  EXPECT_EQ(url->kind, LockServiceUrl::Kind::kZooKeeper);
  EXPECT_EQ(url->servers, (std::vector<rpc::Address>{rpc::Address("a", 2181), rpc::Address("b", 2)}));
  EXPECT_EQ(url->path, "/c/d");
  EXPECT_EQ(ParseLockServiceUrl("zookeeper://a/")->ToString(), "zookeeper://a:2181/cellar");
  EXPECT_EQ(ParseLockServiceUrl("zookeeper://a")->ToString(), "zookeeper://a:2181/cellar");
}

TEST(LockServiceUrlTest, Others_AreRefusedByName) {
  EXPECT_EQ(ParseLockServiceUrl("http://x").status().message(),
            "lock service 'http://x': expected embedded:, cellar://host:port or zookeeper://host:port,host:port/path");
  EXPECT_TRUE(ParseLockServiceUrl("zookeeper://a:1,b:x/c")
                  .status()
                  .message()
                  .starts_with("lock service 'zookeeper://a:1,b:x/c': "));
  for (const char* text :
       {"", "embedded", "cellar://", "cellar://host:port", "cellar://host:99999", "zookeeper://", "zookeeper:///c",
        "zookeeper://a,/c", "zookeeper://a,,b", "zookeeper://a/c/", "zookeeper://a//c", "zookeeper://a/../c"}) {
    EXPECT_TRUE(ParseLockServiceUrl(text).status().Is(StatusCode::kInvalidArgument)) << text;
  }
}

}  // namespace
}  // namespace cellar::lockservice

#include "lockservice/zookeeper/znode_layout.h"

#include <gtest/gtest.h>

#include "lockservice/zookeeper/zookeeper_session.h"

namespace cellar::lockservice {
namespace {

TEST(ZnodeLayoutTest, EverythingLiesBelowThePath) {
  const ZnodeLayout layout("/prod/a");
  EXPECT_EQ(layout.Node("/"), "/prod/a/nodes");
  EXPECT_EQ(layout.Node("/servers/rs1"), "/prod/a/nodes/servers/rs1");
  EXPECT_EQ(layout.Session(0x100001234560007), "/prod/a/sessions/0100001234560007");
  HoldName hold;
  hold.session = SessionId(0xab);
  EXPECT_EQ(ZnodeLayout::Hold("/n", hold), "/n/=x-00000000000000ab");
  hold.mode = LockMode::kShared;
  EXPECT_EQ(ZnodeLayout::Hold("/n", hold), "/n/=s-00000000000000ab");
}

TEST(ZnodeLayoutTest, Holds_AreToldFromNodes) {
  EXPECT_EQ(ZnodeLayout::ParseHold("=x-00000000000000ab")->session, SessionId(0xab));
  EXPECT_EQ(ZnodeLayout::ParseHold("=x-00000000000000ab")->mode, LockMode::kExclusive);
  EXPECT_EQ(ZnodeLayout::ParseHold("=s-00000000000000ab")->mode, LockMode::kShared);
  for (const char* name : {"rs1", "x-00000000000000ab", "=y-00000000000000ab", "=x-ab", "=x-00000000000000AB",
                           "=x-00000000000000ag", "=x-", ""}) {
    EXPECT_FALSE(ZnodeLayout::ParseHold(name)) << name;
  }
}

TEST(ZnodeLayoutTest, Data_IsAsDocumented) {
  NodeState state;
  state.kind = NodeKind::kEphemeral;
  state.owner = SessionId(5);
  state.version = 300;
  state.attributes = {{"a", "xy"}, {"b", std::string("\0", 1)}};
  const std::string data = EncodeZnode(state);
  EXPECT_EQ(data, std::string("\x01\x01\x05\xac\x02\x02\x01"
                              "a\x02xy\x01"
                              "b\x01\x00",
                              15));
  const Result<NodeState> back = DecodeZnode(data, "/n");
  ASSERT_TRUE(back.ok()) << back.status().ToString();
  EXPECT_EQ(back->kind, state.kind);
  EXPECT_EQ(back->owner, state.owner);
  EXPECT_EQ(back->version, state.version);
  EXPECT_EQ(back->attributes, state.attributes);
}

TEST(ZnodeLayoutTest, DamagedData_IsRefusedByName) {
  NodeState state;
  state.attributes = {{"a", "xy"}};
  const std::string data = EncodeZnode(state);
  for (size_t size = 0; size < data.size(); ++size) {
    const Status status = DecodeZnode(data.substr(0, size), "/n").status();
    EXPECT_EQ(status.ToString(), "corruption: ZooKeeper: the data of /n is not a lock service node") << size;
  }
  EXPECT_TRUE(DecodeZnode(data + "x", "/n").status().Is(StatusCode::kCorruption));
  EXPECT_TRUE(DecodeZnode("\x02", "/n").status().Is(StatusCode::kUnsupported));
}

TEST(ZnodeLayoutTest, SessionKeys_ReadBackAsCredentials) {
  ZooKeeperSessionKey key;
  key.id = 0x100001234560007;
  key.secret = std::string("0123456789abcd\x00\xff", 16);
  const std::string text = EncodeSessionKey(key);
  EXPECT_EQ(text, "zookeeper:0100001234560007:303132333435363738396162636400ff");
  const Result<ZooKeeperSessionKey> back = ParseSessionKey(text);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->id, key.id);
  EXPECT_EQ(back->secret, key.secret);
  for (const std::string& bad : {std::string(), text.substr(1), text + "0", std::string("session:7"),
                                 "zookeeper:0000000000000000" + text.substr(26)}) {
    EXPECT_TRUE(ParseSessionKey(bad).status().Is(StatusCode::kInvalidArgument)) << bad;
  }
}

}  // namespace
}  // namespace cellar::lockservice

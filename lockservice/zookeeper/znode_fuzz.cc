// What a stranger with the password, or a damaged disk, could leave in a znode: decoded or refused, never more.
#include <cstdint>
#include <string_view>

#include "common/base/check.h"
#include "lockservice/zookeeper/znode_layout.h"
#include "lockservice/zookeeper/zookeeper_session.h"

namespace cellar::lockservice {
namespace {

void Attack(std::string_view bytes) {
  const Result<NodeState> state = DecodeZnode(bytes, "/fuzzed");
  if (state.ok()) {
    const Result<NodeState> again = DecodeZnode(EncodeZnode(*state), "/fuzzed");
    CHECK(again.ok() && again->attributes == state->attributes && again->version == state->version);
  }
  const Result<ZooKeeperSessionKey> key = ParseSessionKey(bytes);
  if (key.ok()) CHECK(EncodeSessionKey(*key) == bytes);
  if (const std::optional<HoldName> hold = ZnodeLayout::ParseHold(bytes)) {
    CHECK(ZnodeLayout::Hold("", *hold) == "/" + std::string(bytes));
  }
}

}  // namespace
}  // namespace cellar::lockservice

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  cellar::lockservice::Attack(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}

#include "lockservice/embedded/lock_codec.h"

#include "common/bytes/coding.h"

namespace cellar::lockservice {
namespace {

using common::PutFixed8;
using common::PutLengthPrefixed;
using common::PutVarint64;
using common::Reader;

constexpr uint8_t kVersion = 1;

Status Malformed(std::string_view what) {
  return common::Corruption("lock service: a " + std::string(what) + " does not decode");
}

Status ReadVersion(Reader* reader, std::string_view what) {
  uint8_t version = 0;
  if (!reader->GetFixed8(&version)) return Malformed(what);
  if (version == kVersion) return common::OkStatus();
  return common::Unsupported("lock service: a " + std::string(what) + " of version " + std::to_string(version));
}

bool ReadAttributes(Reader* reader, Attributes* attributes) {
  uint64_t count = 0;
  if (!reader->GetVarint64(&count) || count > kMaxAttributes) return false;
  for (uint64_t i = 0; i < count; ++i) {
    std::string_view name;
    std::string_view value;
    if (!reader->GetLengthPrefixed(&name) || !reader->GetLengthPrefixed(&value)) return false;
    if (!attributes->emplace(name, value).second) return false;
  }
  return true;
}

}  // namespace

std::string EncodeSession(const SessionRecord& session) {
  std::string body;
  PutFixed8(&body, kVersion);
  PutFixed8(&body, session.local ? 1 : 0);
  PutVarint64(&body, static_cast<uint64_t>(session.lease));
  PutLengthPrefixed(&body, session.name);
  return body;
}

std::string EncodeNode(std::string_view path, const NodeState& state) {
  std::string body;
  PutFixed8(&body, kVersion);
  PutFixed8(&body, static_cast<uint8_t>(state.kind));
  PutVarint64(&body, state.owner.get());
  PutVarint64(&body, state.version);
  PutLengthPrefixed(&body, path);
  PutVarint64(&body, state.attributes.size());
  for (const auto& [name, value] : state.attributes) {
    PutLengthPrefixed(&body, name);
    PutLengthPrefixed(&body, value);
  }
  return body;
}

std::string EncodeHold(const HoldBody& hold) {
  std::string body;
  PutFixed8(&body, kVersion);
  PutFixed8(&body, static_cast<uint8_t>(hold.mode));
  PutVarint64(&body, hold.session.get());
  PutVarint64(&body, hold.node_id);
  return body;
}

std::string EncodeCounters(const CountersBody& counters) {
  std::string body;
  PutFixed8(&body, kVersion);
  PutVarint64(&body, counters.next_session);
  PutVarint64(&body, counters.next_node);
  PutVarint64(&body, counters.next_sequencer);
  return body;
}

Result<SessionRecord> DecodeSession(std::string_view body) {
  Reader reader(body);
  RETURN_IF_ERROR(ReadVersion(&reader, "session"));
  uint8_t local = 0;
  uint64_t lease = 0;
  std::string_view name;
  const bool read = reader.GetFixed8(&local) && reader.GetVarint64(&lease) && reader.GetLengthPrefixed(&name);
  if (!read || !reader.empty() || local > 1 || lease > INT64_MAX) return Malformed("session");
  return SessionRecord{std::string(name), static_cast<Nanos>(lease), local == 1};
}

Result<NodeBody> DecodeNode(std::string_view body) {
  Reader reader(body);
  RETURN_IF_ERROR(ReadVersion(&reader, "node"));
  NodeBody node;
  uint8_t kind = 0;
  uint64_t owner = 0;
  std::string_view path;
  const bool read = reader.GetFixed8(&kind) && reader.GetVarint64(&owner) && reader.GetVarint64(&node.state.version) &&
                    reader.GetLengthPrefixed(&path) && ReadAttributes(&reader, &node.state.attributes);
  if (!read || !reader.empty() || kind > 1 || path == "/" || !CheckNodePath(path).ok()) return Malformed("node");
  node.path = path;
  node.state.kind = static_cast<NodeKind>(kind);
  node.state.owner = SessionId(owner);
  return node;
}

Result<HoldBody> DecodeHold(std::string_view body) {
  Reader reader(body);
  RETURN_IF_ERROR(ReadVersion(&reader, "hold"));
  uint8_t mode = 0;
  uint64_t session = 0;
  HoldBody hold;
  const bool read = reader.GetFixed8(&mode) && reader.GetVarint64(&session) && reader.GetVarint64(&hold.node_id);
  if (!read || !reader.empty() || mode < 1 || mode > 2) return Malformed("hold");
  hold.mode = static_cast<LockMode>(mode);
  hold.session = SessionId(session);
  return hold;
}

Result<CountersBody> DecodeCounters(std::string_view body) {
  Reader reader(body);
  RETURN_IF_ERROR(ReadVersion(&reader, "counters record"));
  CountersBody counters;
  const bool read = reader.GetVarint64(&counters.next_session) && reader.GetVarint64(&counters.next_node) &&
                    reader.GetVarint64(&counters.next_sequencer);
  if (!read || !reader.empty()) return Malformed("counters record");
  return counters;
}

}  // namespace cellar::lockservice

#include "rpc/hello.h"

#include "common/bytes/coding.h"

namespace cellar::rpc {
namespace {

using common::Reader;

// Bytes behind the known fields are a later build's and are skipped: fields are only added at the end.

void PutIncarnation(std::string* out, const Incarnation& incarnation) {
  common::PutFixed32(out, incarnation.get().term);
  common::PutFixed64(out, incarnation.get().counter);
}

bool GetIncarnation(Reader* in, Incarnation* incarnation) {
  FencingNumber number;
  if (!in->GetFixed32(&number.term) || !in->GetFixed64(&number.counter)) return false;
  *incarnation = Incarnation(number);
  return true;
}

bool GetCluster(Reader* in, ClusterId* cluster) {
  std::string_view bytes;
  if (!in->GetBytes(ClusterId::kBytes, &bytes)) return false;
  *cluster = ClusterId::FromBytes(bytes);
  return true;
}

bool GetText(Reader* in, size_t limit, std::string* text) {
  std::string_view bytes;
  if (!in->GetLengthPrefixed(&bytes) || bytes.size() > limit) return false;
  *text = std::string(bytes);
  return true;
}

}  // namespace

std::string Hello::Encode() const {
  std::string out(cluster.view());
  common::PutFixed16(&out, min_protocol);
  common::PutFixed16(&out, max_protocol);
  common::PutFixed64(&out, features);
  PutIncarnation(&out, incarnation);
  common::PutLengthPrefixed(&out, mechanism);
  common::PutLengthPrefixed(&out, credentials);
  return out;
}

Result<Hello> Hello::Decode(std::string_view bytes) {
  Reader in(bytes);
  Hello hello;
  if (!GetCluster(&in, &hello.cluster) || !in.GetFixed16(&hello.min_protocol) || !in.GetFixed16(&hello.max_protocol) ||
      !in.GetFixed64(&hello.features) || !GetIncarnation(&in, &hello.incarnation) ||
      !GetText(&in, kMaxTextBytes, &hello.mechanism) || !GetText(&in, kMaxBlobBytes, &hello.credentials)) {
    return common::Corruption("hello: malformed at byte " + std::to_string(in.offset()));
  }
  if (hello.min_protocol > hello.max_protocol) return common::Corruption("hello: protocol range is empty");
  return hello;
}

std::string Welcome::Encode() const {
  std::string out(cluster.view());
  common::PutFixed16(&out, protocol);
  common::PutFixed64(&out, features);
  PutIncarnation(&out, incarnation);
  common::PutLengthPrefixed(&out, principal);
  return out;
}

Result<Welcome> Welcome::Decode(std::string_view bytes) {
  Reader in(bytes);
  Welcome welcome;
  if (!GetCluster(&in, &welcome.cluster) || !in.GetFixed16(&welcome.protocol) || !in.GetFixed64(&welcome.features) ||
      !GetIncarnation(&in, &welcome.incarnation) || !GetText(&in, Hello::kMaxTextBytes, &welcome.principal)) {
    return common::Corruption("welcome: malformed at byte " + std::to_string(in.offset()));
  }
  return welcome;
}

}  // namespace cellar::rpc

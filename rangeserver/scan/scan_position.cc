#include "rangeserver/scan/scan_position.h"

#include "common/bytes/coding.h"
#include "model/key_codec.h"

namespace cellar::rangeserver {

namespace {

constexpr uint8_t kVersion = 1;
constexpr uint8_t kRowIsComplete = 1;

bool IsRowPrefix(std::string_view bytes) {
  std::string row;
  return bytes.size() >= 2 && bytes.back() == '\0' && model::AppendUnescaped(bytes.substr(0, bytes.size() - 1), &row);
}

bool IsKey(std::string_view bytes) {
  model::EncodedKeyParts parts;
  return bytes.size() > model::kKeySuffixBytes && model::ParseKeyPrefix(model::KeyPrefixOf(bytes), &parts);
}

}  // namespace

std::string ScanPosition::Encode() const {
  std::string out;
  common::PutFixed8(&out, kVersion);
  common::PutFixed8(&out, row_is_complete ? kRowIsComplete : 0);
  common::PutVarint32(&out, interval);
  common::PutFixed64(&out, static_cast<uint64_t>(snapshot.get()));
  common::PutFixed64(&out, static_cast<uint64_t>(now));
  common::PutVarint64(&out, counts.rows);
  common::PutVarint64(&out, counts.cells);
  common::PutLengthPrefixed(&out, key);
  return out;
}

Result<ScanPosition> ScanPosition::Decode(std::string_view bytes) {
  common::Reader reader(bytes);
  ScanPosition position;
  uint8_t version = 0;
  uint8_t flags = 0;
  uint64_t snapshot = 0;
  uint64_t now = 0;
  std::string_view key;
  if (reader.GetFixed8(&version) && version > kVersion)
    return common::Unsupported("scan position of version " + std::to_string(version));
  if (version != kVersion || !reader.GetFixed8(&flags) || flags > kRowIsComplete ||
      !reader.GetVarint32(&position.interval) || !reader.GetFixed64(&snapshot) || !reader.GetFixed64(&now) ||
      !reader.GetVarint64(&position.counts.rows) || !reader.GetVarint64(&position.counts.cells) ||
      !reader.GetLengthPrefixed(&key) || !reader.empty())
    return common::InvalidArgument("malformed scan position");
  position.row_is_complete = flags == kRowIsComplete;
  if (!(position.row_is_complete ? key.empty() || IsRowPrefix(key) : IsKey(key)))
    return common::InvalidArgument("scan position has a malformed key");
  position.snapshot = model::Revision{static_cast<int64_t>(snapshot)};
  position.now = static_cast<Nanos>(now);
  position.key.assign(key);
  return position;
}

}  // namespace cellar::rangeserver

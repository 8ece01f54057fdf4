#include "common/base/cluster_id.h"

#include <cstring>

#include "common/base/check.h"

namespace cellar::common {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

}  // namespace

std::string ClusterId::ToString() const {
  std::string text;
  for (const uint8_t byte : bytes) {
    text.push_back(kHexDigits[byte >> 4]);
    text.push_back(kHexDigits[byte & 15]);
  }
  return text;
}

Result<ClusterId> ClusterId::Parse(std::string_view text) {
  if (text.size() != 2 * kBytes) return InvalidArgument("cluster id is not 32 hex digits");
  ClusterId id;
  for (size_t i = 0; i < text.size(); ++i) {
    const size_t digit = kHexDigits.find(text[i]);
    if (digit == std::string_view::npos) return InvalidArgument("cluster id is not 32 hex digits");
    id.bytes[i / 2] = static_cast<uint8_t>((id.bytes[i / 2] << 4) | digit);
  }
  return id;
}

ClusterId ClusterId::FromBytes(std::string_view raw) {
  CHECK(raw.size() == kBytes);
  ClusterId id;
  std::memcpy(id.bytes.data(), raw.data(), kBytes);
  return id;
}

}  // namespace cellar::common

#include "storage/commitlog/log_identity.h"

#include <algorithm>

#include "common/base/check.h"
#include "common/bytes/coding.h"
#include "common/bytes/crc32c.h"

namespace cellar::storage {
namespace {

constexpr size_t kNameDigits = 10;
constexpr std::string_view kIndexSuffix = ".index";

}  // namespace

std::string_view LogClassName(LogClass log_class) {
  switch (log_class) {
    case LogClass::kRoot:
      return "root";
    case LogClass::kMetadata:
      return "metadata";
    case LogClass::kUser:
      return "user";
  }
  return "unknown";
}

std::string FragmentName(uint64_t number) {
  std::string digits = std::to_string(number);
  CHECK(digits.size() <= kNameDigits);
  return std::string(kNameDigits - digits.size(), '0') + digits;
}

std::string FragmentIndexName(uint64_t number) {
  return FragmentName(number) + std::string(kIndexSuffix);
}

std::optional<uint64_t> ParseFragmentName(std::string_view name) {
  if (name.size() != kNameDigits) return std::nullopt;
  uint64_t number = 0;
  for (const char digit : name) {
    if (digit < '0' || digit > '9') return std::nullopt;
    number = number * 10 + static_cast<uint64_t>(digit - '0');
  }
  return number;
}

FragmentBinding::FragmentBinding(const LogIdentity& identity, uint64_t fragment_number) {
  std::string id(identity.cluster.view());
  common::PutFixed8(&id, static_cast<uint8_t>(identity.log_class));
  common::PutFixed32(&id, identity.incarnation.get().term);
  common::PutFixed64(&id, identity.incarnation.get().counter);
  common::PutFixed64(&id, fragment_number);
  seed_ = common::Crc32c(id);
}

uint32_t FragmentBinding::Start(uint64_t offset) const {
  char place[sizeof(offset)];
  common::StoreFixed64(place, offset);
  return common::ExtendCrc32c(seed_, std::string_view(place, sizeof(place)));
}

uint32_t FragmentBinding::Crc(uint64_t offset, std::string_view bytes) const {
  return common::ExtendCrc32c(Start(offset), bytes);
}

}  // namespace cellar::storage

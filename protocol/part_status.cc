#include "protocol/part_status.h"

namespace cellar::protocol {

PartStatus ToPartStatus(const Status& status) {
  PartStatus part;
  part.code = static_cast<int32_t>(status.code());
  if (status.ok()) return part;
  if (status.detail() != 0) part.__set_detail(status.detail());
  part.__set_message(std::string(status.message()));
  return part;
}

Status FromPartStatus(const PartStatus& part) {
  if (part.code == 0) return common::OkStatus();
  if (part.code < 0 || part.code > static_cast<int32_t>(StatusCode::kCancelled)) {
    return common::InvalidArgument("unknown status code " + std::to_string(part.code) + ": " + part.message);
  }
  return Status(static_cast<StatusCode>(part.code), part.message, part.detail);
}

}  // namespace cellar::protocol

#include "fsbroker/broker/open_file.h"

namespace cellar::fsbroker {

Status OpenWriter::Append(uint64_t offset, const std::string& data, bool sync) {
  const Turn::Hold hold(turn_);
  const bool is_repeated = !data.empty() && offset == last_offset_ && offset + data.size() == length_bytes_;
  if (!is_repeated) {
    if (offset != length_bytes_) {
      return common::InvalidArgument("append at " + std::to_string(offset) + " to a file of " +
                                     std::to_string(length_bytes_) + " bytes");
    }
    if (!data.empty()) {
      ASSIGN_OR_RETURN(const uint64_t at, file_->Append(data));
      if (at != offset) return common::IoError("the storage appended at " + std::to_string(at));
      last_offset_ = offset;
      length_bytes_ += data.size();
    }
  }
  return sync ? file_->Sync() : Status();
}

}  // namespace cellar::fsbroker

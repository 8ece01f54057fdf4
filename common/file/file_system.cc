#include "common/file/file_system.h"

namespace cellar::common {

Result<std::string> ReadWholeFile(const FileSystem& files, std::string_view path, uint64_t limit_bytes) {
  ASSIGN_OR_RETURN(const std::unique_ptr<ReadableFile> file, files.Open(path));
  ASSIGN_OR_RETURN(const uint64_t length, file->Length());
  if (length > limit_bytes) {
    return Corruption("'" + std::string(path) + "' has " + std::to_string(length) + " bytes, more than " +
                      std::to_string(limit_bytes));
  }
  std::string bytes(static_cast<size_t>(length), '\0');
  ASSIGN_OR_RETURN(const size_t read, file->Read(0, bytes.size(), bytes.data()));
  if (read != bytes.size()) {
    return IoError("'" + std::string(path) + "' ended at " + std::to_string(read) + " of " + std::to_string(length) +
                   " bytes");
  }
  return bytes;
}

}  // namespace cellar::common

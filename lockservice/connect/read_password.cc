#include "lockservice/connect/read_password.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace cellar::lockservice {
namespace {

constexpr size_t kMaxBytes = 1024;

}  // namespace

Result<std::string> ReadPassword(const std::string& path) {
  if (path.empty()) {
    return common::InvalidArgument(
        "a ZooKeeper is guarded by a password: put one into a file that only you may read, and name the file in "
        "lockservice.password_file");
  }
  std::FILE* file = std::fopen(path.c_str(), "re");
  if (file == nullptr) return common::IoError("lockservice.password_file " + path + ": " + std::strerror(errno));
  char line[kMaxBytes] = "";
  const bool read = std::fgets(line, sizeof(line), file) != nullptr;
  std::fclose(file);
  std::string password = read ? line : "";
  while (!password.empty() && (password.back() == '\n' || password.back() == '\r')) password.pop_back();
  if (password.empty())
    return common::InvalidArgument("lockservice.password_file " + path + ": its first line is empty");
  return password;
}

}  // namespace cellar::lockservice

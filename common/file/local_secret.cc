#include "common/file/local_secret.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "common/file/local_descriptor.h"

namespace cellar::common {
namespace {

Result<std::string> ReadFirstLine(const std::string& path) {
  // Not blocking: a pipe is refused below, not waited for.
  const LocalDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open()) return LocalError(errno, "open", path);
  ASSIGN_OR_RETURN(const struct stat attributes, StatLocal(file.get(), path));
  if (!S_ISREG(attributes.st_mode)) return InvalidArgument("'" + path + "' is no regular file");
  if ((attributes.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return InvalidArgument("others than its owner may use '" + path + "': chmod 600 " + path);
  }
  if (attributes.st_size > static_cast<off_t>(kMaxSecretBytes)) {
    return InvalidArgument("'" + path + "' has more than 4096 bytes");
  }
  ASSIGN_OR_RETURN(std::string text, ReadWholeLocal(file.get(), path, kMaxSecretBytes));
  text.resize(std::min(text.find('\n'), text.size()));
  if (text.ends_with('\r')) text.pop_back();
  if (text.empty()) return InvalidArgument("the first line of '" + path + "' is empty");
  return text;
}

}  // namespace

Result<std::string> ReadLocalSecret(const std::string& path, const std::string& setting) {
  Result<std::string> secret = ReadFirstLine(path);
  if (!secret.ok()) return std::move(secret).status().WithContext(setting);
  return secret;
}

}  // namespace cellar::common

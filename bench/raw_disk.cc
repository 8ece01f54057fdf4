#include "bench/raw_disk.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "bench/report.h"
#include "common/time/system_clock.h"

namespace cellar::bench {

Result<double> SecondsToSync(const std::string& directory, uint64_t bytes, int count) {
  const std::string path = directory + "/raw";
  const int file = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) return common::IoError(path + ": " + std::strerror(errno));
  const std::string data(bytes, 'x');
  const common::SystemClock clock;
  std::vector<double> seconds;
  Status status;
  for (int i = 0; i < count && status.ok(); ++i) {
    const Nanos start = clock.MonotonicNow();
    if (::write(file, data.data(), data.size()) != static_cast<ssize_t>(data.size()) || ::fdatasync(file) != 0)
      status = common::IoError(path + ": " + std::strerror(errno));
    seconds.push_back(static_cast<double>(clock.MonotonicNow() - start) / kSecond);
  }
  ::close(file);
  ::unlink(path.c_str());
  if (!status.ok()) return status;
  return Median(std::move(seconds));
}

}  // namespace cellar::bench

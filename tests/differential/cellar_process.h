#pragma once

#include <memory>
#include <string>

#include "common/base/result.h"
#include "tests/support/child_process.h"

namespace cellar::tests {

/// `cellar start` as a process of its own, at known ports.
class CellarProcess {
 public:
  /// `folder` exists.
  static Result<std::unique_ptr<CellarProcess>> Start(std::string executable, std::string folder, uint16_t port_offset);

  /// kill -9 and a stop in order by turns, then the next life.
  Status Restart();

  std::string url() const;
  uint16_t gateway_port() const;

 private:
  CellarProcess(std::string executable, std::string folder, uint16_t port_offset)
      : executable_(std::move(executable)), folder_(std::move(folder)), port_offset_(port_offset) {}
  Status Begin();

  const std::string executable_;
  const std::string folder_;
  const uint16_t port_offset_;
  bool kills_next_ = true;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace cellar::tests

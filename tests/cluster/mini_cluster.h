#pragma once

#include <string>

#include "client/cpp/include/client.h"
#include "common/base/status.h"

namespace cellar::tests {

/// A real cluster under a test, on loopback and in a folder of its own, with the one interface that a workload needs.
/// Two bodies: InProcessCluster (all roles in the test's process) and ProcessCluster (a process each, a real
/// ZooKeeper).
class MiniCluster {
 public:
  virtual ~MiniCluster() = default;

  /// For clients: the setting lockservice.url.
  virtual std::string url() const = 0;
  /// And lockservice.password_file.
  virtual std::string password_file() const = 0;

  /// For a client of it.
  client::ClientOptions client_options() const {
    client::ClientOptions options;
    options.lock_service_url = url();
    options.lock_service_password_file = password_file();
    return options;
  }

  /// Ends every role in order and starts it again on what it stored.
  virtual Status Restart() = 0;

  /// `cellar check`: kCorruption or kUnavailable with what it printed, unless all is well.
  virtual Status Check() = 0;
};

}  // namespace cellar::tests

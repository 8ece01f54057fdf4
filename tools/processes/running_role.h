#pragma once

#include <vector>

#include "server/endpoints.h"

namespace cellar::tools {

/// A role, or several, that runs in this process. Used by the thread that made the daemon, which is not the loop.
class RunningRole {
 public:
  virtual ~RunningRole() = default;

  /// Waits until it is of use to others. False: the daemon was told to stop before.
  virtual bool AwaitReady() = 0;

  /// Where it listens; known when it is ready.
  virtual std::vector<server::Endpoint> endpoints() const = 0;

  /// Answers what is under way, makes everything durable, closes. A second call does nothing.
  virtual void Stop() = 0;
};

}  // namespace cellar::tools

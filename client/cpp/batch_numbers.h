#pragma once

#include <cstdint>
#include <limits>

#include "common/random/random.h"
#include "model/ids.h"

namespace cellar::client {

/// A session that nobody has: drawn by chance from 2^63.
inline model::SessionId NewSessionId(Random& random) {
  constexpr uint64_t kPositive = std::numeric_limits<int64_t>::max();
  return model::SessionId(static_cast<int64_t>(random.Uniform(kPositive)) + 1);
}

/// Numbers a client's batches, so that each applies once however often it is sent. Loop only.
class BatchNumbers {
 public:
  explicit BatchNumbers(model::SessionId session) : session_(session) {}

  model::SessionId session() const { return session_; }
  model::SequenceNumber Next() { return model::SequenceNumber(++last_); }

 private:
  model::SessionId session_;
  int64_t last_ = 0;
};

}  // namespace cellar::client

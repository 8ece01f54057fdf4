#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "client/cpp/batch_numbers.h"
#include "common/random/random.h"

namespace cellar::client {

/// Numbers a client's row mutations, each of which applies once however often it is sent: a session for each that is
/// under way at the same time, a *lane*, used again by the next one. So whoever sends under a lane's number waits for
/// no earlier one of that session, and a range server remembers one mutation a lane instead of all of them
/// (rangeserver/range/write_window.h). Loop only; lanes may outlive it.
class MutationLanes {
 public:
  explicit MutationLanes(Random& random) : random_(random), free_(std::make_shared<std::vector<BatchNumbers>>()) {}

  /// For one mutation; goes back by the destructor, also when the mutation was given up.
  class Lane {
   public:
    Lane(std::shared_ptr<std::vector<BatchNumbers>> home, BatchNumbers numbers)
        : home_(std::move(home)), numbers_(numbers) {}
    ~Lane() {
      if (home_ != nullptr) home_->push_back(numbers_);
    }
    Lane(Lane&& other) noexcept : home_(std::exchange(other.home_, nullptr)), numbers_(other.numbers_) {}
    Lane& operator=(Lane&&) = delete;

    model::SessionId session() const { return numbers_.session(); }
    model::SequenceNumber Next() { return numbers_.Next(); }

   private:
    std::shared_ptr<std::vector<BatchNumbers>> home_;
    BatchNumbers numbers_;
  };

  /// The lane that was given back last, so that there are no more than mutations at once.
  Lane Take() {
    if (free_->empty()) return Lane(free_, BatchNumbers(NewSessionId(random_)));
    BatchNumbers numbers = free_->back();
    free_->pop_back();
    return Lane(free_, numbers);
  }

 private:
  Random& random_;
  std::shared_ptr<std::vector<BatchNumbers>> free_;
};

}  // namespace cellar::client

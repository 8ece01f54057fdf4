#include "master/cluster/lease_ends.h"

#include <memory>
#include <utility>

#include "common/concurrency/sleep.h"

namespace cellar::master {
namespace {

constexpr Nanos kLookAgain = kSecond;
constexpr Nanos kSlowestClock = 100;  ///< Loses one part in so many, as lock services assume of leases too.

}  // namespace

bool IsHeldBy(const lockservice::NodeState& node, Incarnation incarnation) {
  if (node.holds.empty()) return false;
  const auto holder = node.attributes.find("incarnation");
  return holder != node.attributes.end() && holder->second == incarnation.get().ToString();
}

bool MayBeHeldBy(const lockservice::NodeState& node, Incarnation incarnation) {
  if (node.holds.empty()) return false;
  const auto named = node.attributes.find("incarnation");
  if (named == node.attributes.end()) return true;
  const auto number = model::DecodeFencingNumber(named->second);
  return !number.ok() || Incarnation(*number) <= incarnation;
}

LeaseEnds::LeaseEnds(LockSession& session, Executor& executor, ClusterId cluster, ClusterNode node, Nanos lease)
    : session_(session), executor_(executor), cluster_(cluster), lease_(lease), node_(std::move(node)) {}

Nanos LeaseEnds::LongestRest(Nanos length) {
  const Nanos rest = 2 * (length / 3);
  return rest + rest / kSlowestClock + 1;
}

void LeaseEnds::ForgottenBefore(Incarnation since) {
  since_ = since;
  doubted_until_ = Deadline::After(executor_.clock(), LongestRest(lease_));
}

Task<Status> LeaseEnds::Mark(FencingNumber mark) {
  common::AsyncMutex::Permit turn = co_await looking_.Acquire();
  CO_TRY(node_, co_await LeaveMark(session_, cluster_, node_, mark));
  co_return common::OkStatus();
}

Task<Status> LeaseEnds::CheckRemembers() {
  common::AsyncMutex::Permit turn = co_await looking_.Acquire();
  CO_TRY(const std::optional<ClusterNode> found, co_await ReadClusterNode(session_, cluster_));
  if (found == node_) co_return common::OkStatus();
  co_return common::Fenced("the lock service was emptied or set back to an older state");
}

Task<Status> LeaseEnds::AwaitRelease(model::LogRef life, Deadline deadline) {
  const std::string path = "/servers/" + life.location.get();
  const std::unique_ptr<lockservice::NodeWatch> watch = session_.Watch(path);
  while (true) {
    watch->changed().Reset();
    const auto node = co_await session_.Read(path);
    const bool is_there = !node.status().Is(StatusCode::kNotFound);
    if (is_there && !node.ok()) co_return node.status();
    if (!is_there || !MayBeHeldBy(*node, life.incarnation)) co_return co_await CheckRemembers();
    if (deadline.Expired(executor_.clock())) {
      co_return common::Busy(life.location.get() + " is held by the session of its earlier life");
    }
    const Deadline next = Deadline::After(executor_.clock(), kLookAgain);
    co_await watch->changed().WaitUntil(Earliest(next, deadline));
  }
}

Task<Status> LeaseEnds::Await(model::LogRef life) {
  const std::string directory = model::IncarnationDirectory(life.location, life.incarnation);
  if (over_.contains(directory)) co_return common::OkStatus();
  CO_RETURN_IF_ERROR(co_await AwaitRelease(life, Deadline()));
  if (life.incarnation < since_) co_await common::SleepUntil(executor_, doubted_until_);
  over_.insert(directory);
  co_return common::OkStatus();
}

}  // namespace cellar::master

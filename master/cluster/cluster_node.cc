#include "master/cluster/cluster_node.h"

#include <fmt/format.h>

#include <utility>

#include "model/metadata_row.h"

namespace cellar::master {
namespace {

constexpr const char* kPath = "/cluster";
constexpr int kMaxTries = 10;

Status OfAnotherCluster(const std::string& theirs, const ClusterId& ours) {
  return common::InvalidArgument(
      fmt::format("two clusters on one lock service path: {} is cluster {}'s, and this is cluster {}", kPath, theirs,
                  ours.ToString()));
}

}  // namespace

Task<Result<std::optional<ClusterNode>>> ReadClusterNode(LockSession& session, ClusterId cluster) {
  std::optional<ClusterNode> found;
  auto node = co_await session.Read(kPath);
  if (node.status().Is(StatusCode::kNotFound)) co_return found;
  if (!node.ok()) co_return std::move(node).status();
  const std::string id = node->attributes["id"];
  if (!id.empty() && id != cluster.ToString()) co_return OfAnotherCluster(id, cluster);
  found.emplace();
  found->nonce = node->attributes["nonce"];
  found->version = node->version;
  const std::string mark = node->attributes["mark"];
  if (!mark.empty()) {
    CO_TRY(found->mark, model::DecodeFencingNumber(mark));
  }
  co_return found;
}

Task<Result<ClusterNode>> EnsureClusterNode(LockSession& session, ClusterId cluster, Random& random) {
  for (int attempt = 0; attempt < kMaxTries; ++attempt) {
    CO_TRY(const std::optional<ClusterNode> found, co_await ReadClusterNode(session, cluster));
    if (found && !found->nonce.empty()) co_return *found;
    lockservice::Attributes attributes;
    attributes["id"] = cluster.ToString();
    attributes["nonce"] = fmt::format("{:016x}{:016x}", random.Next(), random.Next());
    Status made;
    if (found) {  // of a version that knew no nonce
      auto written = co_await session.Write(kPath, std::move(attributes), found->version);
      made = written.status();
    } else {
      made = co_await session.Create(kPath, lockservice::NodeKind::kPersistent, std::move(attributes));
    }
    const bool look_again = made.ok() || made.Is(StatusCode::kAlreadyExists) || made.Is(StatusCode::kConflict) ||
                            made.Is(StatusCode::kTimedOut);
    if (!look_again) co_return made;
  }
  co_return common::Unavailable(std::string(kPath) + " of the lock service changes all the time");
}

Task<Result<ClusterNode>> LeaveMark(LockSession& session, ClusterId cluster, ClusterNode seen, FencingNumber mark) {
  for (int attempt = 0; attempt < kMaxTries; ++attempt) {
    lockservice::Attributes attributes;
    attributes["mark"] = mark.ToString();
    const auto written = co_await session.Write(kPath, std::move(attributes), seen.version);
    if (!written.ok() && !written.status().Is(StatusCode::kConflict) && !written.status().Is(StatusCode::kTimedOut)) {
      co_return written.status();
    }
    CO_TRY(std::optional<ClusterNode> found, co_await ReadClusterNode(session, cluster));
    const bool is_there = found && found->nonce == seen.nonce && found->mark == mark;
    if (is_there) co_return std::move(*found);
    if (found != seen) co_return common::Fenced("the lock service was emptied or set back to an older state");
  }
  co_return common::Unavailable(std::string(kPath) + " of the lock service cannot be written");
}

}  // namespace cellar::master

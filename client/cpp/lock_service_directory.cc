#include "client/cpp/lock_service_directory.h"

#include <utility>

#include "common/concurrency/with_deadline.h"

namespace cellar::client {

Task<Result<std::string>> LockServiceDirectory::MasterAddress(Deadline deadline) {
  co_return co_await ReadAttribute("/master", "address", deadline);
}

Task<Result<model::Location>> LockServiceDirectory::RootLocation(Deadline deadline) {
  CO_TRY(std::string location, co_await ReadAttribute("/root", "location", deadline));
  co_return model::Location(std::move(location));
}

Task<Result<std::string>> LockServiceDirectory::AddressOf(model::Location location, Deadline deadline) {
  co_return co_await ReadAttribute("/servers/" + location.get(), "address", deadline);
}

Task<Result<std::string>> LockServiceDirectory::ReadAttribute(std::string node, std::string attribute,
                                                              Deadline deadline) {
  const std::string key = node + " " + attribute;
  common::AsyncMutex::Permit turn = co_await reading_.Acquire();
  if (const auto found = known_.find(key); found != known_.end()) co_return found->second;
  auto value = co_await common::WithDeadline(deadline, ReadOnce(std::move(node), std::move(attribute)));
  if (value.ok()) known_[key] = *value;
  co_return std::move(value);
}

Task<Result<std::string>> LockServiceDirectory::ReadOnce(std::string node, std::string attribute) {
  auto state = co_await service_.Read(node);
  if (!state.ok()) {
    if (!state.status().Is(StatusCode::kNotFound)) co_return std::move(state).status();
    co_return common::Unavailable("the lock service has no node " + node + " yet");
  }
  const auto found = state->attributes.find(attribute);
  if (found == state->attributes.end() || found->second.empty()) {
    co_return common::Unavailable("node " + node + " of the lock service has no " + attribute + " yet");
  }
  co_return found->second;
}

}  // namespace cellar::client

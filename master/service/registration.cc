#include "master/service/registration.h"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <vector>

#include "protocol/values.h"

namespace cellar::master {
namespace {

constexpr Nanos kWatchPause = kSecond;
constexpr Nanos kEarlierLifeTime = 5 * kSecond;  ///< Of one call; who registers asks again.
/// Twice as long as a range server tries to start (RangeServerOptions::start_timeout).
constexpr Nanos kTimeToGetReady = 120 * kSecond;

std::string NodeOf(const model::Location& location) {
  return "/servers/" + location.get();
}

}  // namespace

Registration::Registration(MasterCore& core) : core_(core), tasks_(core.executor()) {}

Status Registration::CheckClock(const protocol::RegisterServerRequest& request) const {
  const Nanos skew = request.wall_clock - core_.executor().clock().WallNow();
  const Nanos bound = core_.options().max_clock_skew;
  // The request may have been on its way for a while, which makes a clock seem late, never early.
  if (skew <= bound && skew >= -bound - MasterCore::kCallTime) return common::OkStatus();
  return common::InvalidArgument(fmt::format("the clock of the range server at {} is off by {} ms, the bound is {} ms",
                                             request.address, skew / kMillisecond, bound / kMillisecond));
}

std::optional<uint32_t> Registration::LocationOf(const std::string& address) const {
  for (const auto& [number, server] : core_.log().servers()) {
    if (server.address == address) return number;
  }
  return std::nullopt;
}

Result<uint32_t> Registration::ChooseLocation(const protocol::RegisterServerRequest& request) {
  if (!request.__isset.location || request.location.empty()) {
    const std::optional<uint32_t> before = LocationOf(request.address);
    return before ? *before : core_.log().TakeLocation();
  }
  ASSIGN_OR_RETURN(const uint32_t number, ParseLocationNumber(request.location));
  core_.log().KeepLocation(number);
  return number;
}

/// While a life holds the location's lock it may live and serve, whoever else wants to be that server.
Task<Status> Registration::AwaitEarlierLife(protocol::RegisterServerRequest request) {
  std::optional<uint32_t> number = LocationOf(request.address);
  if (request.__isset.location && !request.location.empty()) {
    CO_TRY(number, ParseLocationNumber(request.location));
  }
  if (!number) co_return common::OkStatus();
  const auto recorded = core_.log().servers().find(*number);
  if (recorded == core_.log().servers().end()) co_return common::OkStatus();
  model::LogRef life{recorded->second.location(), recorded->second.incarnation};
  const Deadline patience = Deadline::After(core_.executor().clock(), kEarlierLifeTime);
  co_return co_await core_.AwaitRelease(std::move(life), patience);
}

Task<Result<protocol::RegisterServerResponse>> Registration::Register(protocol::RegisterServerRequest request) {
  const Nanos received_at = core_.executor().clock().WallNow();
  CO_RETURN_IF_ERROR(core_.CheckActive());
  CO_RETURN_IF_ERROR(CheckClock(request));
  CO_RETURN_IF_ERROR(co_await AwaitEarlierLife(request));
  common::AsyncMutex::Permit turn = co_await registering_.Acquire();
  ServerEntity entity;
  CO_TRY(entity.number, ChooseLocation(request));
  entity.address = request.address;
  entity.incarnation = core_.NextIncarnation();
  const auto before = core_.log().servers().find(entity.number);
  const bool is_again = before != core_.log().servers().end();
  if (is_again && core_.faults().Planted(Defect::kIncarnationReused)) entity.incarnation = before->second.incarnation;
  entity.file_id_block = core_.log().TakeFileIdBlock();
  // The life before ends here. First of all: from the record on nobody knows its file id block any more.
  Server server;
  server.location = entity.location();
  server.address = request.address;
  server.incarnation = entity.incarnation;
  core_.servers().Add(std::move(server));
  tasks_.Spawn(GiveUpUnlessReady(entity.location(), entity.incarnation), "start of a range server");
  co_await core_.SaveSurely(entity);
  CO_FAULT_POINT(core_.executor(), core_.faults(), "master.register.recorded");
  CO_RETURN_IF_ERROR(co_await EnsureNode(NodeOf(entity.location())));
  core_.logger().Info("range server registered", {{"location", entity.location().get()},
                                                  {"address", entity.address},
                                                  {"incarnation", entity.incarnation.get().ToString()}});
  protocol::RegisterServerResponse response;
  response.location = entity.location().get();
  response.incarnation = protocol::ToMessage(entity.incarnation.get());
  response.file_id_block = entity.file_id_block;
  response.cluster_id = core_.cluster().ToString();
  response.__set_received_at(received_at);
  response.__set_answered_at(core_.executor().clock().WallNow());
  co_return std::move(response);
}

Task<Status> Registration::Ready(protocol::ServerReadyRequest request) {
  CO_RETURN_IF_ERROR(core_.CheckActive());
  const model::Location location(request.location);
  const Incarnation incarnation(protocol::FromMessage(request.incarnation));
  const Server* known = core_.servers().Find(location);
  const bool of_earlier_term = incarnation.get().term < core_.log().term();
  if (known == nullptr && of_earlier_term) CO_RETURN_IF_ERROR(co_await Adopt(location));
  if (!core_.servers().IsAlive(location, incarnation)) {
    co_return common::Fenced("incarnation " + incarnation.get().ToString() + " of " + request.location +
                             " has been given up: register again");
  }
  if (!core_.servers().IsReady(location, incarnation)) CO_RETURN_IF_ERROR(co_await core_.MarkLockService());
  SetReady(location, incarnation);
  co_return common::OkStatus();
}

void Registration::SetReady(const model::Location& location, Incarnation incarnation) {
  const Server* server = core_.servers().Find(location);
  if (server->incarnation != incarnation || server->state != ServerState::kRegistered) return;
  tasks_.Spawn(Watch(location, server->incarnation), "watch of a range server");
  core_.servers().SetReady(location);
}

/// A life that ends between its registration and ServerReady is missed by nobody else, and its directory would stay.
Task<void> Registration::GiveUpUnlessReady(model::Location location, Incarnation incarnation) {
  const Servers& servers = core_.servers();
  while (true) {
    co_await core_.Pause(kTimeToGetReady);
    const auto node = co_await core_.session().Read(NodeOf(location));
    if (!servers.IsAlive(location, incarnation) || servers.IsReady(location, incarnation)) co_return;
    const bool is_gone = node.ok() ? !IsHeldBy(*node, incarnation) : node.status().Is(StatusCode::kNotFound);
    if (is_gone) break;
  }
  core_.logger().Warning("range server registered and never got ready", {{"location", location.get()}});
  core_.servers().SetDead(location);
}

Task<Status> Registration::EnsureNode(std::string path) {
  const Status created =
      co_await core_.session().Create(std::move(path), lockservice::NodeKind::kPersistent, lockservice::Attributes());
  co_return created.Is(StatusCode::kAlreadyExists) ? common::OkStatus() : created;
}

Task<Status> Registration::AdoptLiving() {
  CO_RETURN_IF_ERROR(co_await EnsureNode("/servers"));
  CO_TRY(const std::vector<std::string> locations, co_await core_.session().List("/servers"));
  for (const std::string& location : locations) {
    if (!ParseLocationNumber(location).ok()) continue;
    const model::Location living(location);
    CO_RETURN_IF_ERROR(co_await Adopt(living));
    if (const Server* server = core_.servers().Find(living)) SetReady(living, server->incarnation);
  }
  co_return common::OkStatus();
}

/// Takes the server that holds the location's lock for registered, under the incarnation that its node names. OK also
/// when nobody does.
Task<Status> Registration::Adopt(model::Location location) {
  auto node = co_await core_.session().Read(NodeOf(location));
  if (node.status().Is(StatusCode::kNotFound)) co_return common::OkStatus();
  if (!node.ok()) co_return std::move(node).status();
  const std::string address = node->attributes["address"];
  auto number = model::DecodeFencingNumber(node->attributes["incarnation"]);
  CO_TRY(const uint32_t location_number, ParseLocationNumber(location.get()));
  if (node->holds.empty() || address.empty() || !number.ok()) co_return common::OkStatus();
  const auto recorded = core_.log().servers().find(location_number);
  const bool latest = recorded != core_.log().servers().end() && recorded->second.incarnation.get() == *number;
  if (!latest || core_.servers().Find(location) != nullptr) co_return common::OkStatus();
  Server server;
  server.location = location;
  server.address = address;
  server.incarnation = Incarnation(*number);
  core_.servers().Add(std::move(server));
  core_.logger().Info("range server goes on under a new master", {{"location", location.get()}, {"address", address}});
  co_return common::OkStatus();
}

/// It held its lock when it said ready. A lock that is not held at the first look fell before that, or the lock service
/// that answers is behind: then a later look decides.
Task<void> Registration::Watch(model::Location location, Incarnation incarnation) {
  const std::unique_ptr<lockservice::NodeWatch> watch = core_.session().Watch(NodeOf(location));
  const Deadline patience = Deadline::After(core_.executor().clock(), core_.options().unlocked_patience);
  bool was_held = false;
  while (core_.servers().IsAlive(location, incarnation)) {
    watch->changed().Reset();
    const auto node = co_await core_.session().Read(NodeOf(location));
    const bool is_gone = node.status().Is(StatusCode::kNotFound);
    if (!node.ok() && !is_gone) {
      co_await core_.Pause(kWatchPause);
      continue;
    }
    const bool held = !is_gone && IsHeldBy(*node, incarnation);
    if (was_held && !held && core_.servers().IsAlive(location, incarnation)) {
      core_.logger().Warning("range server is gone", {{"location", location.get()}});
      core_.servers().SetDead(location);
      co_return;
    }
    was_held = held;
    const bool in_time = co_await watch->changed().WaitUntil(held ? Deadline::Infinite() : patience);
    if (!in_time) was_held = true;
  }
}

}  // namespace cellar::master

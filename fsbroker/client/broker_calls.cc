#include "fsbroker/client/broker_calls.h"

#include <utility>

#include "fsbroker/gen/Broker.h"
#include "fsbroker/wire/protocol.h"

namespace cellar::fsbroker {
namespace {

using Kind = BrokerAnswer::Kind;

constexpr int kMaxAttempts = 8;
constexpr Nanos kPauseBetweenAttempts = 20 * kMillisecond;
constexpr Nanos kKeeperInterval = 2 * kSecond;
constexpr Nanos kBriefTimeout = 500 * kMillisecond;
constexpr size_t kMaxGivenUp = 1'024;

std::string Draw(Random& random, size_t size) {
  std::string drawn;
  while (drawn.size() < size) drawn.push_back(static_cast<char>(random.Next()));
  return drawn;
}

std::string DrawSession(uint64_t seed) {
  SeededRandom random(seed);
  return Draw(random, kSessionBytes);
}

}  // namespace

BrokerCalls::BrokerCalls(const BrokerOptions& options, const Clock& clock, uint64_t seed, Logger logger)
    : pool_(options, DrawSession(seed), clock), clock_(clock), logger_(std::move(logger)), random_(~seed) {}

BrokerCalls::~BrokerCalls() {
  Stop();
}

Result<BrokerHello> BrokerCalls::Connect() {
  const Deadline deadline = Deadline::After(clock_, pool_.options().connect_timeout);
  ASSIGN_OR_RETURN(auto connection, pool_.Take(deadline, deadline));
  BrokerHello hello = connection->hello();
  pool_.Give(std::move(connection));
  keeper_ = std::make_unique<common::Thread>("fsbroker.keeper", [this] { Keep(); });
  return hello;
}

Status BrokerCalls::Located(const Spec& spec, StatusCode code, std::string_view why) const {
  std::string message(spec.what);
  if (!spec.path.empty()) message.append(" '").append(spec.path).append("'");
  message.append(" by broker ").append(pool_.options().address.ToString()).append(": ").append(why);
  return Status(code, std::move(message));
}

CallOutcome BrokerCalls::CallWithin(const Spec& spec, const Body& body) {
  const BrokerOptions& options = pool_.options();
  const Deadline deadline = Deadline::After(clock_, spec.is_brief ? kBriefTimeout : options.call_timeout);
  const Deadline patience = Deadline::After(clock_, spec.is_brief ? kBriefTimeout : options.reconnect_wait);
  CallOutcome outcome;
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    if (attempt > 1) common::Parker().ParkFor(kPauseBetweenAttempts);
    if (Attempt(spec, patience, deadline, body, &outcome)) return outcome;
    if (deadline.Expired(clock_)) break;
  }
  outcome.status = Located(spec, StatusCode::kTimedOut, "outcome unknown: " + std::string(outcome.status.message()));
  return outcome;
}

bool BrokerCalls::Attempt(const Spec& spec, Deadline patience, Deadline deadline, const Body& body,
                          CallOutcome* outcome) {
  auto taken = pool_.Take(patience, deadline);
  if (!taken.ok()) {
    const StatusCode code = outcome->was_repeated ? StatusCode::kTimedOut : taken.status().code();
    outcome->status = Located(spec, code, taken.status().message());
    return true;
  }
  std::unique_ptr<BrokerConnection> connection = std::move(taken).value();
  const BrokerHello& hello = connection->hello();
  const Nanos now = clock_.MonotonicNow();
  outcome->may_be_forgotten =
      outcome->was_repeated && (hello.life != outcome->life || now - outcome->first_asked >= hello.lease);
  if (!outcome->was_repeated) outcome->first_asked = now;
  outcome->life = hello.life;
  outcome->max_transfer_bytes = hello.max_transfer_bytes;
  if (spec.handle != nullptr && spec.handle->life != hello.life) {
    pool_.Give(std::move(connection));
    outcome->handle_is_lost = true;
    outcome->status = Located(spec, StatusCode::kIoError, "the broker has been started anew since the file was opened");
    return true;
  }
  BrokerAnswer answer = connection->Ask(deadline, body);
  const bool is_answered = answer.kind == Kind::kAnswered || answer.kind == Kind::kUnknownFile;
  pool_.Give(is_answered ? std::move(connection) : nullptr);
  outcome->status = std::move(answer.status);
  if (answer.kind == Kind::kNoAnswer) {
    pool_.CloseIdle();
    outcome->was_repeated = true;
    return false;
  }
  if (answer.kind == Kind::kUnknownFile) {
    outcome->handle_is_lost = true;
    outcome->status = Located(spec, StatusCode::kIoError, "the broker has let the file go");
  } else if (answer.kind == Kind::kNonsense) {
    outcome->status = Located(spec, StatusCode::kIoError,
                              "its answer breaks the protocol: " + std::string(outcome->status.message()));
  } else if (!outcome->status.ok()) {
    outcome->status = Located(spec, outcome->status.code(), outcome->status.message());
  }
  return true;
}

std::string BrokerCalls::DrawToken() {
  const MutexLock lock(mutex_);
  return Draw(random_, kTokenBytes);
}

void BrokerCalls::CloseSoon(BrokerHandle handle) {
  const MutexLock lock(mutex_);
  // A broker that is away for long knows none of them when it is back, or their lease is over.
  if (given_up_.size() < kMaxGivenUp) given_up_.push_back(std::move(handle));
  keeper_wakes_.Unpark();
}

void BrokerCalls::CloseGivenUp() {
  std::vector<BrokerHandle> given_up;
  {
    const MutexLock lock(mutex_);
    given_up.swap(given_up_);
  }
  CallOutcome outcome;
  do {  // Also without any: the answer says that the broker lives.
    Spec spec(given_up.empty() ? "ping" : "close files", "");
    spec.is_brief = true;
    std::vector<int64_t> files;
    const BrokerHandle of_life = given_up.empty() ? BrokerHandle() : given_up.back();
    while (!given_up.empty() && given_up.back().life == of_life.life) {
      files.push_back(given_up.back().file);
      given_up.pop_back();
    }
    if (!files.empty()) spec.handle = &of_life;
    outcome = CallWithin(spec, [&files](gen::BrokerClient& stub) {
      stub.close(files);
      return Status();
    });
  } while (!given_up.empty());
  Notice(outcome.handle_is_lost ? Status() : outcome.status);
}

void BrokerCalls::Notice(const Status& status) {
  if (status.ok() == !is_away_) return;
  is_away_ = !status.ok();
  const std::string address = pool_.options().address.ToString();
  if (is_away_) {
    logger_.Warning("broker is away", {{"address", address}, {"why", status.message()}});
  } else {
    logger_.Info("broker is back", {{"address", address}});
  }
}

void BrokerCalls::Keep() {
  while (true) {
    keeper_wakes_.ParkFor(kKeeperInterval);
    {
      const MutexLock lock(mutex_);
      if (stopping_) return;
    }
    CloseGivenUp();
  }
}

void BrokerCalls::Stop() {
  if (keeper_ == nullptr) return;
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  keeper_wakes_.Unpark();
  keeper_->Join();
  keeper_.reset();
  CloseGivenUp();
}

}  // namespace cellar::fsbroker

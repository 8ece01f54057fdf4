#include "fsbroker/wire/broker_error.h"

#include <string>
#include <utility>

#include "common/base/check.h"

namespace cellar::fsbroker {
namespace {

constexpr size_t kMaxErrorMessageBytes = 8 << 10;

struct Pair {
  gen::ErrorCode::type on_wire;
  StatusCode code;
};

constexpr Pair kPairs[] = {
    {gen::ErrorCode::INVALID_ARGUMENT, StatusCode::kInvalidArgument},
    {gen::ErrorCode::NOT_FOUND, StatusCode::kNotFound},
    {gen::ErrorCode::ALREADY_EXISTS, StatusCode::kAlreadyExists},
    {gen::ErrorCode::BUSY, StatusCode::kBusy},
    {gen::ErrorCode::NO_SPACE, StatusCode::kNoSpace},
    {gen::ErrorCode::IO_ERROR, StatusCode::kIoError},
    {gen::ErrorCode::CORRUPTION, StatusCode::kCorruption},
    {gen::ErrorCode::FENCED, StatusCode::kFenced},
    {gen::ErrorCode::UNSUPPORTED, StatusCode::kUnsupported},
    {gen::ErrorCode::TIMED_OUT, StatusCode::kTimedOut},
    {gen::ErrorCode::UNAVAILABLE, StatusCode::kUnavailable},
};

}  // namespace

gen::ErrorCode::type ErrorCodeOf(StatusCode code) {
  for (const Pair& pair : kPairs) {
    if (pair.code == code) return pair.on_wire;
  }
  return gen::ErrorCode::IO_ERROR;
}

StatusCode StatusCodeOf(gen::ErrorCode::type code) {
  for (const Pair& pair : kPairs) {
    if (pair.on_wire == code) return pair.code;
  }
  return StatusCode::kIoError;
}

void ThrowAsBrokerError(const Status& status) {
  CHECK(!status.ok());
  ThrowAsBrokerError(ErrorCodeOf(status.code()), std::string(status.message()));
}

void ThrowAsBrokerError(gen::ErrorCode::type code, std::string message) {
  if (message.size() > kMaxErrorMessageBytes) message.resize(kMaxErrorMessageBytes);
  gen::BrokerError error;
  error.code = code;
  error.message = std::move(message);
  throw error;
}

}  // namespace cellar::fsbroker

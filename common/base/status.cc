#include "common/base/status.h"

#include <array>
#include <utility>

#include "common/base/check.h"

namespace cellar::common {

std::string_view StatusCodeName(StatusCode code) {
  static constexpr std::array<std::string_view, 16> kNames = {
      "ok",          "invalid argument", "not found", "already exists", "conflict",  "not owner",  "stale schema",
      "busy",        "unavailable",      "timed out", "no space",       "i/o error", "corruption", "fenced",
      "unsupported", "cancelled"};
  const auto index = static_cast<size_t>(code);
  CHECK(index < kNames.size());
  return kNames[index];
}

Status::Status(StatusCode code, std::string message, int32_t detail) {
  CHECK(code != StatusCode::kOk);
  rep_ = std::make_unique<Rep>(Rep{code, detail, std::move(message)});
}

Status::Status(const Status& other) : rep_(other.rep_ ? std::make_unique<Rep>(*other.rep_) : nullptr) {}

Status& Status::operator=(const Status& other) {
  if (this != &other) rep_ = other.rep_ ? std::make_unique<Rep>(*other.rep_) : nullptr;
  return *this;
}

Status Status::WithContext(std::string_view context) && {
  if (rep_) rep_->message = std::string(context) + ": " + rep_->message;
  return std::move(*this);
}

Status Status::WithContext(std::string_view context) const& {
  return Status(*this).WithContext(context);
}

Status Status::WithDetail(int32_t detail) && {
  if (rep_) rep_->detail = detail;
  return std::move(*this);
}

std::string Status::ToString() const {
  std::string text(StatusCodeName(code()));
  if (!ok() && !rep_->message.empty()) text.append(": ").append(rep_->message);
  return text;
}

Status InvalidArgument(std::string message) {
  return Status(StatusCode::kInvalidArgument, std::move(message));
}
Status NotFound(std::string message) {
  return Status(StatusCode::kNotFound, std::move(message));
}
Status AlreadyExists(std::string message) {
  return Status(StatusCode::kAlreadyExists, std::move(message));
}
Status Conflict(std::string message) {
  return Status(StatusCode::kConflict, std::move(message));
}
Status NotOwner(std::string message) {
  return Status(StatusCode::kNotOwner, std::move(message));
}
Status StaleSchema(std::string message) {
  return Status(StatusCode::kStaleSchema, std::move(message));
}
Status Busy(std::string message) {
  return Status(StatusCode::kBusy, std::move(message));
}
Status Unavailable(std::string message) {
  return Status(StatusCode::kUnavailable, std::move(message));
}
Status TimedOut(std::string message) {
  return Status(StatusCode::kTimedOut, std::move(message));
}
Status NoSpace(std::string message) {
  return Status(StatusCode::kNoSpace, std::move(message));
}
Status IoError(std::string message) {
  return Status(StatusCode::kIoError, std::move(message));
}
Status Corruption(std::string message) {
  return Status(StatusCode::kCorruption, std::move(message));
}
Status Fenced(std::string message) {
  return Status(StatusCode::kFenced, std::move(message));
}
Status Unsupported(std::string message) {
  return Status(StatusCode::kUnsupported, std::move(message));
}
Status Cancelled(std::string message) {
  return Status(StatusCode::kCancelled, std::move(message));
}

}  // namespace cellar::common

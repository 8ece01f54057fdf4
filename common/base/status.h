#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace cellar::common {

/// Why an operation failed, and thereby who must act. At most sixteen: a finer reason goes into the message or
/// into `Status::detail()`.
enum class StatusCode : uint8_t {
  kOk = 0,
  kInvalidArgument,  ///< The user mends the request.
  kNotFound,         ///< The user: the thing named does not exist.
  kAlreadyExists,    ///< The user: the name is taken.
  kConflict,         ///< A condition did not hold (conditional mutation, state of an operation); nothing was changed.
  kNotOwner,         ///< The caller locates the range again and retries.
  kStaleSchema,      ///< The caller refreshes the schema and retries.
  kBusy,             ///< The caller retries later: a bound was reached.
  kUnavailable,      ///< The caller retries: nothing was done.
  kTimedOut,         ///< The deadline passed; the outcome is unknown.
  kNoSpace,          ///< The operator frees space; reads go on.
  kIoError,          ///< The operator looks at the storage.
  kCorruption,       ///< The operator: bytes did not verify. The message names file and offset.
  kFenced,           ///< This process is no longer the owner and must stop acting as such.
  kUnsupported,      ///< A format, version or feature that this build does not know.
  kCancelled,        ///< The caller gave up, or the process is shutting down.
};

/// The code's name, for messages: "invalid argument".
std::string_view StatusCodeName(StatusCode code);

/// The outcome of an operation: OK, or a code with a message for people. An OK status costs one null pointer.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(StatusCode code, std::string message, int32_t detail = 0);

  Status(const Status& other);
  Status& operator=(const Status& other);
  Status(Status&&) noexcept = default;
  Status& operator=(Status&&) noexcept = default;
  ~Status() = default;

  bool ok() const { return rep_ == nullptr; }
  StatusCode code() const { return rep_ ? rep_->code : StatusCode::kOk; }
  bool Is(StatusCode code_to_match) const { return code() == code_to_match; }

  /// Empty when ok.
  std::string_view message() const { return rep_ ? std::string_view(rep_->message) : std::string_view(); }

  /// Number from the public error table (docs/reference/errors.md); 0 where the code alone says enough.
  int32_t detail() const { return rep_ ? rep_->detail : 0; }

  /// Puts "`context`: " before the message, on the way up. No effect on OK.
  Status WithContext(std::string_view context) &&;
  Status WithContext(std::string_view context) const&;

  /// Same status with the public error number `detail`.
  Status WithDetail(int32_t detail) &&;

  /// "invalid argument: row is empty"; "ok".
  std::string ToString() const;

  friend bool operator==(const Status& a, const Status& b) {
    return a.code() == b.code() && a.detail() == b.detail() && a.message() == b.message();
  }

 private:
  struct Rep {
    StatusCode code;
    int32_t detail;
    std::string message;
  };
  std::unique_ptr<Rep> rep_;
};

inline Status OkStatus() {
  return Status();
}

Status InvalidArgument(std::string message);
Status NotFound(std::string message);
Status AlreadyExists(std::string message);
Status Conflict(std::string message);
Status NotOwner(std::string message);
Status StaleSchema(std::string message);
Status Busy(std::string message);
Status Unavailable(std::string message);
Status TimedOut(std::string message);
Status NoSpace(std::string message);
Status IoError(std::string message);
Status Corruption(std::string message);
Status Fenced(std::string message);
Status Unsupported(std::string message);
Status Cancelled(std::string message);

}  // namespace cellar::common

namespace cellar {
// The vocabulary every layer speaks without a prefix.
using common::Status;
using common::StatusCode;
}  // namespace cellar

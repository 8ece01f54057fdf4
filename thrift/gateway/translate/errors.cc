#include "thrift/gateway/translate/errors.h"

#include "thrift/gateway/translate/error_codes.h"
#include "thrift/gateway/translate/error_texts.h"
#include "thrift/packed/error_codes.h"

namespace cellar::thrift {

int32_t PublicCode(const Status& failure) {
  if (failure.detail() != 0) return failure.detail();
  switch (failure.code()) {
    case StatusCode::kOk:
      return 0;
    case StatusCode::kInvalidArgument:
      return kInvalidArgument;
    case StatusCode::kNotFound:
      return 22;  // TABLE_NOT_FOUND: nothing else is looked for without a number of its own
    case StatusCode::kAlreadyExists:
      return kCellExists;
    case StatusCode::kConflict:
      return 57;  // INVALID_OPERATION
    case StatusCode::kNotOwner:
      return 0x50006;  // RANGESERVER_RANGE_NOT_FOUND
    case StatusCode::kStaleSchema:
      return 0x50001;  // RANGESERVER_GENERATION_MISMATCH
    case StatusCode::kBusy:
      return 0x50019;  // RANGESERVER_RANGE_BUSY
    case StatusCode::kUnavailable:
      return 0x5000f;  // RANGESERVER_UNAVAILABLE
    case StatusCode::kTimedOut:
      return kRequestTimeout;
    case StatusCode::kNoSpace:
    case StatusCode::kIoError:
      return 0x20002;  // FSBROKER_IO_ERROR
    case StatusCode::kCorruption:
      return 49;  // CHECKSUM_MISMATCH
    case StatusCode::kFenced:
      return 0x5000d;  // RANGESERVER_SHUTTING_DOWN
    case StatusCode::kUnsupported:
      return 58;  // UNSUPPORTED_OPERATION
    case StatusCode::kCancelled:
      return kCancelledCode;
  }
  return kFailedExpectation;
}

api::ClientException ToException(const Status& failure, std::string_view context) {
  api::ClientException exception;
  exception.code = PublicCode(failure);
  exception.message = std::string(PublicErrorText(exception.code)) + " - " + std::string(context);
  if (!failure.message().empty()) {
    exception.__set_reason(std::string(failure.message()));
    exception.message += (context.empty() ? "" : ": ") + std::string(failure.message());
  }
  return exception;
}

}  // namespace cellar::thrift

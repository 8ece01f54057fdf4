#pragma once

#include <cstdint>
#include <string>

#include "common/base/status.h"
#include "common/concurrency/deadline.h"
#include "rpc/frame.h"

namespace cellar::rpc {

/// What a caller asks: the encoded message struct, and cell data beside it, untouched by the encoding.
struct Request {
  Request() = default;
  explicit Request(std::string message_bytes, std::string attachment_bytes = "")
      : message(std::move(message_bytes)), attachment(std::move(attachment_bytes)) {}

  std::string message;
  std::string attachment;
};

/// What a handler answers when all went well; its error is a Status instead.
struct Response {
  Response() = default;
  explicit Response(std::string message_bytes, std::string attachment_bytes = "")
      : message(std::move(message_bytes)), attachment(std::move(attachment_bytes)) {}

  std::string message;
  std::string attachment;
};

/// Who calls, and for how long the answer is of use. Every handler gets one.
struct CallInfo {
  CallInfo() = default;

  MethodId method;
  std::string principal;  ///< Whom the connection was authenticated as.
  Deadline deadline;      ///< On this process's clock.
  uint64_t trace_id = 0;  ///< To be passed on in calls made for this one.
  std::string peer;       ///< Address, for logs.
  Priority priority = Priority::kNormal;
};

struct CallOptions {
  CallOptions() = default;
  explicit CallOptions(Priority call_priority, uint64_t call_trace_id = 0)
      : priority(call_priority), trace_id(call_trace_id) {}

  Priority priority = Priority::kNormal;
  uint64_t trace_id = 0;
};

/// One finished call, for metrics; given to the hook of client or server.
struct CallRecord {
  CallRecord() = default;

  MethodId method;
  Status status;
  Nanos duration = 0;
  uint64_t request_bytes = 0;
  uint64_t response_bytes = 0;
};

}  // namespace cellar::rpc

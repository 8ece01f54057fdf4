#pragma once

#include <string>

#include "common/concurrency/sleep.h"
#include "rpc/rpc_server.h"
#include "rpc/transport.h"

namespace cellar::rpc {

/// A caller's side and a server's side on one transport. They may share an executor.
class RpcTestBed {
 public:
  virtual ~RpcTestBed() = default;
  virtual Executor& client_executor() = 0;
  virtual Executor& server_executor() = 0;
  virtual Transport& client_transport() = 0;
  virtual Transport& server_transport() = 0;
  virtual void RunOnClient(Task<void> task) = 0;
  virtual void RunOnServer(Task<void> task) = 0;
};

inline constexpr MethodId kEcho{1};
inline constexpr MethodId kFail{2};
inline constexpr MethodId kSleep{3};
inline constexpr MethodId kDescribe{4};
inline constexpr MethodId kUnknown{99};

/// A server with methods to try.
class EchoServer {
 public:
  EchoServer(Executor& executor, Transport& transport, RpcServerOptions options)
      : executor_(executor), server_(executor, transport, std::move(options)) {
    server_.Register(kEcho, [](CallInfo info, Request request) { return Echo(std::move(info), std::move(request)); });
    server_.Register(kFail, [](CallInfo, Request request) { return Fail(std::move(request)); });
    server_.Register(kSleep, [this](CallInfo, Request request) { return Sleep(std::move(request)); });
    server_.Register(kDescribe, [](CallInfo info, Request) { return Describe(std::move(info)); });
  }

  RpcServer& server() { return server_; }
  int sleeps_done() const { return sleeps_done_; }

 private:
  static Task<Result<Response>> Echo(CallInfo, Request request) {
    co_return Response(std::move(request.message), std::move(request.attachment));
  }
  static Task<Result<Response>> Fail(Request request) {
    co_return Status(StatusCode::kConflict, std::move(request.message), 77);
  }
  Task<Result<Response>> Sleep(Request request) {
    co_await SleepFor(executor_, std::stol(request.message) * kMillisecond);
    ++sleeps_done_;
    co_return Response("slept");
  }
  static Task<Result<Response>> Describe(CallInfo info) {
    co_return Response(info.principal + " " + std::to_string(info.trace_id) + " " +
                       std::to_string(static_cast<int>(info.priority)) + " " +
                       (info.deadline.is_infinite() ? "no deadline" : "deadline"));
  }

  Executor& executor_;
  RpcServer server_;
  int sleeps_done_ = 0;
};

}  // namespace cellar::rpc

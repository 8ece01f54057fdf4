#include "rpc/tcp/asio_poller.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <chrono>

namespace cellar::rpc {

AsioPoller::AsioPoller() : io_(std::make_unique<boost::asio::io_context>(1)) {}

AsioPoller::~AsioPoller() = default;

void AsioPoller::Poll() {
  if (io_->stopped()) io_->restart();
  io_->poll();
}

void AsioPoller::Wait(Nanos at_most) {
  if (io_->stopped()) io_->restart();
  const auto guard = boost::asio::make_work_guard(*io_);  // wait even when no socket is open
  io_->run_one_for(std::chrono::nanoseconds(at_most));
}

void AsioPoller::Wake() {
  boost::asio::post(*io_, [] {});
}

}  // namespace cellar::rpc

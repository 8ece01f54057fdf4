#include "tests/broker/lossy_proxy.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "common/base/check.h"
#include "fsbroker/wire/sockets.h"

namespace cellar::tests {
namespace {

constexpr size_t kLengthBytes = 4;
constexpr size_t kNameAt = 12;  // Length, version and kind, length of the name.

uint32_t NumberAt(std::string_view bytes, size_t at) {
  uint32_t number = 0;
  for (size_t i = at; i < at + 4; ++i) number = number << 8 | static_cast<uint8_t>(bytes[i]);
  return number;
}

/// Exactly `size` bytes more into `into`; false at the end of the stream.
bool ReceiveAll(int fd, size_t size, const Clock& clock, std::string* into) {
  size_t at = into->size();
  into->resize(at + size);
  while (at < into->size()) {
    const ssize_t received = ::recv(fd, into->data() + at, into->size() - at, 0);
    if (received > 0) {
      at += static_cast<size_t>(received);
    } else if (received < 0 && errno == EAGAIN) {
      fsbroker::WaitForSocket(fd, POLLIN, Deadline(), clock);
    } else {
      return false;
    }
  }
  return true;
}

bool ReceiveFrame(int fd, const Clock& clock, std::string* frame) {
  frame->clear();
  return ReceiveAll(fd, kLengthBytes, clock, frame) && ReceiveAll(fd, NumberAt(*frame, 0), clock, frame);
}

bool SendAll(int fd, std::string_view bytes, const Clock& clock) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<size_t>(sent));
    } else if (errno == EAGAIN) {
      fsbroker::WaitForSocket(fd, POLLOUT, Deadline(), clock);
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

LossyProxy::LossyProxy(uint16_t broker_port, std::function<Loss(std::string_view)> plan)
    : broker_port_(broker_port),
      listener_(fsbroker::ListenOn(rpc::Address("127.0.0.1", 0)).value()),
      port_(fsbroker::PortOf(listener_).value()),
      plan_(std::move(plan)),
      acceptor_(std::make_unique<common::Thread>("proxy.accept", [this] { Accept(); })) {}

LossyProxy::~LossyProxy() {
  stopping_ = true;
  ::shutdown(listener_.get(), SHUT_RDWR);
  acceptor_->Join();
  for (const common::LocalDescriptor& client : clients_) ::shutdown(client.get(), SHUT_RDWR);
  carriers_.clear();
}

void LossyProxy::Accept() {
  while (!stopping_) {
    fsbroker::WaitForSocket(listener_.get(), POLLIN, Deadline(), clock_);
    fsbroker::AcceptedSocket accepted = fsbroker::AcceptFrom(listener_);
    if (!accepted.descriptor.is_open()) continue;
    const int client = clients_.emplace_back(std::move(accepted.descriptor)).get();
    carriers_.emplace_back("proxy.carry", [this, client] {
      Carry(client);
      ::shutdown(client, SHUT_RDWR);
    });
  }
}

Loss LossyProxy::Plan(std::string_view request) {
  CHECK(request.size() > kNameAt);
  const MutexLock lock(mutex_);
  const Loss loss = plan_(request.substr(kNameAt, NumberAt(request, kNameAt - 4)));
  if (loss != Loss::kNone) ++lost_count_;
  return loss;
}

void LossyProxy::Carry(int client) {
  const Result<common::LocalDescriptor> broker =
      fsbroker::ConnectTo(rpc::Address("127.0.0.1", broker_port_), Deadline(), clock_);
  if (!broker.ok()) return;
  std::string frame;
  while (ReceiveFrame(client, clock_, &frame)) {
    const Loss loss = Plan(frame);
    if (loss == Loss::kRequest || !SendAll(broker->get(), frame, clock_)) return;
    if (!ReceiveFrame(broker->get(), clock_, &frame) || loss == Loss::kAnswer) return;
    if (!SendAll(client, frame, clock_)) return;
  }
}

}  // namespace cellar::tests

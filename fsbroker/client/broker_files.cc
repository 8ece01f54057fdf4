#include "fsbroker/client/broker_files.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "fsbroker/gen/Broker.h"

namespace cellar::fsbroker {
namespace {

constexpr int kMaxOpenings = 4;
constexpr uint64_t kMaxOffset = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());

}  // namespace

BrokerWritableFile::~BrokerWritableFile() {
  static_cast<void>(Close());
}

Result<uint64_t> BrokerWritableFile::Append(std::span<const std::string_view> pieces) {
  RETURN_IF_ERROR(failure_);
  const uint64_t offset = length_bytes_;
  outgoing_.clear();
  for (std::string_view piece : pieces) {
    while (!piece.empty()) {
      const size_t taken = std::min(piece.size(), max_transfer_bytes_ - outgoing_.size());
      outgoing_.append(piece.substr(0, taken));
      piece.remove_prefix(taken);
      if (outgoing_.size() == max_transfer_bytes_) RETURN_IF_ERROR(Send(/*sync=*/false));
    }
  }
  if (!outgoing_.empty()) RETURN_IF_ERROR(Send(/*sync=*/false));
  return offset;
}

Status BrokerWritableFile::Sync() {
  RETURN_IF_ERROR(failure_);
  return Send(/*sync=*/true);
}

Status BrokerWritableFile::Send(bool sync) {
  const CallOutcome outcome =
      calls_->CallWith(sync ? "sync" : "append to", path_, handle_, [this, sync](gen::BrokerClient& stub) {
        stub.append(handle_.file, static_cast<int64_t>(length_bytes_), outgoing_, sync);
        return Status();
      });
  failure_ = outcome.status;
  length_bytes_ += outgoing_.size();
  outgoing_.clear();
  return failure_;
}

Status BrokerWritableFile::Close() {
  if (!std::exchange(is_open_, false)) return Status();
  if (failure_.ok()) failure_ = common::IoError("'" + path_ + "' is closed");
  calls_->CloseSoon(handle_);
  return Status();
}

BrokerReadableFile::~BrokerReadableFile() {
  calls_->CloseSoon(handle());
}

BrokerHandle BrokerReadableFile::handle() const {
  const MutexLock lock(mutex_);
  return handle_;
}

Status BrokerReadableFile::CallOpened(std::string_view what, const Body& body) const {
  CallOutcome outcome;
  for (int opening = 0; opening < kMaxOpenings; ++opening) {
    const BrokerHandle current = handle();
    outcome = calls_->CallWith(what, path_, current, [&](gen::BrokerClient& stub) { return body(stub, current.file); });
    if (!outcome.handle_is_lost) break;
    RETURN_IF_ERROR(OpenAgain(current));
  }
  return outcome.status;
}

Status BrokerReadableFile::OpenAgain(const BrokerHandle& lost) const {
  if (handle() != lost) return Status();
  BrokerHandle opened;
  RETURN_IF_ERROR(OpenByBroker(*calls_, path_, &opened).status);
  const MutexLock lock(mutex_);
  std::swap(handle_, opened);
  if (opened != lost) calls_->CloseSoon(opened);  // Another thread was faster.
  return Status();
}

Result<size_t> BrokerReadableFile::Read(uint64_t offset, size_t size, char* out) const {
  if (offset > kMaxOffset - size) return size_t{0};
  size_t done = 0;
  std::string data;
  while (done < size) {
    const size_t wanted = std::min(size - done, max_transfer_bytes_);
    RETURN_IF_ERROR(CallOpened("read", [&](gen::BrokerClient& stub, int64_t file) {
      stub.read(data, file, static_cast<int64_t>(offset + done), static_cast<int32_t>(wanted));
      if (data.size() <= wanted) return Status();
      return common::IoError(std::to_string(data.size()) + " bytes at " + std::to_string(offset + done) + ", where " +
                             std::to_string(wanted) + " were asked for");
    }));
    std::memcpy(out + done, data.data(), data.size());
    done += data.size();
    if (data.size() < wanted) break;
  }
  return done;
}

Result<uint64_t> BrokerReadableFile::Length() const {
  int64_t length = 0;
  RETURN_IF_ERROR(CallOpened("length of", [&](gen::BrokerClient& stub, int64_t file) {
    length = stub.length(file);
    return length >= 0 ? Status() : common::IoError("a length of " + std::to_string(length));
  }));
  return static_cast<uint64_t>(length);
}

CallOutcome OpenByBroker(BrokerCalls& calls, const std::string& path, BrokerHandle* handle) {
  CallOutcome outcome = calls.Call("open", path, [&](gen::BrokerClient& stub) {
    handle->file = stub.open(path);
    return Status();
  });
  handle->life = outcome.life;
  return outcome;
}

}  // namespace cellar::fsbroker

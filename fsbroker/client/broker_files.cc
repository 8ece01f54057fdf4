#include "fsbroker/client/broker_files.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "fsbroker/client/data_calls.h"
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
  std::vector<std::string_view> outgoing;
  size_t outgoing_bytes = 0;
  const auto send = [&] {
    failure_ = Send(outgoing, outgoing_bytes, /*sync=*/false);
    outgoing.clear();
    outgoing_bytes = 0;
    return failure_;
  };
  for (std::string_view piece : pieces) {
    while (!piece.empty()) {
      const std::string_view taken = piece.substr(0, max_transfer_bytes_ - outgoing_bytes);
      piece.remove_prefix(taken.size());
      outgoing.push_back(taken);
      outgoing_bytes += taken.size();
      if (outgoing_bytes == max_transfer_bytes_) RETURN_IF_ERROR(send());
    }
  }
  if (outgoing_bytes > 0) RETURN_IF_ERROR(send());
  return offset;
}

Status BrokerWritableFile::Sync() {
  RETURN_IF_ERROR(failure_);
  failure_ = Send({}, 0, /*sync=*/true);
  return failure_;
}

Status BrokerWritableFile::Send(std::span<const std::string_view> pieces, size_t bytes, bool sync) {
  const CallOutcome outcome =
      calls_->CallWith(sync ? "sync" : "append to", path_, handle_, [&](gen::BrokerClient& stub) {
        AppendPieces(stub, handle_.file, length_bytes_, pieces, sync);
        return Status();
      });
  length_bytes_ += bytes;
  return outcome.status;
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
  while (done < size) {
    const size_t wanted = std::min(size - done, max_transfer_bytes_);
    size_t got = 0;
    RETURN_IF_ERROR(CallOpened("read", [&](gen::BrokerClient& stub, int64_t file) {
      return ReadInto(stub, file, offset + done, wanted, out + done, &got);
    }));
    done += got;
    if (got < wanted) break;
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

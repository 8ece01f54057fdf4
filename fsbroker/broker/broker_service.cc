#include "fsbroker/broker/broker_service.h"

#include <utility>
#include <vector>

#include "common/file/path.h"
#include "fsbroker/gen/Broker.h"
#include "fsbroker/wire/broker_error.h"
#include "fsbroker/wire/protocol.h"

namespace cellar::fsbroker {
namespace {

constexpr size_t kMaxLoggedName = 100;

void OrThrow(const Status& status) {
  if (!status.ok()) ThrowAsBrokerError(status);
}

template <typename T>
T OrThrow(Result<T> result) {
  if (!result.ok()) ThrowAsBrokerError(result.status());
  return std::move(result).value();
}

void Require(bool holds, const char* otherwise) {
  if (!holds) ThrowAsBrokerError(gen::ErrorCode::INVALID_ARGUMENT, otherwise);
}

template <typename Pointer>
Pointer OrUnknown(Pointer found, int64_t file) {
  if (found != nullptr) return found;
  ThrowAsBrokerError(gen::ErrorCode::UNKNOWN_FILE, "there is no open file " + std::to_string(file));
}

Incarnation IncarnationOf(int64_t term, int64_t counter) {
  Require(term >= 0 && term <= int64_t{UINT32_MAX}, "a term is a number of 32 bits");
  return Incarnation(FencingNumber{.term = static_cast<uint32_t>(term), .counter = static_cast<uint64_t>(counter)});
}

/// Calls `take` with each of `named`, in their order, that comes after `after`, as long as they fit a page. Whether
/// some did not.
template <typename Named, typename Take>
bool FillPage(const std::vector<Named>& named, const std::string& after, Take take) {
  constexpr size_t kElementBytes = 32;
  size_t bytes = 0;
  for (const Named& each : named) {
    if (each.name <= after) continue;
    bytes += kElementBytes + each.name.size();
    if (bytes > kPageBytes) return true;
    take(each);
  }
  return false;
}

}  // namespace

class BrokerService::Handler final : public gen::BrokerIf {
 public:
  explicit Handler(const BrokerServiceParts& parts) : parts_(parts) {}
  ~Handler() override {
    if (said_hello()) parts_.handles.Detach(session_);
  }
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;

  bool said_hello() const { return !session_.empty(); }

  void hello(gen::Welcome& welcome, const int32_t protocol_version, const std::string& session,
             const std::string& client) override {
    CallMeter meter(parts_.metrics, BrokerCall::kHello, parts_.clock);
    if (protocol_version != kProtocolVersion) {
      ThrowAsBrokerError(gen::ErrorCode::UNSUPPORTED, "protocol version " + std::to_string(protocol_version) +
                                                          ": this broker speaks " + std::to_string(kProtocolVersion));
    }
    Require(session.size() == kSessionBytes, "a session is named by 16 bytes");
    Require(!said_hello(), "hello was said before on this connection");
    parts_.handles.Attach(session);
    session_ = session;
    parts_.logger.Debug("hello", {{"client", std::string_view(client).substr(0, kMaxLoggedName)}});
    const BrokerIdentity& self = parts_.identity;
    welcome.protocol_version = kProtocolVersion;
    welcome.life = self.life;
    welcome.limits.max_transfer_bytes = static_cast<int32_t>(self.max_transfer_bytes);
    welcome.limits.lease_ms = self.lease / kMillisecond;
    welcome.program = self.program;
    if (self.cluster) welcome.__set_cluster_id(self.cluster->ToString());
    meter.Succeeded();
  }

  int64_t create(const std::string& path, const int64_t term, const int64_t counter,
                 const std::string& token) override {
    CallMeter meter = Begin(BrokerCall::kCreate);
    OrThrow(common::ValidatePath(path));
    const Incarnation incarnation = IncarnationOf(term, counter);
    Require(token.size() == kTokenBytes, "a create's token has 16 bytes");
    const std::optional<int64_t> made_before = parts_.handles.BeginCreate(session_, token);
    if (made_before) {
      meter.Succeeded();
      return *made_before;
    }
    Result<std::shared_ptr<OpenWriter>> writer = CreateFile(path, incarnation);
    const int64_t file = parts_.handles.EndCreate(session_, token, writer.ok() ? std::move(writer).value() : nullptr);
    OrThrow(writer.status());
    meter.Succeeded();
    return file;
  }

  void append(const int64_t file, const int64_t offset, const std::string& data, const bool sync) override {
    CallMeter meter = Begin(BrokerCall::kAppend);
    Require(data.size() <= parts_.identity.max_transfer_bytes, "more bytes in one append than the limit");
    Require(offset >= 0, "an offset below 0");
    const auto writer = OrUnknown(parts_.handles.FindWriter(session_, file), file);
    OrThrow(writer->Append(static_cast<uint64_t>(offset), data, sync));
    parts_.metrics.appended_bytes.Add(data.size());
    meter.Succeeded();
  }

  int64_t open(const std::string& path) override {
    CallMeter meter = Begin(BrokerCall::kOpen);
    OrThrow(common::ValidatePath(path));
    OpenFileSlot slot = OrThrow(parts_.handles.TakeSlot());
    auto reader = std::make_shared<OpenReader>(OrThrow(parts_.files.Open(path)), std::move(slot));
    meter.Succeeded();
    return parts_.handles.AddReader(session_, std::move(reader));
  }

  void read(std::string& data, const int64_t file, const int64_t offset, const int32_t size) override {
    CallMeter meter = Begin(BrokerCall::kRead);
    Require(offset >= 0 && size >= 0, "an offset or a size below 0");
    Require(static_cast<size_t>(size) <= parts_.identity.max_transfer_bytes, "more bytes in one read than the limit");
    const auto reader = OrUnknown(parts_.handles.FindReader(session_, file), file);
    data.resize(static_cast<size_t>(size));
    data.resize(OrThrow(reader->file().Read(static_cast<uint64_t>(offset), data.size(), data.data())));
    parts_.metrics.read_bytes.Add(data.size());
    meter.Succeeded();
  }

  int64_t length(const int64_t file) override {
    CallMeter meter = Begin(BrokerCall::kLength);
    const auto reader = OrUnknown(parts_.handles.FindReader(session_, file), file);
    const uint64_t length = OrThrow(reader->file().Length());
    meter.Succeeded();
    return static_cast<int64_t>(length);
  }

  void close(const std::vector<int64_t>& files) override {
    CallMeter meter = Begin(BrokerCall::kClose);
    parts_.handles.Close(session_, files);
    meter.Succeeded();
  }

  void create_directories(const std::string& path) override {
    CallMeter meter = Begin(BrokerCall::kCreateDirectories);
    OrThrow(common::ValidateDirectoryPath(path));
    OrThrow(parts_.files.CreateDirectories(path));
    meter.Succeeded();
  }

  void list_directory(gen::EntryPage& page, const std::string& path, const std::string& after) override {
    CallMeter meter = Begin(BrokerCall::kList);
    OrThrow(common::ValidateDirectoryPath(path));
    page.more = FillPage(OrThrow(parts_.files.List(path)), after, [&page](const common::DirectoryEntry& entry) {
      gen::Entry& added = page.entries.emplace_back();
      added.name = entry.name;
      added.is_directory = entry.is_directory;
      added.length_bytes = static_cast<int64_t>(entry.length_bytes);
    });
    meter.Succeeded();
  }

  bool exists(const std::string& path) override {
    CallMeter meter = Begin(BrokerCall::kExists);
    OrThrow(common::ValidateDirectoryPath(path));
    const bool exists = OrThrow(parts_.files.Exists(path));
    meter.Succeeded();
    return exists;
  }

  void remove(const std::string& path, const std::string& token) override {
    CallMeter meter = Begin(BrokerCall::kRemove);
    OrThrow(common::ValidatePath(path));
    Require(token.size() == kTokenBytes, "a remove's token has 16 bytes");
    std::optional<Status> ended = parts_.handles.BeginRemove(session_, token);
    if (!ended) {
      ended = parts_.files.Remove(path);
      parts_.handles.EndRemove(session_, token, *ended);
    }
    OrThrow(*ended);
    meter.Succeeded();
  }

  void remove_directory(const std::string& path) override {
    CallMeter meter = Begin(BrokerCall::kRemoveDirectory);
    OrThrow(common::ValidatePath(path));
    OrThrow(parts_.files.RemoveDirectory(path));
    meter.Succeeded();
  }

  void seal(gen::SealPage& page, const std::string& directory, const int64_t term, const int64_t counter,
            const std::string& after) override {
    CallMeter meter = Begin(BrokerCall::kSeal);
    OrThrow(common::ValidateDirectoryPath(directory));
    const auto sealed = OrThrow(parts_.files.Seal(directory, IncarnationOf(term, counter)));
    page.more = FillPage(sealed, after, [&page](const common::SealedFile& file) {
      gen::SealedFile& added = page.files.emplace_back();
      added.name = file.name;
      added.length_bytes = static_cast<int64_t>(file.length_bytes);
    });
    meter.Succeeded();
  }

 private:
  /// Every call but hello begins so.
  CallMeter Begin(BrokerCall call) {
    Require(said_hello(), "hello comes first");
    return CallMeter(parts_.metrics, call, parts_.clock);
  }

  Result<std::shared_ptr<OpenWriter>> CreateFile(const std::string& path, Incarnation incarnation) {
    ASSIGN_OR_RETURN(OpenFileSlot slot, parts_.handles.TakeSlot());
    ASSIGN_OR_RETURN(auto file, parts_.files.Create(path, incarnation));
    return std::make_shared<OpenWriter>(std::move(file), std::move(slot));
  }

  const BrokerServiceParts parts_;
  std::string session_;
};

BrokerService::BrokerService(const BrokerServiceParts& parts)
    : handler_(std::make_shared<Handler>(parts)), processor_(std::make_unique<gen::BrokerProcessor>(handler_)) {}

BrokerService::~BrokerService() = default;

apache::thrift::TProcessor& BrokerService::processor() {
  return *processor_;
}

bool BrokerService::said_hello() const {
  return handler_->said_hello();
}

}  // namespace cellar::fsbroker

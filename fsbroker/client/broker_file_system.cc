#include "fsbroker/client/broker_file_system.h"

#include <functional>
#include <utility>

#include "common/file/path.h"
#include "fsbroker/client/broker_calls.h"
#include "fsbroker/client/broker_files.h"
#include "fsbroker/gen/Broker.h"

namespace cellar::fsbroker {
namespace {

/// Whether a name of a page may follow `last`: in order, each once, and a path that we could have made ourselves.
Status CheckNamed(const std::string& name, bool is_path, int64_t length_bytes, const std::string& last) {
  const bool is_valid = is_path ? common::ValidatePath(name).ok() : common::IsValidPathComponent(name);
  if (!is_valid) return common::IoError("a name that cannot be");
  if (name <= last) return common::IoError("'" + name + "' after '" + last + "'");
  if (length_bytes < 0) return common::IoError("'" + name + "' with a length of " + std::to_string(length_bytes));
  return Status();
}

}  // namespace

BrokerFileSystem::BrokerFileSystem(std::shared_ptr<BrokerCalls> calls, std::optional<ClusterId> cluster_id)
    : calls_(std::move(calls)), cluster_id_(cluster_id) {}

BrokerFileSystem::~BrokerFileSystem() {
  calls_->Stop();
}

Result<std::unique_ptr<BrokerFileSystem>> BrokerFileSystem::Connect(const BrokerOptions& options, const Clock& clock,
                                                                    uint64_t seed, Logger logger) {
  auto calls = std::make_shared<BrokerCalls>(options, clock, seed, std::move(logger));
  ASSIGN_OR_RETURN(const BrokerHello hello, calls->Connect());
  return std::unique_ptr<BrokerFileSystem>(new BrokerFileSystem(std::move(calls), hello.cluster));
}

Result<std::unique_ptr<WritableFile>> BrokerFileSystem::Create(std::string_view path, Incarnation incarnation) {
  RETURN_IF_ERROR(common::ValidatePath(path));
  const std::string name(path);
  const std::string token = calls_->DrawToken();
  BrokerHandle handle;
  const CallOutcome outcome = calls_->Call("create", path, [&](gen::BrokerClient& stub) {
    handle.file = stub.create(name, static_cast<int64_t>(incarnation.get().term),
                              static_cast<int64_t>(incarnation.get().counter), token);
    return Status();
  });
  if (outcome.status.Is(StatusCode::kAlreadyExists) && outcome.may_be_forgotten) {
    // An earlier attempt may have made it, and nobody can tell any more. It is not taken for ours.
    return Status(StatusCode::kTimedOut, "outcome unknown: " + std::string(outcome.status.message()));
  }
  RETURN_IF_ERROR(outcome.status);
  handle.life = outcome.life;
  return std::unique_ptr<WritableFile>(
      std::make_unique<BrokerWritableFile>(calls_, name, handle, outcome.max_transfer_bytes));
}

Result<std::unique_ptr<ReadableFile>> BrokerFileSystem::Open(std::string_view path) const {
  RETURN_IF_ERROR(common::ValidatePath(path));
  const std::string name(path);
  BrokerHandle handle;
  const CallOutcome outcome = OpenByBroker(*calls_, name, &handle);
  RETURN_IF_ERROR(outcome.status);
  return std::unique_ptr<ReadableFile>(
      std::make_unique<BrokerReadableFile>(calls_, name, handle, outcome.max_transfer_bytes));
}

Status BrokerFileSystem::CreateDirectories(std::string_view path) {
  RETURN_IF_ERROR(common::ValidateDirectoryPath(path));
  const std::string name(path);
  return calls_
      ->Call("create directory", path,
             [&name](gen::BrokerClient& stub) {
               stub.create_directories(name);
               return Status();
             })
      .status;
}

Result<std::vector<common::DirectoryEntry>> BrokerFileSystem::List(std::string_view path) const {
  RETURN_IF_ERROR(common::ValidateDirectoryPath(path));
  const std::string name(path);
  std::vector<common::DirectoryEntry> entries;
  std::string last;
  gen::EntryPage page;
  do {
    const CallOutcome outcome = calls_->Call("list", path, [&](gen::BrokerClient& stub) {
      page = gen::EntryPage();
      stub.list_directory(page, name, last);
      std::string before = last;
      for (const gen::Entry& entry : page.entries) {
        RETURN_IF_ERROR(CheckNamed(entry.name, /*is_path=*/false, entry.length_bytes, before));
        before = entry.name;
      }
      return page.more && page.entries.empty() ? common::IoError("an empty page, and more to come") : Status();
    });
    RETURN_IF_ERROR(outcome.status);
    for (gen::Entry& entry : page.entries) {
      entries.push_back({.name = std::move(entry.name),
                         .is_directory = entry.is_directory,
                         .length_bytes = static_cast<uint64_t>(entry.length_bytes)});
    }
    if (!entries.empty()) last = entries.back().name;
  } while (page.more);
  return entries;
}

Result<bool> BrokerFileSystem::Exists(std::string_view path) const {
  RETURN_IF_ERROR(common::ValidateDirectoryPath(path));
  const std::string name(path);
  bool exists = false;
  const CallOutcome outcome = calls_->Call("look for", path, [&](gen::BrokerClient& stub) {
    exists = stub.exists(name);
    return Status();
  });
  RETURN_IF_ERROR(outcome.status);
  return exists;
}

Status BrokerFileSystem::Remove(std::string_view path) {
  RETURN_IF_ERROR(common::ValidatePath(path));
  const std::string name(path);
  const std::string token = calls_->DrawToken();
  const CallOutcome outcome = calls_->Call("remove", path, [&](gen::BrokerClient& stub) {
    stub.remove(name, token);
    return Status();
  });
  // An earlier attempt has done it, as far as anybody can tell.
  if (outcome.may_be_forgotten && outcome.status.Is(StatusCode::kNotFound)) return Status();
  return outcome.status;
}

Status BrokerFileSystem::RemoveDirectory(std::string_view path) {
  RETURN_IF_ERROR(common::ValidatePath(path));
  const std::string name(path);
  return calls_
      ->Call("remove directory", path,
             [&name](gen::BrokerClient& stub) {
               stub.remove_directory(name);
               return Status();
             })
      .status;
}

Result<std::vector<common::SealedFile>> BrokerFileSystem::Seal(std::string_view directory, Incarnation incarnation) {
  RETURN_IF_ERROR(common::ValidateDirectoryPath(directory));
  const std::string name(directory);
  std::vector<common::SealedFile> files;
  std::string last;
  gen::SealPage page;
  do {
    const CallOutcome outcome = calls_->Call("seal", directory, [&](gen::BrokerClient& stub) {
      page = gen::SealPage();
      stub.seal(page, name, static_cast<int64_t>(incarnation.get().term),
                static_cast<int64_t>(incarnation.get().counter), last);
      std::string before = last;
      for (const gen::SealedFile& file : page.files) {
        RETURN_IF_ERROR(CheckNamed(file.name, /*is_path=*/true, file.length_bytes, before));
        before = file.name;
      }
      return page.more && page.files.empty() ? common::IoError("an empty page, and more to come") : Status();
    });
    RETURN_IF_ERROR(outcome.status);
    for (gen::SealedFile& file : page.files) {
      files.push_back({.name = std::move(file.name), .length_bytes = static_cast<uint64_t>(file.length_bytes)});
    }
    if (!files.empty()) last = files.back().name;
  } while (page.more);
  return files;
}

}  // namespace cellar::fsbroker

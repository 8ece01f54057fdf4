#include "common/file/faulty_file_system.h"

#include <string>
#include <type_traits>
#include <utility>

#include "common/file/fault_rules.h"

namespace cellar::common {
namespace {

/// The call as the rules want it: failed before, failed after, or let through.
template <typename Call>
std::invoke_result_t<Call> Judged(FaultRules& rules, FileOperation operation, std::string_view path, Call call) {
  FaultRules::Verdict verdict = rules.Judge(operation, path);
  if (!verdict.fault || *verdict.fault == FileFault::kFlipBit) return call();
  if (*verdict.fault == FileFault::kDoThenFail) {
    auto result = call();
    const bool failed_by_itself = [&] {
      if constexpr (std::is_same_v<decltype(result), Status>)
        return !result.ok();
      else
        return !result.status().ok();
    }();
    if (failed_by_itself) return result;
  }
  return std::move(verdict.status);
}

class FaultyWritableFile final : public WritableFile {
 public:
  FaultyWritableFile(std::shared_ptr<FaultRules> rules, std::string path, std::unique_ptr<WritableFile> target)
      : rules_(std::move(rules)), path_(std::move(path)), target_(std::move(target)) {}

  using WritableFile::Append;
  Result<uint64_t> Append(std::span<const std::string_view> pieces) override {
    RETURN_IF_ERROR(failure_);
    FaultRules::Verdict verdict = rules_->Judge(FileOperation::kAppend, path_);
    if (!verdict.fault) return target_->Append(pieces);
    if (verdict.poisons_handle) failure_ = verdict.status;
    if (*verdict.fault == FileFault::kShortAppend) RETURN_IF_ERROR(AppendPart(pieces, verdict.draw));
    if (*verdict.fault == FileFault::kDoThenFail) RETURN_IF_ERROR(target_->Append(pieces).status());
    return std::move(verdict.status);
  }

  Status Sync() override {
    RETURN_IF_ERROR(failure_);
    FaultRules::Verdict verdict = rules_->Judge(FileOperation::kSync, path_);
    if (!verdict.fault) return target_->Sync();
    if (verdict.poisons_handle) failure_ = verdict.status;
    if (*verdict.fault == FileFault::kDoThenFail) RETURN_IF_ERROR(target_->Sync());
    return std::move(verdict.status);
  }

  Status Close() override {
    if (failure_.ok()) failure_ = IoError("'" + path_ + "' is closed");
    return Judged(*rules_, FileOperation::kClose, path_, [this] { return target_->Close(); });
  }

 private:
  Status AppendPart(std::span<const std::string_view> pieces, uint64_t draw) {
    std::string all;
    for (const std::string_view piece : pieces) all.append(piece);
    if (all.empty()) return Status();
    return target_->Append(std::string_view(all).substr(0, draw % all.size())).status();
  }

  const std::shared_ptr<FaultRules> rules_;
  const std::string path_;
  const std::unique_ptr<WritableFile> target_;
  Status failure_;
};

class FaultyReadableFile final : public ReadableFile {
 public:
  FaultyReadableFile(std::shared_ptr<FaultRules> rules, std::string path, std::unique_ptr<ReadableFile> target)
      : rules_(std::move(rules)), path_(std::move(path)), target_(std::move(target)) {}

  Result<size_t> Read(uint64_t offset, size_t size, char* out) const override {
    FaultRules::Verdict verdict = rules_->Judge(FileOperation::kRead, path_);
    const bool flips = verdict.fault == FileFault::kFlipBit;
    if (verdict.fault && !flips) return std::move(verdict.status);
    Result<size_t> read = target_->Read(offset, size, out);
    if (flips && read.ok() && *read > 0) {
      const uint64_t bit = verdict.draw % (*read * 8);
      out[bit / 8] = static_cast<char>(out[bit / 8] ^ (1 << (bit % 8)));
    }
    return read;
  }

  Result<uint64_t> Length() const override {
    return Judged(*rules_, FileOperation::kLength, path_, [this] { return target_->Length(); });
  }

 private:
  const std::shared_ptr<FaultRules> rules_;
  const std::string path_;
  const std::unique_ptr<ReadableFile> target_;
};

}  // namespace

FaultyFileSystem::FaultyFileSystem(FileSystem& target, uint64_t seed)
    : target_(target), rules_(std::make_shared<FaultRules>(seed)) {}

FaultyFileSystem::~FaultyFileSystem() = default;

FaultRuleId FaultyFileSystem::AddRule(FaultRule rule) {
  return rules_->Add(std::move(rule));
}

void FaultyFileSystem::RemoveRule(FaultRuleId id) {
  rules_->Remove(id);
}

void FaultyFileSystem::ClearRules() {
  rules_->Clear();
}

uint64_t FaultyFileSystem::fired_count(FaultRuleId id) const {
  return rules_->fired_count(id);
}

uint64_t FaultyFileSystem::call_count(FileOperation operation) const {
  return rules_->call_count(operation);
}

Result<std::unique_ptr<WritableFile>> FaultyFileSystem::Create(std::string_view path, Incarnation incarnation) {
  const auto create = [&] { return target_.Create(path, incarnation); };
  ASSIGN_OR_RETURN(std::unique_ptr<WritableFile> file, Judged(*rules_, FileOperation::kCreate, path, create));
  return std::unique_ptr<WritableFile>(
      std::make_unique<FaultyWritableFile>(rules_, std::string(path), std::move(file)));
}

Result<std::unique_ptr<ReadableFile>> FaultyFileSystem::Open(std::string_view path) const {
  const auto open = [&] { return target_.Open(path); };
  ASSIGN_OR_RETURN(std::unique_ptr<ReadableFile> file, Judged(*rules_, FileOperation::kOpen, path, open));
  return std::unique_ptr<ReadableFile>(
      std::make_unique<FaultyReadableFile>(rules_, std::string(path), std::move(file)));
}

Status FaultyFileSystem::CreateDirectories(std::string_view path) {
  return Judged(*rules_, FileOperation::kCreateDirectories, path, [&] { return target_.CreateDirectories(path); });
}

Result<std::vector<DirectoryEntry>> FaultyFileSystem::List(std::string_view path) const {
  return Judged(*rules_, FileOperation::kList, path, [&] { return target_.List(path); });
}

Result<bool> FaultyFileSystem::Exists(std::string_view path) const {
  return Judged(*rules_, FileOperation::kExists, path, [&] { return target_.Exists(path); });
}

Status FaultyFileSystem::Remove(std::string_view path) {
  return Judged(*rules_, FileOperation::kRemove, path, [&] { return target_.Remove(path); });
}

Status FaultyFileSystem::RemoveDirectory(std::string_view path) {
  return Judged(*rules_, FileOperation::kRemoveDirectory, path, [&] { return target_.RemoveDirectory(path); });
}

Result<std::vector<SealedFile>> FaultyFileSystem::Seal(std::string_view directory, Incarnation incarnation) {
  return Judged(*rules_, FileOperation::kSeal, directory, [&] { return target_.Seal(directory, incarnation); });
}

}  // namespace cellar::common

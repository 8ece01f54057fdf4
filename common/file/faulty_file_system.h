#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "common/file/fault_rule.h"
#include "common/file/file_system.h"

namespace cellar::common {

class FaultRules;

/// A FileSystem whose calls fail by rules. Wraps any other, which must outlive it and its handles. Deterministic for
/// one order of calls. Thread-safe; rules may come and go while calls are made, handles obey the rules of the moment.
/// The first rule that fires, in order of addition, decides.
class FaultyFileSystem final : public FileSystem {
 public:
  FaultyFileSystem(FileSystem& target, uint64_t seed);
  ~FaultyFileSystem() override;

  FaultRuleId AddRule(FaultRule rule);
  void RemoveRule(FaultRuleId id);
  void ClearRules();

  uint64_t fired_count(FaultRuleId id) const;  ///< Of a rule that was not removed; else 0.
  uint64_t call_count(FileOperation operation) const;

  Result<std::unique_ptr<WritableFile>> Create(std::string_view path, Incarnation incarnation) override;
  Result<std::unique_ptr<ReadableFile>> Open(std::string_view path) const override;
  Status CreateDirectories(std::string_view path) override;
  Result<std::vector<DirectoryEntry>> List(std::string_view path) const override;
  Result<bool> Exists(std::string_view path) const override;
  Status Remove(std::string_view path) override;
  Status RemoveDirectory(std::string_view path) override;
  Result<std::vector<SealedFile>> Seal(std::string_view directory, Incarnation incarnation) override;

 private:
  FileSystem& target_;
  const std::shared_ptr<FaultRules> rules_;
};

}  // namespace cellar::common

namespace cellar {
using common::FaultyFileSystem;
}  // namespace cellar

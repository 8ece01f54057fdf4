#pragma once

#include <map>
#include <memory>
#include <string>

#include "tests/differential/path.h"
#include "tests/gateway/gateway_world.h"

namespace cellar::tests {

/// By Thrift: one connection to a gateway, on which each table has a mutator open.
class GatewayPath final : public Path {
 public:
  explicit GatewayPath(uint16_t port) { Connect(port); }

  /// To another gateway, or the same one after it was restarted.
  void Connect(uint16_t port);

  std::string name() const override { return "Thrift"; }
  Status Write(const NamedTable& table, const std::vector<model::Cell>& cells, Random& random) override;
  Result<MutationAnswer> Mutate(const NamedTable& table, const std::vector<client::RowCondition>& conditions,
                                const std::vector<model::Cell>& cells) override;
  Question Choose(const NamedTable& table, model::ScanSpec spec, Random& random) const override;
  Result<Answer> Ask(const NamedTable& table, const Question& question) override;
  void Forget(const NamedTable& table) override;

 private:
  int64_t MutatorOf(const std::string& table);
  Answer AskIn(const NamedTable& table, const Question& question);
  Answer Select(const NamedTable& table, const model::ScanSpec& spec);
  Answer ReadScanner(const NamedTable& table, const Question& question, const api::ScanSpec& spec);
  Answer ReadFuture(const NamedTable& table, const std::string& name, const api::ScanSpec& spec);
  Answer TakeUpAgain(const NamedTable& table, const std::string& name, const Question& question,
                     const api::ScanSpec& spec);

  std::unique_ptr<GatewayConnection> connection_;
  int64_t ns_ = 0;  ///< Of the root.
  std::map<std::string, int64_t> mutators_;
};

}  // namespace cellar::tests

#pragma once

#include <map>
#include <memory>
#include <string>

#include "client/cpp/include/client.h"
#include "tests/differential/path.h"

namespace cellar::tests {

/// By the C++ client: each table stays open, with a mutator, as in a program that runs for long.
class ClientPath final : public Path {
 public:
  /// Borrows it.
  explicit ClientPath(client::Client& client) : client_(client) {}

  std::string name() const override { return "C++"; }
  Status Write(const NamedTable& table, const std::vector<model::Cell>& cells, Random& random) override;
  Result<MutationAnswer> Mutate(const NamedTable& table, const std::vector<client::RowCondition>& conditions,
                                const std::vector<model::Cell>& cells) override;
  Question Choose(const NamedTable& table, model::ScanSpec spec, Random& random) const override;
  Result<Answer> Ask(const NamedTable& table, const Question& question) override;
  void Forget(const NamedTable& table) override { open_.erase(table.path); }

 private:
  struct Open {
    std::shared_ptr<client::Table> table;
    std::unique_ptr<client::Mutator> mutator;
  };
  Result<Open*> Find(const NamedTable& table);

  client::Client& client_;
  std::map<std::string, Open> open_;
};

}  // namespace cellar::tests

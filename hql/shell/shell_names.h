#pragma once

#include <string>
#include <vector>

#include "hql/completion.h"
#include "hql/executor/database.h"
#include "hql/executor/interpreter.h"

namespace cellar::hql {

/// The names of a session's namespace, asked from the database when they are needed, and of the user's files.
class ShellNames final : public NameSource {
 public:
  ShellNames(Database& database, const Interpreter& session) : database_(database), session_(session) {}

  std::vector<std::string> Tables() override;
  std::vector<std::string> Namespaces() override;
  std::vector<std::string> Families(const std::string& table) override;
  std::vector<std::string> Files(const std::string& prefix) override;

 private:
  std::vector<std::string> List(bool namespaces);

  Database& database_;
  const Interpreter& session_;
};

}  // namespace cellar::hql

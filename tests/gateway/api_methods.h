#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cellar::tests {

struct ApiArgument {
  int16_t id = 0;
  std::string type;  ///< As api.table has it: "Namespace", "list<Cell>", …
};

struct ApiMethod {
  std::string service;
  std::string name;
  std::vector<ApiArgument> arguments;

  bool Takes(int16_t id, const std::string& type) const;
  bool TakesText(int16_t id) const;
  bool IsOfHql() const { return service == "HqlService" || name == "hql_run"; }
  bool IsOfTable() const { return Takes(1, "Namespace") && Takes(2, "string") && !IsOfHql(); }
};

/// The ancestor's methods under all of their names, then Cellar's own (thrift/idl/api.table).
std::vector<ApiMethod> ReadApiMethods();

}  // namespace cellar::tests

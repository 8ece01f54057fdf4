#include "tests/gateway/api_methods.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "common/base/check.h"

namespace cellar::tests {
namespace {

void AddMethod(const std::string& line, std::vector<ApiMethod>* methods) {
  std::istringstream words(line);
  std::string kind;
  std::string skipped;
  ApiMethod method;
  words >> kind;
  if (kind == "method") {
    words >> method.service >> method.name >> skipped >> skipped;
  } else if (kind == "own") {
    method.service = "CellarService";
    words >> method.name >> skipped;
  } else {
    return;
  }
  for (std::string word; words >> word;) {
    const size_t colon = word.find(':');
    ApiArgument argument;
    argument.id = static_cast<int16_t>(std::stoi(word));
    argument.type = word.substr(colon + 1, word.find('=') - colon - 1);
    // HQL's methods say i64 where the others say Namespace.
    if (method.service == "HqlService" && argument.type == "i64") argument.type = "Namespace";
    method.arguments.push_back(std::move(argument));
  }
  methods->push_back(std::move(method));
}

}  // namespace

bool ApiMethod::Takes(int16_t id, const std::string& type) const {
  return std::ranges::any_of(arguments,
                             [&](const ApiArgument& argument) { return argument.id == id && argument.type == type; });
}

bool ApiMethod::TakesText(int16_t id) const {
  return Takes(id, "string") || Takes(id, "binary");
}

std::vector<ApiMethod> ReadApiMethods() {
  std::vector<ApiMethod> methods;
  std::ifstream table(API_TABLE);
  for (std::string line; std::getline(table, line);) AddMethod(line, &methods);
  CHECK(methods.size() == 126 + 6 + 8);
  return methods;
}

}  // namespace cellar::tests

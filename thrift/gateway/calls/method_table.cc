#include "thrift/gateway/calls/method_table.h"

namespace cellar::thrift {

const MethodTable::Method* MethodTable::Find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

std::vector<const MethodTable::Method*> MethodTable::All() const {
  std::vector<const Method*> all;
  for (const auto& method : methods_) all.push_back(method.get());
  return all;
}

void MethodTable::Add(std::initializer_list<std::string_view> names, decltype(Method::run) run) {
  Method* method = methods_.emplace_back(std::make_unique<Method>()).get();
  method->name = std::string(*names.begin());
  method->run = std::move(run);
  for (const std::string_view name : names) {
    const bool is_new = by_name_.emplace(std::string(name), method).second;
    CHECK(is_new);
  }
}

CallOutcome BadArguments(const MessageHead& head, Status status) {
  CallOutcome outcome;
  outcome.frame = MakeRefusal(head, ::apache::thrift::TApplicationException::PROTOCOL_ERROR,
                              "the arguments of " + head.method + " do not read: " + std::string(status.message()));
  outcome.status = std::move(status);
  return outcome;
}

}  // namespace cellar::thrift

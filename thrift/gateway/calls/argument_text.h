#pragma once

#include <string>
#include <string_view>

#include "model/key.h"

namespace cellar::thrift {

inline constexpr size_t kShownStatementBytes = 1000;

inline void AddArgument(std::string_view name, std::string_view value, std::string* text) {
  if (!text->empty()) text->push_back(' ');
  text->append(name).append("=").append(value);
}

/// What a call is about, for errors and logs: those of its arguments that name something, as "namespace=17 table=t".
/// Argument names of the IDL differ where both names of a method came about; they mean the same here.
template <typename Arguments>
std::string ArgumentText(const Arguments& arguments) {
  std::string text;
  if constexpr (requires { arguments.ns + 0; }) AddArgument("namespace", std::to_string(arguments.ns), &text);
  if constexpr (requires { arguments.ns.size(); }) AddArgument("namespace", arguments.ns, &text);
  if constexpr (requires { arguments.table_name; }) AddArgument("table", arguments.table_name, &text);
  if constexpr (requires { arguments.name; }) AddArgument("table", arguments.name, &text);
  if constexpr (requires { arguments.new_name; }) AddArgument("new_name", arguments.new_name, &text);
  if constexpr (requires { arguments.scanner; }) AddArgument("scanner", std::to_string(arguments.scanner), &text);
  if constexpr (requires { arguments.mutator; }) AddArgument("mutator", std::to_string(arguments.mutator), &text);
  if constexpr (requires { arguments.ff; }) AddArgument("future", std::to_string(arguments.ff), &text);
  if constexpr (requires { arguments.future; }) AddArgument("future", std::to_string(arguments.future), &text);
  if constexpr (requires { arguments.row; }) AddArgument("row", model::QuoteBytes(arguments.row), &text);
  if constexpr (requires { arguments.column; }) AddArgument("column", model::QuoteBytes(arguments.column), &text);
  if constexpr (requires { arguments.command; }) {
    AddArgument("command", std::string_view(arguments.command).substr(0, kShownStatementBytes), &text);
  }
  return text;
}

}  // namespace cellar::thrift

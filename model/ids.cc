#include "model/ids.h"

#include <charconv>

namespace cellar::model {

namespace {

bool ParseNumber(std::string_view text, uint32_t* number) {
  if (text.empty() || (text.size() > 1 && text[0] == '0')) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::string TableId::ToString() const {
  return std::to_string(space) + "/" + std::to_string(number);
}

Result<TableId> TableId::Parse(std::string_view text) {
  TableId id;
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos || !ParseNumber(text.substr(0, slash), &id.space) ||
      !ParseNumber(text.substr(slash + 1), &id.number))
    return common::InvalidArgument("table id must be <space>/<number>, found '" + std::string(text.substr(0, 40)) +
                                   "'");
  return id;
}

}  // namespace cellar::model

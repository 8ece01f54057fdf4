#include "model/file_names.h"

#include <fmt/format.h>

#include <charconv>

namespace cellar::model {
namespace {

constexpr size_t kFileNameDigits = 16;
constexpr size_t kNumberDigits = 10;

template <typename T>
bool ParseNumber(std::string_view text, int base, T* number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number, base);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

}  // namespace

std::string IncarnationName(Incarnation incarnation) {
  return fmt::format("{:010}.{:010}", incarnation.get().term, incarnation.get().counter);
}

std::optional<Incarnation> ParseIncarnationName(std::string_view name) {
  const size_t dot = name.find('.');
  FencingNumber number;
  if (dot != kNumberDigits || !ParseNumber(name.substr(0, dot), 10, &number.term) ||
      !ParseNumber(name.substr(dot + 1), 10, &number.counter)) {
    return std::nullopt;
  }
  const Incarnation incarnation(number);
  if (IncarnationName(incarnation) != name) return std::nullopt;
  return incarnation;
}

std::string IncarnationDirectory(const Location& location, Incarnation incarnation) {
  return fmt::format("{}/{}/{}", kServersDirectory, location.get(), IncarnationName(incarnation));
}

std::string TableDirectory(TableId table) {
  return fmt::format("{}/{}-{}", kTablesDirectory, table.space, table.number);
}

std::optional<TableId> ParseTableDirectoryName(std::string_view name) {
  const size_t dash = name.find('-');
  TableId table;
  if (dash == std::string_view::npos || !ParseNumber(name.substr(0, dash), 10, &table.space) ||
      !ParseNumber(name.substr(dash + 1), 10, &table.number)) {
    return std::nullopt;
  }
  if (fmt::format("{}-{}", table.space, table.number) != name) return std::nullopt;
  return table;
}

std::string CellStorePath(TableId table, FileId file) {
  return fmt::format("{}/{:016x}", TableDirectory(table), file.get());
}

std::optional<FileId> ParseCellStoreName(std::string_view name) {
  uint64_t id = 0;
  if (name.size() != kFileNameDigits || !ParseNumber(name, 16, &id) || fmt::format("{:016x}", id) != name) {
    return std::nullopt;
  }
  return FileId(id);
}

}  // namespace cellar::model

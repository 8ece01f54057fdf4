#include "hql/load/row_key_part.h"

#include <fmt/format.h>

#include "hql/error_codes.h"

namespace cellar::hql {

namespace {

Status Bad(std::string_view text, std::string_view why) {
  return common::InvalidArgument(fmt::format("row key column '{}': {}", text, why)).WithDetail(kBadLoadFile);
}

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

Result<RowKeyPart> RowKeyPart::Parse(std::string_view text) {
  RowKeyPart part;
  std::string_view rest = text;
  if (rest.starts_with("\\%")) {
    rest.remove_prefix(1);
  } else if (rest.starts_with("%")) {
    rest.remove_prefix(1);
    if (rest.starts_with("-")) {
      part.left_justified = true;
      rest.remove_prefix(1);
    } else if (rest.starts_with("0")) {
      part.fill = '0';
      rest.remove_prefix(1);
    }
    if (rest.empty() || !IsDigit(rest[0])) return Bad(text, "expected a width after '%'");
    while (!rest.empty() && IsDigit(rest[0])) {
      part.width = part.width * 10 + static_cast<uint32_t>(rest[0] - '0');
      if (part.width > kMaxRowKeyWidth) return Bad(text, fmt::format("the width is more than {}", kMaxRowKeyWidth));
      rest.remove_prefix(1);
    }
  }
  if (rest.empty()) return Bad(text, "names no column");
  part.column = std::string(rest);
  return part;
}

void RowKeyPart::Append(std::string_view text, std::string* row) const {
  const size_t missing = text.size() < width ? width - text.size() : 0;
  if (!left_justified) row->append(missing, fill);
  row->append(text);
  if (left_justified) row->append(missing, fill);
}

}  // namespace cellar::hql

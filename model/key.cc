#include "model/key.h"

#include "model/error_codes.h"

namespace cellar::model {

namespace {

Status TooLong(std::string_view what, size_t size, size_t limit) {
  return common::InvalidArgument(std::string(what) + " has " + std::to_string(size) + " bytes, the limit is " +
                                 std::to_string(limit))
      .WithDetail(kBadKey);
}

}  // namespace

std::string_view KeyFlagName(KeyFlag flag) {
  switch (flag) {
    case KeyFlag::kDeleteRow:
      return "DELETE ROW";
    case KeyFlag::kDeleteFamily:
      return "DELETE COLUMN FAMILY";
    case KeyFlag::kDeleteCell:
      return "DELETE CELL";
    case KeyFlag::kDeleteVersion:
      return "DELETE CELL VERSION";
    case KeyFlag::kInsert:
      return "INSERT";
  }
  return "UNKNOWN";
}

Status CheckRow(std::string_view row, size_t max_row_bytes) {
  if (row.empty()) return common::InvalidArgument("row is empty").WithDetail(kBadKey);
  if (row.size() > max_row_bytes) return TooLong("row", row.size(), max_row_bytes);
  return common::Status();
}

Status CheckQualifier(std::string_view qualifier) {
  if (qualifier.size() > kMaxQualifierBytes) return TooLong("column qualifier", qualifier.size(), kMaxQualifierBytes);
  return common::Status();
}

Status CheckTimestamp(int64_t timestamp) {
  if (timestamp < kMinTimestamp)
    return common::InvalidArgument("timestamp " + std::to_string(timestamp) + " is reserved, the least is " +
                                   std::to_string(kMinTimestamp))
        .WithDetail(kBadKey);
  return common::Status();
}

Status CheckValue(std::string_view value, size_t max_value_bytes) {
  if (value.size() > max_value_bytes) return TooLong("value", value.size(), max_value_bytes);
  return common::Status();
}

std::string QuoteBytes(std::string_view bytes) {
  constexpr size_t kMaxShown = 64;
  constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : bytes.substr(0, kMaxShown)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\') {
      out.push_back(c);
    } else {
      out += "\\x";
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    }
  }
  out += bytes.size() > kMaxShown ? "\"…" : "\"";
  return out;
}

}  // namespace cellar::model

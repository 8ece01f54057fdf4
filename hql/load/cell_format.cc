#include "hql/load/cell_format.h"

#include <fmt/format.h>

#include <iterator>
#include <vector>

#include "common/time/datetime.h"
#include "hql/load/field_escape.h"

namespace cellar::hql {

namespace {

void AppendControlEscaped(std::string_view bytes, std::string* out) {
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t' && c != '\n') || byte == 0x7F) {
      fmt::format_to(std::back_inserter(*out), "\\x{:02x}", byte);
    } else {
      out->push_back(c);
    }
  }
}

void AppendField(const CellFormat& format, std::string_view bytes, std::string* out) {
  if (!format.for_terminal) {
    if (format.escaped) {
      AppendEscapedField(bytes, format.separator, out);
    } else {
      out->append(bytes);
    }
    return;
  }
  std::string text;
  if (format.escaped) AppendEscapedField(bytes, format.separator, &text);
  AppendControlEscaped(format.escaped ? std::string_view(text) : bytes, out);
}

}  // namespace

bool ParseTimestampText(std::string_view name, CellFormat::TimestampText* text) {
  if (name == "default")
    *text = CellFormat::TimestampText::kDateTime;
  else if (name == "nanos" || name == "nanoseconds")
    *text = CellFormat::TimestampText::kNanoseconds;
  else if (name == "usecs")
    *text = CellFormat::TimestampText::kMicroseconds;
  else
    return false;
  return true;
}

std::string TimestampField(CellFormat::TimestampText text, int64_t timestamp) {
  switch (text) {
    case CellFormat::TimestampText::kDateTime:
      return common::FormatDateTime(timestamp);
    case CellFormat::TimestampText::kNanoseconds:
      return std::to_string(timestamp);
    case CellFormat::TimestampText::kMicroseconds:
      return std::to_string(timestamp / 1000);
  }
  return {};
}

void AppendHeaderLine(const CellFormat& format, std::string* out) {
  std::vector<std::string_view> names;
  if (format.revisions) names.push_back("revision");
  if (format.timestamps) names.push_back("timestamp");
  names.push_back("row");
  if (!format.keys_only) names.insert(names.end(), {"column", "value"});
  for (size_t i = 0; i < names.size(); ++i) {
    out->push_back(i == 0 ? '#' : format.separator);
    AppendField(format, names[i], out);
  }
  out->push_back('\n');
}

void AppendCellLine(const CellFormat& format, const model::CellView& cell, std::string_view family, std::string* out) {
  const model::KeyView& key = cell.key;
  const auto append_first = [&](std::string_view field) {
    AppendField(format, field, out);
    out->push_back(format.separator);
  };
  if (format.revisions) append_first(std::to_string(key.revision.get()));
  if (format.timestamps) append_first(TimestampField(format.timestamp_text, key.timestamp));
  AppendField(format, key.row, out);
  if (!format.keys_only) {
    out->push_back(format.separator);
    if (key.flag != model::KeyFlag::kDeleteRow) {
      AppendField(format, family, out);
      if (!key.qualifier.empty()) {
        AppendField(format, ":", out);
        AppendField(format, key.qualifier, out);
      }
      out->push_back(format.separator);
      AppendField(format, cell.value, out);
    }
    if (model::IsDeleteMarker(key.flag)) {
      out->push_back(format.separator);
      AppendField(format, model::KeyFlagName(key.flag), out);
    }
  }
  out->push_back('\n');
}

}  // namespace cellar::hql

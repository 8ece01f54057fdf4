#include "hql/shell/answer_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "hql/lexer.h"
#include "hql/shell/display_text.h"
#include "hql/shell/json_text.h"

namespace cellar::hql {

namespace {

void Assign(std::vector<std::string>* fields, size_t* at, std::string_view text) {
  if (*at == fields->size()) fields->emplace_back();
  (*fields)[(*at)++].assign(text);
}

/// psql's table. The widths of the columns are those of the first cells; what is wider later on stands out.
class TableText final : public AnswerText {
 public:
  explicit TableText(const AnswerColumns& columns) : columns_(columns), names_(columns.Names()) {}

  void Cell(const model::CellView& cell, std::string_view family, std::string* out) override {
    columns_.Fields(cell, family, &fields_);
    std::vector<std::string> shown(names_.size());
    for (size_t i = 0; i < names_.size(); ++i) {
      if (columns_.escaped) {
        AppendDisplayText(fields_[i], &shown[i]);
      } else {
        shown[i] = fields_[i];
      }
      held_bytes_ += shown[i].size();
    }
    if (sized_) return AppendRow(shown, out);
    held_.push_back(std::move(shown));
    if (held_.size() == kMeasuredCells || held_bytes_ >= kMeasuredBytes) Release(out);
  }

  void End(std::string* out) override {
    if (!sized_ && !held_.empty()) Release(out);
  }

 private:
  static constexpr size_t kMeasuredCells = 500;
  static constexpr size_t kMeasuredBytes = 256 << 10;
  static constexpr size_t kWidestPadding = 60;
  static constexpr size_t kWidestLastColumn = 80;

  void Release(std::string* out) {
    sized_ = true;
    for (size_t i = 0; i < names_.size(); ++i) {
      size_t width = names_[i].size();
      for (const auto& row : held_) width = std::max(width, DisplayWidth(row[i]));
      const bool last = i + 1 == names_.size();
      widths_.push_back(std::min(width, std::max(names_[i].size(), last ? kWidestLastColumn : kWidestPadding)));
    }
    AppendRow(std::vector<std::string>(names_.begin(), names_.end()), out);
    for (size_t i = 0; i < names_.size(); ++i) {
      if (i > 0) *out += '+';
      out->append(widths_[i] + 2, '-');
    }
    *out += '\n';
    for (const auto& row : held_) AppendRow(row, out);
    held_.clear();
  }

  void AppendRow(const std::vector<std::string>& row, std::string* out) const {
    for (size_t i = 0; i < row.size(); ++i) {
      *out += i == 0 ? " " : " | ";
      *out += row[i];
      if (i + 1 == row.size()) break;
      const size_t width = DisplayWidth(row[i]);
      if (width < widths_[i]) out->append(widths_[i] - width, ' ');
    }
    *out += '\n';
  }

  const AnswerColumns columns_;
  const std::vector<std::string_view> names_;
  std::vector<std::string> fields_;
  std::vector<std::vector<std::string>> held_;  ///< Until the widths are known.
  size_t held_bytes_ = 0;
  std::vector<size_t> widths_;
  bool sized_ = false;
};

class VerticalText final : public AnswerText {
 public:
  explicit VerticalText(const AnswerColumns& columns) : columns_(columns), names_(columns.Names()) {
    for (const std::string_view name : names_) width_ = std::max(width_, name.size());
  }

  void Cell(const model::CellView& cell, std::string_view family, std::string* out) override {
    columns_.Fields(cell, family, &fields_);
    const std::string title = fmt::format("-[ {} ]", ++count_);
    *out += title + std::string(title.size() < kRule ? kRule - title.size() : 1, '-') + "\n";
    for (size_t i = 0; i < names_.size(); ++i) {
      *out += fmt::format("{:<{}} | ", names_[i], width_);
      if (columns_.escaped) {
        AppendDisplayText(fields_[i], out);
      } else {
        *out += fields_[i];
      }
      *out += '\n';
    }
  }

 private:
  static constexpr size_t kRule = 40;

  const AnswerColumns columns_;
  const std::vector<std::string_view> names_;
  std::vector<std::string> fields_;
  size_t width_ = 0;
  uint64_t count_ = 0;
};

class CsvText final : public AnswerText {
 public:
  explicit CsvText(const AnswerColumns& columns)
      : columns_(columns), separator_(columns.separator == kDefaultSeparator ? ',' : columns.separator) {}

  void Begin(std::string* out) override {
    for (const std::string_view name : columns_.Names()) AppendField(name, out);
    out->back() = '\n';
  }

  void Cell(const model::CellView& cell, std::string_view family, std::string* out) override {
    columns_.Fields(cell, family, &fields_);
    for (const std::string& field : fields_) AppendField(field, out);
    out->back() = '\n';
  }

 private:
  void AppendField(std::string_view field, std::string* out) const {
    const char special[] = {separator_, '"', '\r', '\n'};
    if (field.find_first_of(std::string_view(special, sizeof(special))) == std::string_view::npos) {
      out->append(field);
    } else {
      *out += '"';
      for (const char c : field) {
        if (c == '"') *out += '"';
        *out += c;
      }
      *out += '"';
    }
    *out += separator_;
  }

  const AnswerColumns columns_;
  const char separator_;
  std::vector<std::string> fields_;
};

class JsonText final : public AnswerText {
 public:
  explicit JsonText(const AnswerColumns& columns) : columns_(columns), names_(columns.Names()) {}

  void Cell(const model::CellView& cell, std::string_view family, std::string* out) override {
    columns_.Fields(cell, family, &fields_);
    *out += '{';
    for (size_t i = 0; i < names_.size(); ++i) {
      if (names_[i] == "deletes" && fields_[i].empty()) continue;
      if (i > 0) *out += ',';
      const bool is_number =
          names_[i] == "revision" || (names_[i] == "timestamp" && columns_.timestamp_text != kDateTime);
      if (is_number) {
        *out += fmt::format("\"{}\":{}", names_[i], fields_[i]);
      } else {
        AppendJsonMember(names_[i], fields_[i], out);
      }
    }
    *out += "}\n";
  }

 private:
  static constexpr auto kDateTime = CellFormat::TimestampText::kDateTime;

  const AnswerColumns columns_;
  const std::vector<std::string_view> names_;
  std::vector<std::string> fields_;
};

}  // namespace

std::optional<OutputFormat> ParseOutputFormat(std::string_view name) {
  for (size_t i = 0; i < std::size(kOutputFormatNames); ++i) {
    if (EqualsIgnoringCase(name, kOutputFormatNames[i])) return static_cast<OutputFormat>(i);
  }
  return std::nullopt;
}

std::vector<std::string_view> AnswerColumns::Names() const {
  std::vector<std::string_view> names;
  if (revision) names.push_back("revision");
  if (timestamp) names.push_back("timestamp");
  names.push_back("row");
  if (keys_only) return names;
  names.insert(names.end(), {"column", "value"});
  if (marker) names.push_back("deletes");
  return names;
}

void AnswerColumns::Fields(const model::CellView& cell, std::string_view family,
                           std::vector<std::string>* fields) const {
  const model::KeyView& key = cell.key;
  size_t at = 0;
  if (revision) Assign(fields, &at, std::to_string(key.revision.get()));
  if (timestamp) Assign(fields, &at, TimestampField(timestamp_text, key.timestamp));
  Assign(fields, &at, key.row);
  if (keys_only) return;
  const bool whole_row = key.flag == model::KeyFlag::kDeleteRow;
  Assign(fields, &at, whole_row ? std::string_view() : family);
  if (!whole_row && !key.qualifier.empty()) {
    std::string& column = fields->at(at - 1);
    column += ':';
    column += key.qualifier;
  }
  Assign(fields, &at, cell.value);
  if (marker) Assign(fields, &at, model::IsDeleteMarker(key.flag) ? model::KeyFlagName(key.flag) : std::string_view());
}

std::unique_ptr<AnswerText> NewAnswerText(OutputFormat format, const AnswerColumns& columns) {
  switch (format) {
    case OutputFormat::kTable:
      return std::make_unique<TableText>(columns);
    case OutputFormat::kVertical:
      return std::make_unique<VerticalText>(columns);
    case OutputFormat::kCsv:
      return std::make_unique<CsvText>(columns);
    case OutputFormat::kJson:
      return std::make_unique<JsonText>(columns);
    case OutputFormat::kTsv:
      break;
  }
  return nullptr;
}

void AppendJsonTextLine(std::string_view line, std::string* out) {
  *out += '{';
  AppendJsonMember("text", line, out);
  *out += '}';
}

}  // namespace cellar::hql

#include "model/index_entry.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "common/base/check.h"
#include "common/bytes/crc32c.h"

namespace cellar::model {

namespace {

constexpr char kTab = '\t';
constexpr char kLineFeed = '\n';

void AppendEscapedText(std::string_view text, std::string* out) {
  for (const char c : text) {
    switch (c) {
      case kLineFeed:
        out->append("\\n");
        break;
      case kTab:
        out->append("\\t");
        break;
      case '\0':
        out->append("\\0");
        break;
      case '\\':
        out->append("\\\\");
        break;
      default:
        out->push_back(c);
    }
  }
}

std::string EscapedText(std::string_view text) {
  std::string escaped;
  AppendEscapedText(text, &escaped);
  return escaped;
}

std::optional<std::string> UnescapedText(std::string_view escaped) {
  std::string text;
  for (size_t i = 0; i < escaped.size(); ++i) {
    if (escaped[i] != '\\') {
      text.push_back(escaped[i]);
      continue;
    }
    if (++i == escaped.size()) return std::nullopt;
    constexpr std::string_view kLetters = "nt0\\";
    constexpr std::string_view kMeanings("\n\t\0\\", 4);
    const size_t letter = kLetters.find(escaped[i]);
    if (letter == std::string_view::npos) return std::nullopt;
    text.push_back(kMeanings[letter]);
  }
  return text;
}

/// What the long form keeps: whole escapes only, so that equal beginnings stay equal.
std::string_view LongPrefix(std::string_view escaped) {
  size_t size = 0;
  while (size < escaped.size()) {
    const size_t next = size + (escaped[size] == '\\' ? 2 : 1);
    if (next > kLongEntryPrefixBytes) break;
    size = next;
  }
  return escaped.substr(0, size);
}

std::string FamilyPrefix(FamilyId family) {
  return std::to_string(family.get()) + ",";
}

IndexEntry LongEntry(std::string prefix, std::string_view escaped, std::string_view row) {
  IndexEntry entry;
  entry.row = std::move(prefix);
  entry.row.append(LongPrefix(escaped));
  entry.row.push_back(kLineFeed);
  entry.row.append(fmt::format("{:08x}", common::Crc32c(row)));
  entry.qualifier = row;
  return entry;
}

/// The literal text that every match of the expression begins with; empty when there is none, or when it takes more
/// than a look to see.
std::string LiteralPrefix(std::string_view expression) {
  if (!expression.starts_with('^') || expression.find('|') != std::string_view::npos) return std::string();
  std::string literal;
  for (size_t i = 1; i < expression.size(); ++i) {
    char c = expression[i];
    const bool ends = static_cast<unsigned char>(c) >= 0x80 || std::string_view(".[(^$)").find(c) != std::string::npos;
    if (ends) break;
    if (std::string_view("*?{+").find(c) != std::string::npos) {
      if (!literal.empty()) literal.pop_back();  // repeated, perhaps not at all
      break;
    }
    if (c == '\\') {
      if (++i == expression.size()) break;
      c = expression[i];
      const bool is_punctuation = static_cast<unsigned char>(c) < 0x80 && std::ispunct(static_cast<unsigned char>(c));
      if (!is_punctuation) break;
    }
    literal.push_back(c);
  }
  return literal;
}

/// Entries whose value (or qualifier) begins with `text`.
std::vector<RowInterval> BeginningWith(FamilyId family, std::string_view text) {
  const std::string prefix = FamilyPrefix(family);
  const std::string escaped = EscapedText(text);
  std::vector<RowInterval> intervals{RowInterval::Prefix(prefix + escaped)};
  if (escaped.size() > kLongEntryPrefixBytes) {
    intervals.push_back(RowInterval::Prefix(prefix + std::string(LongPrefix(escaped)) + kLineFeed));
  }
  return UnionOf(std::move(intervals));
}

/// Long entries whose value (or qualifier) may be `text`.
RowInterval LongOnesOf(FamilyId family, std::string_view text) {
  std::string prefix = FamilyPrefix(family);
  prefix.append(LongPrefix(EscapedText(text))).push_back(kLineFeed);
  return RowInterval::Prefix(prefix);
}

/// How the short entries of a value go on for such a qualifier.
std::string AfterValue(const QualifierMatch& qualifier) {
  switch (qualifier.kind) {
    case QualifierMatch::Kind::kExact:
      return EscapedText(qualifier.text) + kTab;
    case QualifierMatch::Kind::kPrefix:
      return EscapedText(qualifier.text);
    case QualifierMatch::Kind::kRegex:
      return EscapedText(LiteralPrefix(qualifier.text));
    case QualifierMatch::Kind::kAny:
      break;
  }
  return std::string();
}

static_assert(static_cast<int>(ColumnPredicate::Value::kExists) == static_cast<int>(QualifierMatch::Kind::kAny));
static_assert(static_cast<int>(ColumnPredicate::Value::kExact) == static_cast<int>(QualifierMatch::Kind::kExact));
static_assert(static_cast<int>(ColumnPredicate::Value::kPrefix) == static_cast<int>(QualifierMatch::Kind::kPrefix));
static_assert(static_cast<int>(ColumnPredicate::Value::kRegex) == static_cast<int>(QualifierMatch::Kind::kRegex));

std::shared_ptr<const Schema> MakeIndexTableSchema() {
  ColumnFamily family;
  family.name = "v1";
  family.options.max_versions = 1;
  SchemaDefinition definition;
  definition.families.push_back(std::move(family));
  Result<Schema> schema = Schema::Create(std::move(definition));
  CHECK(schema.ok());
  return std::make_shared<const Schema>(std::move(schema).value());
}

}  // namespace

IndexEntry EntryOf(IndexKind kind, const CellView& cell) {
  const bool by_value = kind == IndexKind::kValue;
  std::string prefix = FamilyPrefix(cell.key.family);
  const std::string_view indexed = by_value ? cell.value : cell.key.qualifier;
  // Far too long in any form: not all of it has to be escaped to know.
  const std::string escaped = EscapedText(indexed.substr(0, kMaxShortEntryBytes + 1));
  IndexEntry entry;
  entry.row = prefix;
  entry.row.append(escaped).push_back(kTab);
  if (by_value) {
    AppendEscapedText(cell.key.qualifier, &entry.row);
    entry.row.push_back(kTab);
  }
  entry.row.append(cell.key.row);
  if (entry.row.size() <= kMaxShortEntryBytes) return entry;
  return LongEntry(std::move(prefix), escaped, cell.key.row);
}

std::optional<IndexHint> ReadEntry(IndexKind kind, std::string_view row, std::string_view qualifier) {
  IndexHint hint;
  uint8_t family = 0;
  const auto [behind, error] = std::from_chars(row.data(), row.data() + row.size(), family);
  const auto digits = static_cast<size_t>(behind - row.data());
  if (error != std::errc() || family < kMinFamilyId || digits == row.size() || row[digits] != ',') return std::nullopt;
  hint.family = FamilyId{family};
  const std::string_view rest = row.substr(digits + 1);
  const size_t end = rest.find_first_of("\t\n");
  if (end == std::string_view::npos) return std::nullopt;
  if (rest[end] == kLineFeed) {
    if (qualifier.empty()) return std::nullopt;
    hint.row = qualifier;
    return hint;
  }
  std::optional<std::string> indexed = UnescapedText(rest.substr(0, end));
  std::string_view tail = rest.substr(end + 1);
  if (!indexed || !qualifier.empty()) return std::nullopt;
  if (kind == IndexKind::kQualifier) {
    hint.qualifier = std::move(indexed);
  } else {
    const size_t second = tail.find(kTab);
    if (second == std::string_view::npos) return std::nullopt;
    hint.value = std::move(indexed);
    hint.qualifier = UnescapedText(tail.substr(0, second));
    if (!hint.qualifier) return std::nullopt;
    tail.remove_prefix(second + 1);
  }
  if (tail.empty()) return std::nullopt;
  hint.row = tail;
  return hint;
}

EntryPlaces PlacesOf(IndexKind kind, FamilyId family, const ColumnPredicate& predicate) {
  const QualifierMatch& qualifier = predicate.qualifier;
  const bool by_value = kind == IndexKind::kValue;
  // The same four ways to say a value and to say a qualifier.
  const auto how = by_value ? static_cast<QualifierMatch::Kind>(predicate.value) : qualifier.kind;
  const std::string& text = by_value ? predicate.text : qualifier.text;
  EntryPlaces places;
  switch (how) {
    case QualifierMatch::Kind::kAny:
      places.intervals = BeginningWith(family, "");
      return places;
    case QualifierMatch::Kind::kPrefix:
      places.intervals = BeginningWith(family, text);
      return places;
    case QualifierMatch::Kind::kRegex:
      places.intervals = BeginningWith(family, LiteralPrefix(text));
      return places;
    case QualifierMatch::Kind::kExact:
      break;
  }
  places.intervals.push_back(LongOnesOf(family, text));
  std::string prefix = FamilyPrefix(family) + EscapedText(text) + kTab;
  if (by_value) prefix += AfterValue(qualifier);
  if (!by_value || qualifier.kind == QualifierMatch::Kind::kExact) {
    places.column_prefix = std::move(prefix);
  } else {
    places.intervals.push_back(RowInterval::Prefix(prefix));
    places.intervals = UnionOf(std::move(places.intervals));
  }
  return places;
}

std::shared_ptr<const Schema> IndexTableSchema() {
  static const std::shared_ptr<const Schema> kSchema = MakeIndexTableSchema();
  return kSchema;
}

}  // namespace cellar::model

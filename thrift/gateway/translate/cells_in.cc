#include "thrift/gateway/translate/cells_in.h"

#include <charconv>

#include "common/bytes/c_number.h"
#include "model/counter.h"
#include "model/error_codes.h"

namespace cellar::thrift {
namespace {

constexpr size_t kMaxItems = 7;

Status BadKey(std::string message) {
  return common::InvalidArgument(std::move(message)).WithDetail(model::kBadKey);
}

Status ToFlag(int64_t wire_flag, model::KeyFlag* flag) {
  return ToKeyFlag(wire_flag, flag).WithDetail(model::kBadKey);
}

/// The whole of `text`, in C's base 0; beyond the signed numbers as the unsigned one with the same bits.
Status ToNumber(std::string_view text, std::string_view what, int64_t* number) {
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  const int base = common::TakeCBase(&rest);
  uint64_t magnitude = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), magnitude, base);
  constexpr uint64_t kSignBit = uint64_t{1} << 63;
  if (rest.empty() || error != std::errc() || end != rest.data() + rest.size() || (negative && magnitude > kSignBit)) {
    return BadKey("the " + std::string(what) + " " + model::QuoteBytes(text) + " is no number");
  }
  *number = static_cast<int64_t>(negative ? uint64_t{0} - magnitude : magnitude);
  return Status();
}

}  // namespace

Status ToPackedCell(const api::Cell& from, PackedCell* to) {
  *to = PackedCell();
  to->row = from.key.row;
  to->family = from.key.column_family;
  to->qualifier = from.key.column_qualifier;
  to->value = from.value;
  if (from.key.__isset.timestamp) to->timestamp = from.key.timestamp;
  return ToFlag(static_cast<int64_t>(from.key.flag), &to->flag);
}

Status ToPackedCell(const api::CellAsArray& from, PackedCell* to) {
  *to = PackedCell();
  if (from.empty() || from.size() > kMaxItems) {
    return BadKey("a cell as an array has 1 to 7 items, not " + std::to_string(from.size()));
  }
  to->row = from[0];
  if (from.size() > 1) to->family = from[1];
  if (from.size() > 2) to->qualifier = from[2];
  if (from.size() > 3) to->value = from[3];
  if (from.size() > 4) RETURN_IF_ERROR(ToNumber(from[4], "timestamp", &to->timestamp));
  if (from.size() > 5) RETURN_IF_ERROR(ToNumber(from[5], "revision", &to->revision));
  if (from.size() <= 6) return Status();
  int64_t flag = 0;
  RETURN_IF_ERROR(ToNumber(from[6], "flag", &flag));
  return ToFlag(flag, &to->flag);
}

Status ToCellView(const model::Schema& schema, const PackedCell& from, std::string* scratch, model::CellView* to) {
  RETURN_IF_ERROR(model::CheckRow(from.row));
  *to = model::CellView();
  to->key.row = from.row;
  to->key.flag = from.flag;
  to->key.timestamp = from.timestamp;
  if (from.timestamp != model::kAutomaticTimestamp) RETURN_IF_ERROR(model::CheckTimestamp(from.timestamp));
  if (from.flag == model::KeyFlag::kDeleteRow) return Status();
  if (from.family.empty()) return BadKey("row " + model::QuoteBytes(from.row) + ": a cell without column family");
  const model::ColumnFamily* family = schema.FindFamily(from.family);
  if (family == nullptr) return BadKey("the table has no column family " + model::QuoteBytes(from.family));
  to->key.family = family->id;
  if (from.flag == model::KeyFlag::kDeleteFamily) return Status();
  RETURN_IF_ERROR(model::CheckQualifier(from.qualifier));
  to->key.qualifier = from.qualifier;
  if (from.flag == model::KeyFlag::kDeleteVersion && from.timestamp == model::kAutomaticTimestamp) {
    return BadKey("row " + model::QuoteBytes(from.row) + ": deleting a version needs its timestamp");
  }
  if (from.flag != model::KeyFlag::kInsert) return Status();
  to->value = from.value;
  if (!schema.rules(family->id).counter) return Status();
  ASSIGN_OR_RETURN(const model::CounterUpdate update, model::CounterUpdate::ParseText(from.value));
  *scratch = update.Encode();
  to->value = *scratch;
  return Status();
}

void CellTranslator::Learn(const std::shared_ptr<const model::Schema>& schema) {
  schema_ = schema;
  plain_.clear();
  last_ = 0;
  for (const model::ColumnFamily& family : schema_->families()) {
    if (family.deleted || schema_->rules(family.id).counter) continue;
    plain_.push_back(PlainFamily{family.name, family.id});
  }
}

const CellTranslator::PlainFamily* CellTranslator::FindAgain(std::string_view name) {
  for (size_t i = 0; i < plain_.size(); ++i) {
    if (!common::EqualBytes(plain_[i].name, name)) continue;
    last_ = i;
    return &plain_[i];
  }
  return nullptr;
}

}  // namespace cellar::thrift

#include "protocol/values.h"

namespace cellar::protocol {

TableId ToMessage(const model::TableId& table) {
  TableId message;
  message.space = static_cast<int32_t>(table.space);
  message.number = static_cast<int32_t>(table.number);
  return message;
}

RangeBounds ToMessage(const model::RangeKey& range) {
  RangeBounds message;
  if (range.start_row) message.__set_start_row(*range.start_row);
  if (range.end_row) message.__set_end_row(*range.end_row);
  return message;
}

FencingNumber ToMessage(const cellar::FencingNumber& number) {
  FencingNumber message;
  message.term = static_cast<int32_t>(number.term);
  message.counter = static_cast<int64_t>(number.counter);
  return message;
}

model::TableId FromMessage(const TableId& table) {
  return model::TableId{static_cast<uint32_t>(table.space), static_cast<uint32_t>(table.number)};
}

model::RangeKey FromMessage(const model::TableId& table, const RangeBounds& bounds) {
  model::RangeKey range;
  range.table = table;
  if (bounds.__isset.start_row) range.start_row = bounds.start_row;
  if (bounds.__isset.end_row) range.end_row = bounds.end_row;
  return range;
}

model::RangeKey FromMessage(const RangeId& range) {
  return FromMessage(FromMessage(range.table), range.bounds);
}

cellar::FencingNumber FromMessage(const FencingNumber& number) {
  return cellar::FencingNumber{static_cast<uint32_t>(number.term), static_cast<uint64_t>(number.counter)};
}

RangeId ToRangeId(const model::RangeKey& range) {
  RangeId id;
  id.table = ToMessage(range.table);
  id.bounds = ToMessage(range);
  return id;
}

}  // namespace cellar::protocol

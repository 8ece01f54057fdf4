#include "client/cpp/scan_cells.h"

namespace cellar::client {

protocol::TableId ToMessage(model::TableId table) {
  protocol::TableId message;
  message.space = static_cast<int32_t>(table.space);
  message.number = static_cast<int32_t>(table.number);
  return message;
}

protocol::RangeBounds ToMessage(const model::RangeKey& range) {
  protocol::RangeBounds message;
  if (range.start_row) message.__set_start_row(*range.start_row);
  if (range.end_row) message.__set_end_row(*range.end_row);
  return message;
}

model::RangeKey FromMessage(model::TableId table, const protocol::RangeBounds& bounds) {
  model::RangeKey range;
  range.table = table;
  if (bounds.__isset.start_row) range.start_row = bounds.start_row;
  if (bounds.__isset.end_row) range.end_row = bounds.end_row;
  return range;
}

protocol::CreateScannerRequest ScanRequestFor(model::TableId table, const model::Schema& schema,
                                              const model::RangeKey& range) {
  protocol::CreateScannerRequest request;
  request.table = ToMessage(table);
  request.schema_generation = schema.generation().get();
  request.bounds = ToMessage(range);
  request.block_bytes = kScanBlockBytes;
  return request;
}

}  // namespace cellar::client

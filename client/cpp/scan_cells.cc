#include "client/cpp/scan_cells.h"

#include "protocol/values.h"

namespace cellar::client {

protocol::CreateScannerRequest ScanRequestFor(model::TableId table, const model::Schema& schema,
                                              const model::RangeKey& range) {
  protocol::CreateScannerRequest request;
  request.table = protocol::ToMessage(table);
  request.schema_generation = schema.generation().get();
  request.bounds = protocol::ToMessage(range);
  request.block_bytes = kScanBlockBytes;
  return request;
}

}  // namespace cellar::client

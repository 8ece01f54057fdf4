#include "client/cpp/scan_cells.h"

#include "model/pseudo_table.h"
#include "protocol/values.h"

namespace cellar::client {

protocol::CreateScannerRequest ScanRequestFor(model::TableId table, const model::Schema& schema,
                                              const model::RangeKey& range) {
  protocol::CreateScannerRequest request;
  request.table = protocol::ToMessage(table);
  request.schema_generation = schema.generation().get();
  request.bounds = protocol::ToMessage(range);
  request.block_bytes = kScanBlockBytes;
  if (model::IsPseudo(schema)) request.__set_pseudo_table(std::string(model::kCellStoreIndex));
  return request;
}

}  // namespace cellar::client

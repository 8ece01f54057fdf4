#include "bench/read_out.h"

#include "bench/workload.h"

namespace cellar::bench {

Status ReadOut(client::Scanner& scanner, RunCost* cost) {
  model::CellView cell;
  while (scanner.Next(&cell)) {
    AddToDigest(cell.key.row, cell.value, &cost->digest);
    ++cost->operations;
  }
  return scanner.status();
}

}  // namespace cellar::bench

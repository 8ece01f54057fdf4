#include <cstddef>
#include <cstdint>

#include "common/base/check.h"
#include "thrift/packed/packed_cells.h"

// Whatever the bytes: no cell reaches outside them, and cells that were read can be written and read again.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cellar::thrift;  // NOLINT(google-build-using-namespace)
  const std::string_view buffer(reinterpret_cast<const char*>(data), size);
  PackedCellsReader reader(buffer);
  PackedCellsWriter writer(kPackedVersion2);
  PackedCell cell;
  uint64_t count = 0;
  while (reader.Next(&cell)) {
    for (const std::string_view part : {cell.row, cell.family, cell.qualifier, cell.value}) {
      CHECK(part.empty() || (part.data() >= buffer.data() && part.end() <= buffer.end()));
    }
    if (cell.family.size() > 255) return 0;
    CHECK(writer.Add(cell).ok());
    ++count;
  }
  const std::string again = writer.Finish();
  PackedCellsReader second(again);
  while (second.Next(&cell)) --count;
  CHECK(second.status().ok() && count == 0);
  return 0;
}

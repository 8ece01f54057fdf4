#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/check.h"
#include "thrift/packed/packed_cells.h"

namespace cellar::thrift {
namespace {

/// The cells of one version, written again in it or another; how many there are to be read.
class Copy {
 public:
  explicit Copy(int32_t version) : writer_(version) {}

  void Add(const PackedCell& cell) {
    if (writer_.Add(cell).ok()) ++count_;
  }
  void Check() {
    const std::string bytes = writer_.Finish();
    PackedCellsReader reader(bytes);
    PackedCell cell;
    while (reader.Next(&cell)) --count_;
    CHECK(reader.status().ok() && count_ == 0);
  }
  uint64_t count() const { return count_; }

 private:
  PackedCellsWriter writer_;
  uint64_t count_ = 0;
};

/// Whatever the bytes: no cell reaches outside them, and cells that were read can be written and read again: all of
/// them in version 2, those that it can hold in version 1.
void Attack(std::string_view buffer) {
  PackedCellsReader reader(buffer);
  Copy as_version1(kPackedVersion1);
  Copy as_version2(kPackedVersion2);
  PackedCell cell;
  uint64_t count = 0;
  while (reader.Next(&cell)) {
    for (const std::string_view part : {cell.row, cell.family, cell.qualifier, cell.value}) {
      CHECK(part.empty() || (part.data() >= buffer.data() && part.end() <= buffer.end()));
    }
    // No family has such a name, and what is written is cells of a table.
    if (cell.family.size() > 255 || cell.family.find('\0') != std::string_view::npos) return;
    as_version1.Add(cell);
    as_version2.Add(cell);
    CHECK(as_version2.count() == ++count);
  }
  as_version1.Check();
  as_version2.Check();
}

}  // namespace
}  // namespace cellar::thrift

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  cellar::thrift::Attack(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}

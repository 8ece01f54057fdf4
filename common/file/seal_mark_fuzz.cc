#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/check.h"
#include "common/file/seal_mark.h"

// Any bytes decode to an error or to a mark; a mark's valid bytes decode to the same again.

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using cellar::common::SealMark;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const cellar::Result<SealMark> mark = SealMark::Decode(bytes);
  if (!mark.ok()) return 0;
  CHECK(mark->valid_bytes <= size);
  const cellar::Result<SealMark> again = SealMark::Decode(bytes.substr(0, mark->valid_bytes));
  CHECK(again.ok() && again->lengths == mark->lengths && again->incarnation == mark->incarnation);
  return 0;
}

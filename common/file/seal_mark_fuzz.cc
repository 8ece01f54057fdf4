#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/check.h"
#include "common/bytes/coding.h"
#include "common/bytes/crc32c.h"
#include "common/file/seal_mark.h"

// Any bytes decode to an error or to a mark; a mark's valid bytes, and the mark written anew, decode to the same again.
// The first byte says whether the rest is a mark as it is, or the bodies of records, which then get a true header and
// true checksums: no fuzzer guesses those.

namespace {

using cellar::common::PutFixed32;
using cellar::common::Reader;
using cellar::common::SealMark;

std::string WithTrueChecksums(uint64_t word, std::string_view bodies) {
  std::string bytes = SealMark::EncodeWord(word) + SealMark::EncodeHeader().substr(sizeof(word));
  Reader reader(bodies);
  uint8_t length = 0;
  std::string_view body;
  while (reader.GetFixed8(&length) && reader.GetBytes(length, &body)) {
    std::string checked;
    PutFixed32(&checked, length);
    checked += body;
    PutFixed32(&bytes, cellar::common::Crc32c(checked));
    bytes += checked;
  }
  return bytes;
}

void CheckDecode(std::string_view bytes) {
  const cellar::Result<SealMark> mark = SealMark::Decode(bytes);
  if (!mark.ok()) return;
  CHECK(mark->valid_bytes <= bytes.size());
  const cellar::Result<SealMark> again = SealMark::Decode(bytes.substr(0, mark->valid_bytes));
  CHECK(again.ok() && again->lengths == mark->lengths && again->incarnation == mark->incarnation);
  if (!mark->is_complete()) return;
  const std::string written = SealMark::EncodeHeader() + SealMark::EncodeBegun(mark->incarnation) +
                              SealMark::EncodeLengths(mark->complete_incarnation, mark->lengths);
  const cellar::Result<SealMark> same = SealMark::Decode(written);
  CHECK(same.ok() && same->valid_bytes == written.size() && same->incarnation == mark->incarnation);
  CHECK(same->complete_incarnation == mark->complete_incarnation && same->lengths == mark->lengths);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  CheckDecode(data[0] < 4 ? WithTrueChecksums(data[0], rest) : std::string(rest));
  return 0;
}

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/check.h"
#include "common/bytes/coding.h"

// Reads fields of the kinds that the input itself names; nothing may be read past the end, a failed Get moves nothing.

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using cellar::common::Reader;
  Reader reader(std::string_view(reinterpret_cast<const char*>(data), size));
  uint8_t kind = 0;
  uint64_t checksum = 0;
  while (reader.GetFixed8(&kind)) {
    const size_t before = reader.offset();
    uint32_t n32 = 0;
    uint64_t n64 = 0;
    int64_t s64 = 0;
    std::string_view bytes;
    bool got = false;
    switch (kind % 8) {
      case 0:
        got = reader.GetVarint32(&n32);
        break;
      case 1:
        got = reader.GetVarint64(&n64);
        break;
      case 2:
        got = reader.GetZigZag64(&s64);
        break;
      case 3:
        got = reader.GetLengthPrefixed(&bytes);
        break;
      case 4:
        got = reader.GetFixed32(&n32);
        break;
      case 5:
        got = reader.GetBigEndian64(&n64);
        break;
      case 6:
        got = reader.GetBytes(kind, &bytes);
        break;
      default:
        got = reader.Skip(kind);
        break;
    }
    for (const char c : bytes) checksum += static_cast<uint8_t>(c);
    if (!got) CHECK(reader.offset() == before);
    CHECK(reader.offset() + reader.remaining_bytes() == size);
  }
  return static_cast<int>(checksum & 0);
}

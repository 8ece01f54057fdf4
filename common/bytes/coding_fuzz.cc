#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/check.h"
#include "common/bytes/coding.h"

// Reads fields of the kinds that the input itself names. Nothing is read past the end, a failed Get moves nothing, and
// what was read encodes to the same bytes again: every value has one encoding.

namespace {

using cellar::common::Reader;

/// Reads one value and writes it again. False: there is none.
template <typename T>
bool Copy(Reader* reader, bool (Reader::*get)(T*), void (*put)(std::string*, T), std::string* out) {
  T value{};
  if (!(reader->*get)(&value)) return false;
  put(out, value);
  return true;
}

bool CopyField(uint8_t kind, Reader* reader, std::string* out) {
  using namespace cellar::common;
  std::string_view bytes;
  switch (kind % 13) {
    case 0:
      return Copy(reader, &Reader::GetVarint32, PutVarint32, out);
    case 1:
      return Copy(reader, &Reader::GetVarint64, PutVarint64, out);
    case 2:
      return Copy(reader, &Reader::GetZigZag64, PutZigZag64, out);
    case 3:
      return Copy(reader, &Reader::GetLengthPrefixed, PutLengthPrefixed, out);
    case 4:
      return Copy(reader, &Reader::GetFixed8, PutFixed8, out);
    case 5:
      return Copy(reader, &Reader::GetFixed16, PutFixed16, out);
    case 6:
      return Copy(reader, &Reader::GetFixed32, PutFixed32, out);
    case 7:
      return Copy(reader, &Reader::GetFixed64, PutFixed64, out);
    case 8:
      return Copy(reader, &Reader::GetBigEndian16, PutBigEndian16, out);
    case 9:
      return Copy(reader, &Reader::GetBigEndian32, PutBigEndian32, out);
    case 10:
      return Copy(reader, &Reader::GetBigEndian64, PutBigEndian64, out);
    case 11:
      if (!reader->GetBytes(kind, &bytes)) return false;
      out->append(bytes);
      return true;
    default:
      bytes = reader->rest().substr(0, kind);
      if (!reader->Skip(kind)) return false;
      out->append(bytes);
      return true;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  Reader reader(input);
  uint8_t kind = 0;
  while (reader.GetFixed8(&kind)) {
    const size_t before = reader.offset();
    std::string again;
    if (!CopyField(kind, &reader, &again)) CHECK(reader.offset() == before);
    CHECK(reader.offset() + reader.remaining_bytes() == size);
    CHECK(again == input.substr(before, reader.offset() - before));
  }
  CHECK(reader.empty());
  return 0;
}

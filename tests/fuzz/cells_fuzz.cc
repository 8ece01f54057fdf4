// Frames of cells and encoded keys: bytes as they come, frames that the builder made, and those with bytes changed.

#include <fuzzer/FuzzedDataProvider.h>

#include <string>
#include <vector>

#include "common/base/check.h"
#include "model/cell_codec.h"

namespace cellar::model {
namespace {

constexpr Revision kBase{1'000};

KeyCodec CodecFrom(FuzzedDataProvider* input) {
  FamilySet oldest_first;
  oldest_first[3] = input->ConsumeBool();
  return KeyCodec(oldest_first);
}

/// What parses can be walked, and every key in it decodes to what encodes to the same bytes.
void CheckFrame(const std::string& frame, const KeyCodec& codec) {
  const Result<FrameView> parsed = ParseFrame(frame, CellLimits(), codec);
  if (!parsed.ok()) return;
  CellReader reader(parsed->cells);
  EncodedCell cell;
  uint32_t count = 0;
  std::string last;
  while (reader.Next(&cell)) {
    ++count;
    std::string key;
    AppendWholeKey(cell, kBase, codec, &key);
    Cell decoded;
    CHECK(codec.Decode(key, &decoded).ok());
    std::string again;
    codec.Encode(decoded.key(), &again);
    CHECK(again == key);
    CHECK(!parsed->sorted || last <= key);
    last = key;
  }
  CHECK(reader.status().ok());
  CHECK(count == parsed->cell_count);
}

void AttackKey(FuzzedDataProvider* input) {
  const KeyCodec codec = CodecFrom(input);
  const std::string bytes = input->ConsumeRemainingBytesAsString();
  Cell cell;
  if (!codec.Decode(bytes, &cell).ok()) return;
  std::string again;
  codec.Encode(cell.key(), &again);
  CHECK(again == bytes);
}

KeyFlag FlagFrom(FuzzedDataProvider* input) {
  return static_cast<KeyFlag>(input->ConsumeIntegralInRange<int>(0, kLargestKeyFlag));
}

std::string BuiltFrame(FuzzedDataProvider* input, const KeyCodec& codec) {
  FrameBuilder builder(codec);
  const int cells = input->ConsumeIntegralInRange<int>(1, 12);
  for (int i = 0; i < cells; ++i) {
    std::string row = input->ConsumeRandomLengthString(8);
    if (row.empty()) row = "r";
    std::string qualifier = input->ConsumeRandomLengthString(6);
    const std::string value = input->ConsumeRandomLengthString(6);
    KeyView key{row, FamilyId{input->ConsumeIntegralInRange<uint8_t>(kMinFamilyId, kMaxFamilyId)}, qualifier,
                FlagFrom(input)};
    if (key.flag == KeyFlag::kDeleteRow) key.family = FamilyId{0};
    if (key.flag == KeyFlag::kDeleteRow || key.flag == KeyFlag::kDeleteFamily) key.qualifier = "";
    const int64_t explicit_time = input->ConsumeIntegralInRange<int64_t>(kMinTimestamp, kMaxTimestamp);
    if (key.flag == KeyFlag::kDeleteVersion || input->ConsumeBool()) key.timestamp = explicit_time;
    builder.Add(key, IsDeleteMarker(key.flag) ? std::string_view() : std::string_view(value));
  }
  return builder.Build();
}

void AttackBuiltFrame(FuzzedDataProvider* input) {
  const KeyCodec codec = CodecFrom(input);
  std::string frame = BuiltFrame(input, codec);
  CHECK(ParseFrame(frame, CellLimits(), codec).ok());
  CheckFrame(frame, codec);
  while (input->remaining_bytes() > 2) {
    frame[input->ConsumeIntegralInRange<size_t>(0, frame.size() - 1)] ^= input->ConsumeIntegral<char>();
  }
  CheckFrame(frame, codec);
}

void AttackFrame(FuzzedDataProvider* input) {
  const KeyCodec codec = CodecFrom(input);
  CheckFrame(input->ConsumeRemainingBytesAsString(), codec);
}

}  // namespace
}  // namespace cellar::model

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzedDataProvider input(data, size);
  switch (input.ConsumeIntegralInRange<int>(0, 2)) {
    case 0:
      cellar::model::AttackKey(&input);
      break;
    case 1:
      cellar::model::AttackBuiltFrame(&input);
      break;
    default:
      cellar::model::AttackFrame(&input);
  }
  return 0;
}

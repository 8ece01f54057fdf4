// Frames of cells and encoded keys: bytes as they come, frames that the builder made, and those with bytes changed.

#include <fuzzer/FuzzedDataProvider.h>

#include <optional>
#include <string>
#include <string_view>

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

/// Where a cell's key lies among the bounds of its row, family and column.
void CheckBounds(std::string_view key, const Cell& cell) {
  CHECK(RowOfKey(key) == cell.row);
  CHECK(RowStart(cell.row) <= key && key < RowEnd(cell.row));
  const std::optional<std::string> end = RowPrefixEnd(cell.row);
  CHECK(!end || key < *end);
  if (cell.flag == KeyFlag::kDeleteRow) return;
  CHECK(FamilyStart(cell.row, cell.family) <= key && key < FamilyEnd(cell.row, cell.family));
  if (cell.flag == KeyFlag::kDeleteFamily) return;
  CHECK(ColumnStart(cell.row, cell.family, cell.qualifier) <= key);
  CHECK(key < ColumnEnd(cell.row, cell.family, cell.qualifier));
}

void AttackKey(FuzzedDataProvider* input) {
  const KeyCodec codec = CodecFrom(input);
  const std::string bytes = input->ConsumeRemainingBytesAsString();
  Cell cell;
  if (!codec.Decode(bytes, &cell).ok()) return;
  std::string again;
  codec.Encode(cell.key(), &again);
  CHECK(again == bytes);
  CheckBounds(bytes, cell);
}

KeyFlag FlagFrom(FuzzedDataProvider* input) {
  return static_cast<KeyFlag>(input->ConsumeIntegralInRange<int>(0, kLargestKeyFlag));
}

/// Few cells, or so many that they are sorted in another way.
std::string BuiltFrame(FuzzedDataProvider* input, const KeyCodec& codec) {
  FrameBuilder builder(codec);
  const int copies = input->ConsumeBool() ? 1 : 40;
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
    for (int copy = 0; copy < copies; ++copy) {
      row.back() = static_cast<char>(row.back() + 7);
      key.row = row;
      builder.Add(key, IsDeleteMarker(key.flag) ? std::string_view() : std::string_view(value));
    }
  }
  return builder.Build();
}

/// Who trusts a frame sees what who does not trust it sees.
void CheckTrusted(const std::string& frame, const FrameView& verified) {
  const Result<FrameView> trusted = ViewFrame(frame);
  CHECK(trusted.ok());
  CHECK(trusted->cell_count == verified.cell_count && trusted->families == verified.families);
  CHECK(trusted->rows.size() == verified.rows.size());
  for (size_t i = 0; i < trusted->rows.size(); ++i) {
    CHECK(trusted->rows[i].escaped_row == verified.rows[i].escaped_row);
    CHECK(trusted->cells_of(trusted->rows[i]) == verified.cells_of(verified.rows[i]));
    CHECK(trusted->rows[i].cell_count == verified.rows[i].cell_count);
  }
}

void AttackBuiltFrame(FuzzedDataProvider* input) {
  const KeyCodec codec = CodecFrom(input);
  std::string frame = BuiltFrame(input, codec);
  const Result<FrameView> parsed = ParseFrame(frame, CellLimits(), codec);
  CHECK(parsed.ok());
  CheckTrusted(frame, *parsed);
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

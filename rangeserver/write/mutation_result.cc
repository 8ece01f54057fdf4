#include "rangeserver/write/mutation_result.h"

#include "common/bytes/coding.h"
#include "model/cell_condition.h"
#include "storage/commitlog/group_directory.h"

namespace cellar::rangeserver {
namespace {

constexpr uint8_t kVersion = 1;
constexpr size_t kHeaderBytes = 4;  // Version, verdict, count.
constexpr size_t kMaxVarintBytes = 10;
static_assert(kHeaderBytes + model::kMaxReturnedCounters * kMaxVarintBytes <= storage::kMaxResultBytes);
static_assert(kHeaderBytes + model::kMaxConditions * 2 <= storage::kMaxResultBytes);

}  // namespace

std::string MutationResult::Encode() const {
  std::string out;
  common::PutFixed8(&out, kVersion);
  common::PutFixed8(&out, applied ? 1 : 0);
  common::PutVarint32(&out, static_cast<uint32_t>(applied ? counters.size() : failed.size()));
  if (applied) {
    for (const int64_t counter : counters) common::PutZigZag64(&out, counter);
  } else {
    for (const size_t index : failed) common::PutVarint32(&out, static_cast<uint32_t>(index));
  }
  return out;
}

Result<MutationResult> MutationResult::Decode(std::string_view bytes) {
  MutationResult result;
  if (bytes.empty()) return result;
  common::Reader in(bytes);
  uint8_t version = 0;
  uint8_t applied = 0;
  uint32_t count = 0;
  bool good = in.GetFixed8(&version) && version == kVersion && in.GetFixed8(&applied) && applied <= 1 &&
              in.GetVarint32(&count) && count <= in.remaining_bytes();
  result.applied = applied == 1;
  for (uint32_t i = 0; good && i < count; ++i) {
    uint32_t index = 0;
    good = result.applied ? in.GetZigZag64(&result.counters.emplace_back()) : in.GetVarint32(&index);
    if (!result.applied) result.failed.push_back(index);
  }
  if (!good || !in.empty()) return common::Corruption("the remembered result of a row mutation is malformed");
  return result;
}

}  // namespace cellar::rangeserver

#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

#include "common/base/unique_function.h"
#include "common/time/clock.h"

namespace cellar::common {

/// Everything that happens in a simulated world, as one running 64-bit number: the same seed gives the same number.
/// Nothing that depends on addresses, on hashing with a random seed or on real time may go in.
class SimTrace {
 public:
  struct Step {
    uint64_t number;
    Nanos time;
    std::string_view node;
    std::string_view kind;  ///< "loop", "timer", "job start", "job step", "job end", or the caller's.
    std::string_view name;
    uint64_t value;
  };

  void Add(Nanos time, std::string_view node, std::string_view kind, std::string_view name, uint64_t value = 0) {
    ++count_;
    Mix(static_cast<uint64_t>(time));
    MixText(node);
    MixText(kind);
    MixText(name);
    Mix(value);
    if (sink_) sink_(Step{count_, time, node, kind, name, value});
  }

  uint64_t hash() const { return hash_; }
  uint64_t count() const { return count_; }

  /// Shows each step to `sink`, to find where two runs part.
  void SetSink(UniqueFunction<void(const Step&)> sink) { sink_ = std::move(sink); }

 private:
  void Mix(uint64_t word) {
    hash_ = std::rotl(hash_ ^ (word * 0xC2B2AE3D27D4EB4FULL), 31) * 0x9E3779B185EBCA87ULL + 0x85EBCA77C2B2AE63ULL;
  }
  void MixText(std::string_view text) {
    uint64_t word = text.size();
    for (const char c : text) word = (word ^ static_cast<uint8_t>(c)) * 0x100000001B3ULL;
    Mix(word);
  }

  uint64_t hash_ = 0;
  uint64_t count_ = 0;
  UniqueFunction<void(const Step&)> sink_;
};

}  // namespace cellar::common

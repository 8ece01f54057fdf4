#pragma once

#include <cstdint>

namespace cellar::common {

/// The only source of chance. Not thread-safe: give each owner its own (`Fork`).
class Random {
 public:
  virtual ~Random() = default;

  /// Uniform over all 64-bit values.
  virtual uint64_t Next() = 0;

  /// Uniform in [0, bound). Requires bound > 0.
  uint64_t Uniform(uint64_t bound);

  /// True once in `n` on average. Requires n > 0.
  bool OneIn(uint64_t n) { return Uniform(n) == 0; }
};

/// xoshiro256** seeded by splitmix64 (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2018).
/// The same seed gives the same sequence on every machine and in every build.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(uint64_t seed);

  uint64_t Next() override;

  /// A generator whose sequence is independent of this one's further use.
  SeededRandom Fork() { return SeededRandom(Next()); }

 private:
  uint64_t state_[4];
};

/// A seed from the operating system, for production.
uint64_t SystemSeed();

}  // namespace cellar::common

namespace cellar {
using common::Random;
using common::SeededRandom;
}  // namespace cellar

#pragma once

#include <cstdint>

namespace cellar::common {

/// How a disk seals. Every value but the first plants a defect.
enum class SealConduct : uint8_t {
  kRight,
  kUnmarked,     ///< "seal-in-memory-only": who seals knows it, other processes' writers do not.
  kLengthsFirst  ///< "length-read-before-seal": what is written between the two is not counted.
};

}  // namespace cellar::common

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "common/base/fencing.h"
#include "common/base/result.h"

namespace cellar::common {

/// The content of a seal's mark file, `.seal` in the sealed directory (docs/internals/filesystem.md has the grammar and
/// an example in hex): a header whose first eight bytes are the word that writers look at after each sync, then records
/// that are only ever appended.
///
/// 1. The word is kOpen until the first record is there, and never becomes kOpen again.
/// 2. When the word is kComplete, the last record is a list of lengths, and durable.
/// 3. A list repeats every name of the lists before it, with the same length.
struct SealMark {
  static constexpr uint64_t kOpen = 0;      ///< Never sealed.
  static constexpr uint64_t kBegun = 1;     ///< A sealer is at work, or died at it.
  static constexpr uint64_t kComplete = 2;  ///< The lengths of the last sealer are stored.
  static constexpr size_t kHeaderBytes = 16;
  static constexpr size_t kMaxBytes = 256 << 20;

  using Lengths = std::map<std::string, uint64_t, std::less<>>;

  uint64_t word = kOpen;
  Incarnation incarnation;              ///< The highest that began to seal.
  Incarnation complete_incarnation;     ///< The highest that came to its end; none when none did.
  Lengths lengths;                      ///< By path below the directory; what readers may see.
  uint64_t valid_bytes = kHeaderBytes;  ///< End of the last valid record; what follows is a record cut off by a crash.

  bool is_complete() const { return !complete_incarnation.get().is_none(); }

  /// kCorruption when the header is not a mark's, when a damaged record is followed by a valid one, or when what the
  /// word promises is not there. A damaged last record is a crash's, and left out.
  static Result<SealMark> Decode(std::string_view bytes);

  static std::string EncodeHeader();  ///< With the word kOpen.
  static std::string EncodeWord(uint64_t word);
  static std::string EncodeBegun(Incarnation incarnation);
  static std::string EncodeLengths(Incarnation incarnation, const Lengths& lengths);
};

}  // namespace cellar::common

#include "model/bloom_spec.h"

#include <array>
#include <limits>

#include "model/error_codes.h"
#include "model/word_reader.h"

namespace cellar::model {

namespace {

Status BadFilter(std::string_view text, std::string_view why) {
  return common::InvalidArgument("bloom filter '" + std::string(text) + "': " + std::string(why))
      .WithDetail(kBadCommand);
}

std::optional<BloomSpec::Mode> ModeNamed(std::string_view name) {
  if (name == "none" || name == "disabled") return BloomSpec::Mode::kNone;
  if (name == "rows" || name == "row") return BloomSpec::Mode::kRows;
  for (const std::string_view row : {"rows", "row"}) {
    if (!name.starts_with(row)) continue;
    const std::string_view rest = name.substr(row.size());
    if (rest.empty() || (rest[0] != '+' && rest[0] != '-' && rest[0] != '_')) continue;
    if (rest.substr(1) == "cols" || rest.substr(1) == "col") return BloomSpec::Mode::kRowsAndColumns;
  }
  return std::nullopt;
}

/// Takes one option and its argument; false when either is bad. `*probability_written`: --false-positive was.
bool SetOption(std::string_view word, WordReader* words, BloomSpec* spec, bool* probability_written) {
  if (word == "--bits-per-item") {
    spec->bits_per_item = words->NextPositive(64).value_or(0);
    return spec->bits_per_item > 0;
  }
  if (word == "--num-hashes") {
    spec->hash_count = words->NextInt(1, 32).value_or(0);
    return spec->hash_count > 0;
  }
  if (word == "--false-positive") {
    const std::optional<double> probability = words->NextPositive(0.999);
    *probability_written = true;
    if (probability) spec->false_positive = *probability;
    return probability.has_value();
  }
  if (word == "--max-approx-items") {
    const std::optional<int> items = words->NextInt(1, std::numeric_limits<int>::max());
    if (items) spec->max_approx_items = static_cast<uint32_t>(*items);
    return items.has_value();
  }
  return false;
}

}  // namespace

Result<BloomSpec> BloomSpec::Parse(std::string_view text) {
  WordReader words(text);
  BloomSpec spec;
  const std::optional<Mode> mode = ModeNamed(words.Next());
  if (!mode) return BadFilter(text, "expected none, rows or rows+cols first");
  spec.mode = *mode;
  bool probability_written = false;
  for (std::string_view word = words.Next(); !word.empty(); word = words.Next())
    if (!SetOption(word, &words, &spec, &probability_written))
      return BadFilter(text, "bad option or argument at '" + std::string(word) + "'");
  if ((spec.bits_per_item > 0) != (spec.hash_count > 0))
    return BadFilter(text, "--bits-per-item and --num-hashes must be given together");
  if (spec.hash_count > 0 && probability_written)
    return BadFilter(text, "--false-positive excludes --bits-per-item and --num-hashes");
  return spec;
}

}  // namespace cellar::model

#include "model/compressor_spec.h"

#include "model/error_codes.h"
#include "model/word_reader.h"

namespace cellar::model {

namespace {

Status BadWord(std::string_view text, std::string_view word) {
  return common::InvalidArgument("compressor '" + std::string(text) + "': " +
                                 (word.empty() ? "a word is missing" : "'" + std::string(word) + "' is not known"))
      .WithDetail(kBadCompressorArgument);
}

/// The compressor that the first word names, with its defaults; false when there is none.
bool SetCompressor(std::string_view name, CompressorSpec* spec) {
  if (name == "none") {
    spec->compressor = Compressor::kNone;
  } else if (name == "snappy") {
    spec->compressor = Compressor::kSnappy;
  } else if (name == "lz4") {
    spec->compressor = Compressor::kLz4;
  } else if (name == "lzo" || name == "quicklz") {
    spec->compressor = Compressor::kLz4;
    spec->warning = "compressor " + std::string(name) + " is not available, lz4 is used";
  } else if (name == "zlib") {
    spec->compressor = Compressor::kZlib;
    spec->level = 6;
  } else if (name == "zstd") {
    spec->compressor = Compressor::kZstd;
    spec->level = 3;
  } else if (name == "bmz") {
    spec->compressor = Compressor::kZstd;
    spec->level = 3;
    spec->long_window = true;
    spec->warning = "compressor bmz is not available, zstd with a long window is used";
  } else {
    return false;
  }
  return true;
}

/// Takes one option word (and its argument) of the compressor named `name`; false when it does not have it.
bool SetOption(std::string_view name, std::string_view word, WordReader* words, CompressorSpec* spec) {
  constexpr int kLargest = 1 << 30;
  if (name == "zlib") {
    if (word == "-9" || word == "--best") {
      spec->level = 9;
    } else if (word == "--normal") {
      spec->level = 6;
    } else if (word == "--fast" || word == "-1") {
      spec->level = 1;
    } else {
      return false;
    }
    return true;
  }
  if (name == "zstd" && word == "--level") {
    const std::optional<int> level = words->NextInt(1, 19);
    spec->level = level.value_or(0);
    return level.has_value();
  }
  // Of the real bmz; accepted, without effect.
  if (name == "bmz" && (word == "--fp-len" || word == "--offset")) return words->NextInt(0, kLargest).has_value();
  return false;
}

}  // namespace

Result<CompressorSpec> CompressorSpec::Parse(std::string_view text) {
  WordReader words(text);
  CompressorSpec spec;
  const std::string_view name = words.Next();
  if (!SetCompressor(name, &spec)) return BadWord(text, name);
  for (std::string_view word = words.Next(); !word.empty(); word = words.Next())
    if (!SetOption(name, word, &words, &spec)) return BadWord(text, word);
  return spec;
}

}  // namespace cellar::model

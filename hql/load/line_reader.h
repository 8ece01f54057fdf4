#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "hql/load/byte_stream.h"

namespace cellar::hql {

/// The longest line: the largest value that a table may take, with every byte escaped, and row and column besides.
inline constexpr size_t kMaxLineBytes = 112 << 20;

/// The lines of a source. Borrows it. Memory: the longest line met, at most kMaxLineBytes.
class LineReader {
 public:
  explicit LineReader(ByteSource& source) : source_(source) {}

  /// The next line without its end; false at the end of the source. A last line need not have an end. The view holds
  /// until the next call. kInvalidArgument for a line that is too long.
  Result<bool> Next(std::string_view* line);

  /// Of the line that Next gave last, from 1; 0 before the first.
  uint64_t line_number() const { return line_number_; }

 private:
  Status Fill();

  ByteSource& source_;
  std::string buffer_;
  size_t begin_ = 0;    ///< Of what was not given out yet.
  size_t scanned_ = 0;  ///< Up to here, from begin_ on, there is no line end.
  bool ended_ = false;
  uint64_t line_number_ = 0;
};

}  // namespace cellar::hql

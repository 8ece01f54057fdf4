#pragma once

#include <cstdint>
#include <string>

namespace cellar::hql {

/// Where the shell's lines come from. One thread.
class LineInput {
 public:
  enum class Outcome : uint8_t {
    kLine,
    kEnd,          ///< No more lines.
    kInterrupted,  ///< SIGINT: what was typed is gone.
    kFailed,       ///< A line is too long, or the input cannot be read; `line` says which.
  };

  virtual ~LineInput() = default;

  /// The next line, without its end. `prompt` is shown when somebody sits there.
  virtual Outcome Read(const std::string& prompt, std::string* line) = 0;
};

}  // namespace cellar::hql

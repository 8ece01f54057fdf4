#pragma once

#include <cstddef>
#include <string>

namespace cellar::thrift {

inline constexpr size_t kFrameHeadBytes = 4;  ///< A frame's length.

/// An answer as it goes out: `bytes` up to `text_at`, then `text`, then the rest of `bytes`. So the one long string
/// that many answers consist of is not copied.
struct AnswerFrame {
  std::string bytes = std::string(kFrameHeadBytes, '\0');  ///< Begins with room for the frame's length.
  std::string text;
  size_t text_at = 0;

  AnswerFrame() = default;
  size_t size() const { return bytes.size() + text.size(); }
};

}  // namespace cellar::thrift

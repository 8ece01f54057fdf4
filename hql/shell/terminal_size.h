#pragma once

#include <cstddef>
#include <optional>

namespace cellar::hql {

struct TerminalSize {
  size_t rows = 0;
  size_t columns = 0;

  TerminalSize() = default;
};

/// Of the terminal behind `fd`; nothing when it is none, or does not say.
std::optional<TerminalSize> SizeOfTerminal(int fd);

}  // namespace cellar::hql

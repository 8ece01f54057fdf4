#include "hql/shell/terminal_size.h"

#include <sys/ioctl.h>

namespace cellar::hql {

std::optional<TerminalSize> SizeOfTerminal(int fd) {
  winsize window = {};
  if (::ioctl(fd, TIOCGWINSZ, &window) != 0 || window.ws_row == 0 || window.ws_col == 0) return std::nullopt;
  TerminalSize size;
  size.rows = window.ws_row;
  size.columns = window.ws_col;
  return size;
}

}  // namespace cellar::hql

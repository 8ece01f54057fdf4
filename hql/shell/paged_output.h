#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "hql/shell/terminal_size.h"
#include "hql/shell/text_output.h"

namespace cellar::hql {

/// The answer of one statement on its way to the output. With a pager, and a terminal at the other end, it is held
/// until it is longer than the screen, and then goes through the pager; a shorter one is written at its end. One
/// thread, but for `paging`.
class PagedOutput {
 public:
  explicit PagedOutput(TextOutput& output);
  ~PagedOutput();
  PagedOutput(const PagedOutput&) = delete;
  PagedOutput& operator=(const PagedOutput&) = delete;

  /// `pager`: a command for sh; empty: none.
  void Begin(const std::string& pager);

  /// Room to append whole lines to; follow it by Flush.
  std::string* buffer() { return held_ ? &held_text_ : stream().buffer(); }
  /// Writes what there is enough of. kIoError when nobody reads any more.
  Status FlushWhenFull();

  /// All of it is written; waits until the user has left the pager. What is wrong with the pager, if anything.
  Status End();

  /// Since Begin the user left the pager, before the end of the answer.
  bool left_early() const { return left_early_; }
  /// The terminal belongs to the pager.
  bool paging() const { return paging_; }

 private:
  struct Pager;

  TextOutput& stream();
  void CountRows();
  Status StartPager();

  TextOutput& output_;
  std::string pager_command_;
  TerminalSize screen_;
  bool held_ = false;      ///< Not known yet whether it fits.
  std::string held_text_;  ///< At most a screen.
  size_t counted_bytes_ = 0;
  size_t counted_rows_ = 0;
  std::unique_ptr<Pager> pager_;
  bool left_early_ = false;
  std::atomic<bool> paging_ = false;
};

/// The user's pager: PAGER, else `less -FRSX` where there is one, else none.
std::string DefaultPager();

}  // namespace cellar::hql

#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "hql/completion.h"
#include "hql/shell/interrupt_watch.h"
#include "hql/shell/line_input.h"

namespace cellar::hql {

/// Lines from a terminal, with editing, history and completion (libedit). Holds the terminal while a line is read only.
class LineEditor final : public LineInput {
 public:
  /// Completes the text up to the cursor; `after` is what follows it.
  using Completer = std::function<Completion(std::string_view text, std::string_view after)>;

  /// `input`, `output`: descriptors of the terminal. `history_file`: read now, written by the destructor.
  static Result<std::unique_ptr<LineEditor>> Open(int input, int output, const std::optional<std::string>& history_file,
                                                  Completer completer, InterruptWatch& watch);
  ~LineEditor() override;

  Outcome Read(const std::string& prompt, std::string* line) override;

 private:
  struct Terminal;
  explicit LineEditor(std::unique_ptr<Terminal> terminal);

  std::unique_ptr<Terminal> terminal_;
};

}  // namespace cellar::hql

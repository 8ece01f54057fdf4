#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cellar::hql {

/// The names that a statement may mean, for completion. May ask a server; answers with nothing when it cannot.
class NameSource {
 public:
  virtual ~NameSource() = default;

  virtual std::vector<std::string> Tables() = 0;      ///< Of the present namespace.
  virtual std::vector<std::string> Namespaces() = 0;  ///< Below the present namespace.
  virtual std::vector<std::string> Families(const std::string& table) = 0;
  virtual std::vector<std::string> Files(const std::string& prefix) = 0;  ///< That begin so; folders end with '/'.
};

/// What may stand at the cursor.
struct Completion {
  size_t replace_from = 0;              ///< The candidates stand for the text from here to the cursor.
  std::vector<std::string> candidates;  ///< Sorted; whole words, quoted where HQL needs it.

  Completion() = default;
};

/// Completes the last word of `text`, the beginning of a statement up to the cursor: keywords in capitals (small where
/// the word is written so), and names where the grammar takes a name. `after` is what follows the cursor: it may name
/// the table whose families are wanted.
Completion Complete(std::string_view text, std::string_view after, NameSource& names);

/// What all candidates begin with.
std::string CommonPrefix(const std::vector<std::string>& candidates);

}  // namespace cellar::hql

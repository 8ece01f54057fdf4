#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/random/random.h"
#include "hql/executor/interpreter.h"
#include "hql/load/memory_files.h"

namespace cellar::tests {

/// One session of the golden files (README.md): statements in, answers out as text. Borrows the database.
class GoldenSession {
 public:
  /// `before_statement` is called before each: where a clock may move on.
  explicit GoldenSession(
      hql::Database& database, std::function<void()> before_statement = [] {});

  /// The answer to one input of a golden file; "ok" when there is none.
  std::string Answer(const std::string& input);

  /// Makes the namespace and goes there.
  Status Enter(const std::string& name);

  hql::MemoryFiles& files() { return files_; }

 private:
  const std::function<void()> before_statement_;
  hql::MemoryFiles files_;
  common::SeededRandom random_{5};
  hql::Interpreter session_;
};

/// The golden files, in order.
std::vector<std::string> GoldenFiles();

/// The namespace that belongs to a golden file: letters and digits only.
std::string NamespaceOf(const std::string& file);

}  // namespace cellar::tests

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "hql/executor/answer_sink.h"
#include "thrift/gateway/calls/call_site.h"

namespace cellar::thrift {

/// How a statement is to be run.
struct StatementRequest {
  int64_t namespace_id = 0;
  std::string command;
  bool noflush = false;     ///< What writes gives its mutator, not flushed.
  bool unbuffered = false;  ///< SELECT gives its scanner.
  int32_t cells_version = 1;

  StatementRequest() = default;
};

/// What came of it, but for cells.
struct StatementAnswer {
  bool has_cells = false;  ///< Its answer is cells, also when there are none.
  std::optional<std::vector<std::string>> lines;
  std::optional<int64_t> scanner;
  std::optional<int64_t> mutator;

  StatementAnswer() = default;
};

/// Into one of the IDL's results of a statement.
template <typename Result>
void SetAllButCells(StatementAnswer answer, Result* out) {
  if (answer.lines) out->__set_results(*std::move(answer.lines));
  if (answer.scanner) out->__set_scanner(*answer.scanner);
  if (answer.mutator) out->__set_mutator(*answer.mutator);
}

/// Takes the cells of a SELECT.
class CellTaker {
 public:
  virtual ~CellTaker() = default;
  virtual Status Add(const model::CellView& cell, std::string_view family) = 0;
  virtual size_t size_bytes() const = 0;
};

/// A list of cells_out.h as a CellTaker.
template <typename List>
class ListTaker final : public CellTaker {
 public:
  explicit ListTaker(List& list) : list_(list) {}
  Status Add(const model::CellView& cell, std::string_view family) override { return list_.Add(cell, family); }
  size_t size_bytes() const override { return list_.size_bytes(); }

 private:
  List& list_;
};

/// Runs one statement (docs/reference/hql.md) in the namespace with that id, which it cannot leave (41). Files that it
/// names are below the import root, or refused (44).
Result<StatementAnswer> RunStatement(const CallSite& site, const StatementRequest& request, CellTaker& cells);

}  // namespace cellar::thrift

#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hql/load/cell_format.h"
#include "hql/shell/output_format.h"
#include "model/cell.h"

namespace cellar::hql {

/// Which columns the cells of a statement have.
struct AnswerColumns {
  bool revision = false;
  bool timestamp = false;
  bool keys_only = false;
  bool marker = false;  ///< What a cell deletes; with RETURN_DELETES.
  CellFormat::TimestampText timestamp_text = CellFormat::TimestampText::kDateTime;
  bool escaped = true;                 ///< Not so with NO_ESCAPE, for people: the bytes as they are.
  char separator = kDefaultSeparator;  ///< CSV: a tab means ','.

  AnswerColumns() = default;

  std::vector<std::string_view> Names() const;
  /// The fields of one cell, one a name. Keeps the strings of `fields` to write over.
  void Fields(const model::CellView& cell, std::string_view family, std::vector<std::string>* fields) const;
};

/// Turns the cells of one statement into text, one call after the other. Memory does not grow with their number.
class AnswerText {
 public:
  virtual ~AnswerText() = default;

  /// Before the first cell, also when there is none.
  virtual void Begin(std::string*) {}
  virtual void Cell(const model::CellView& cell, std::string_view family, std::string* out) = 0;
  /// After the last cell.
  virtual void End(std::string*) {}
};

/// For every format but kTsv, whose lines CellFormat makes.
std::unique_ptr<AnswerText> NewAnswerText(OutputFormat format, const AnswerColumns& columns);

/// A line of an answer that has no cells, as a JSON object: {"text":"…"}. Without a line end.
void AppendJsonTextLine(std::string_view line, std::string* out);

}  // namespace cellar::hql

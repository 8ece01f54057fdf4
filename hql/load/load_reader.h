#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/random/random.h"
#include "hql/load/line_reader.h"
#include "hql/load/load_layout.h"
#include "hql/load/load_options.h"
#include "model/key.h"
#include "model/schema.h"

namespace cellar::hql {

/// A cell of a file. The views hold until the next line is read.
struct LoadedCell {
  std::string_view row;
  std::string_view family;    ///< Name; empty in a row delete.
  model::FamilyId family_id;  ///< 0 without a schema and in a row delete.
  std::string_view qualifier;
  model::KeyFlag flag = model::KeyFlag::kInsert;
  int64_t timestamp = model::kAutomaticTimestamp;
  std::string_view value;

  LoadedCell() = default;
};

/// What a load has done so far, and what it left out.
struct LoadStats {
  uint64_t line_count = 0;  ///< Of data; the header is none.
  uint64_t cell_count = 0;
  uint64_t skipped_line_count = 0;
  uint64_t unknown_family_cell_count = 0;  ///< Left out by IGNORE_UNKNOWN_CFS.
  std::vector<std::string> skip_reasons;   ///< "line 17: …", of the first kMaxSkipReasons skipped lines.

  LoadStats() = default;
};

inline constexpr size_t kMaxSkipReasons = 20;

/// Reads the source of LOAD DATA INFILE line by line. A line that lacks something (fields, key, timestamp) is skipped,
/// counted, and its reason kept; a line that names something impossible (a bad timestamp, an unknown family, a row,
/// qualifier or value over its limit) ends the load with an error, and none of its cells is given out. One thread.
class LoadReader {
 public:
  /// Reads and checks the header. Borrows `source`, `schema` (null: nothing is stored, families are not checked) and
  /// `random` (for ROW_UNIQUIFY_CHARS). `header`: a header from elsewhere, with or without '#'; the source has none
  /// then.
  static Result<std::unique_ptr<LoadReader>> Open(ByteSource& source, const LoadOptions& options,
                                                  const model::Schema* schema, Random& random,
                                                  std::optional<std::string> header = std::nullopt);

  /// The cells of the next line that has any; false at the end. Errors name the line; the public code is 9 for what is
  /// wrong with a cell.
  Result<bool> Next(std::vector<LoadedCell>* cells);

  const LoadStats& stats() const { return stats_; }
  bool has_timestamps() const { return layout_.timestamp_field.has_value(); }
  uint64_t line_number() const { return lines_.line_number(); }

 private:
  LoadReader(ByteSource& source, const LoadOptions& options, const model::Schema* schema, Random& random);

  std::string_view WithoutCarriageReturn(std::string_view line) const;
  Status ReadLayout(const std::optional<std::string>& header);
  Status ReadLine(std::string_view line, std::vector<LoadedCell>* cells);
  Status ReadSingleCell(std::vector<LoadedCell>* cells);
  bool ReadColumn(std::string_view mark, LoadedCell* cell);  ///< False: skipped.
  bool ApplyDeleteMark(std::string_view mark, bool has_qualifier, LoadedCell* cell);
  Status ReadMultiCells(std::vector<LoadedCell>* cells);
  Result<bool> ReadTimestamp(int64_t* timestamp);  ///< False: skipped.
  Result<bool> MakeRow();
  void AppendUniqueEnd();
  std::string_view Unescaped(std::string_view field);        ///< Holds until the next line.
  std::string_view DecodedKeyField(std::string_view field);  ///< Holds until the next call.
  Status CheckCell(const LoadedCell& cell) const;
  void Skip(std::string_view reason);

  const LoadOptions options_;
  const model::Schema* const schema_;
  Random& random_;
  LineReader lines_;
  LoadLayout layout_;
  std::string first_line_;       ///< Data that was read while looking for a header,
  bool has_first_line_ = false;  ///< and was not given out yet.
  std::vector<std::string_view> fields_;
  std::string row_;  ///< Of the present line.
  std::string key_field_;
  std::string scratch_;  ///< Decoded fields of the present line; has room for all, so that views into it hold.
  LoadStats stats_;
};

}  // namespace cellar::hql

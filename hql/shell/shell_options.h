#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/base/status.h"
#include "common/time/clock.h"
#include "hql/files/stored_files.h"
#include "hql/load/cell_format.h"
#include "hql/shell/output_format.h"

namespace cellar::hql {

/// The options of `cellar shell` (HQL page, §16).
struct ShellOptions {
  std::vector<std::string> statements;      ///< -e, --execute: run these, in order, and end.
  std::optional<std::string> command_file;  ///< Run this and end; "-" is standard input.
  bool batch = false;                       ///< No prompt, end at the first error.
  bool no_prompt = false;
  bool test_mode = false;       ///< Nothing that changes from run to run: no timing, no welcome, no progress.
  bool output_only = false;     ///< Results and errors only.
  bool silent_startup = false;  ///< No welcome.
  bool no_log_sync = false;
  std::optional<OutputFormat>
      format;         ///< None: a table when the output is a terminal (and not in test mode), else TSV.
  std::string pager;  ///< For answers longer than the screen, when somebody sits there; empty: none.
  CellFormat::TimestampText timestamp_text = CellFormat::TimestampText::kDateTime;
  std::string name_space = "/";             ///< Where to begin.
  std::function<Status()> probe;            ///< Whether the cluster answers, told soon. None: it is not asked.
  OpenClusterFiles open_cluster_files;      ///< For files named fs://; none: they are refused.
  std::optional<Nanos> wait;                ///< Wait so long for it before the first statement; else it must be there.
  std::optional<std::string> history_file;  ///< Of the editor; none when absent.
  std::string version;                      ///< For the welcome.

  ShellOptions() = default;
};

/// What the shell ends with. A script whose last statement is STATUS ends with its level, 0 to 3; one whose last
/// statement is an UPDATE or INSERT with conditions that did not hold, with kExitNotApplied.
inline constexpr int kExitOk = 0;
inline constexpr int kExitUsage = 1;            ///< Options, a file that cannot be read, no connection.
inline constexpr int kExitStatementFailed = 2;  ///< Of -e, --command-file, --batch.
inline constexpr int kExitWaitedTooLong = 3;
inline constexpr int kExitNotApplied = 4;

}  // namespace cellar::hql

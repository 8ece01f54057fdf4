#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/fencing.h"
#include "model/ids.h"

namespace cellar::model {

// Names of files and directories that several roles must agree on (docs/internals/roles.md, "Files").

/// "0000000001.0000000002": sorts as the numbers do.
std::string IncarnationName(Incarnation incarnation);
/// nullopt when `name` is not exactly one.
std::optional<Incarnation> ParseIncarnationName(std::string_view name);

inline constexpr std::string_view kServersDirectory = "servers";
/// "servers/rs1/0000000001.0000000002"
std::string IncarnationDirectory(const Location& location, Incarnation incarnation);

inline constexpr std::string_view kTablesDirectory = "tables";
/// "tables/1-7"
std::string TableDirectory(TableId table);
/// Of "1-7".
std::optional<TableId> ParseTableDirectoryName(std::string_view name);

/// "tables/1-7/0000000200000001"
std::string CellStorePath(TableId table, FileId file);
/// Of "0000000200000001".
std::optional<FileId> ParseCellStoreName(std::string_view name);

/// The block of a file's id, which tells the incarnation that wrote it.
constexpr uint32_t FileIdBlock(FileId file) {
  return static_cast<uint32_t>(file.get() >> 32);
}

}  // namespace cellar::model

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "model/schema.h"

namespace cellar::model {

// Pseudo-tables: what is known of a table, read as if it were a table. `t^.cellstore.index` lists the blocks of t's
// CellStores: a row for each first row of a block, its columns qualified by file and offset.

/// The only one there is.
inline constexpr std::string_view kCellStoreIndex = "cellstore.index";

/// A path that names one: "/n/t^.cellstore.index".
struct PseudoTableName {
  std::string table_path;  ///< "/n/t"
  std::string part;        ///< kCellStoreIndex
};

/// nullopt: the path names no pseudo-table. kInvalidArgument (54): it has the form of one that does not exist.
Result<std::optional<PseudoTableName>> ParsePseudoTable(std::string_view path);

/// OK unless ParsePseudoTable gives a name or an error: they are neither made, changed nor written (58).
Status CheckNoPseudoTable(std::string_view path);

/// Families of `t^.cellstore.index`.
namespace cellstore_index_family {
inline constexpr FamilyId kSize{1};            ///< Bytes of the block, unpacked.
inline constexpr FamilyId kCompressedSize{2};  ///< Bytes in the file, with the frame's header.
inline constexpr FamilyId kKeyCount{3};        ///< Cells.
}  // namespace cellstore_index_family

/// The schema of `t^.cellstore.index`, the same for every t. Its generation is no table's.
std::shared_ptr<const Schema> CellStoreIndexSchema();

/// Whether it is the schema of a pseudo-table.
bool IsPseudo(const Schema& schema);

/// What is said of writes and changes.
Status PseudoTableIsReadOnly();

}  // namespace cellar::model

#pragma once

#include <functional>
#include <string_view>

#include "common/base/status.h"
#include "storage/cellstore/cellstore_reader.h"

namespace cellar::storage {

/// How much of a file is told. The trailer always is.
struct CellStoreDumpOptions {
  bool blocks = false;  ///< One line a data block, leaf and filter.
  bool cells = false;   ///< One line a cell.
};

/// The file as text for people, handed to `write` piece by piece. The format may change; scripts use JSON elsewhere.
Status DumpCellStore(const CellStoreReader& reader, const CellStoreDumpOptions& options,
                     const std::function<void(std::string_view)>& write);

}  // namespace cellar::storage

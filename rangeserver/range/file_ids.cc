#include "rangeserver/range/file_ids.h"

#include <cstdio>

namespace cellar::rangeserver {

Result<model::FileId> FileIdSequence::Next() {
  const uint64_t number = next_.fetch_add(1);
  if (number >= (uint64_t{1} << 32)) return common::NoSpace("no file ids are left in block " + std::to_string(block_));
  return model::FileId{(uint64_t{block_} << 32) | number};
}

std::string TableDirectory(model::TableId table) {
  return "tables/" + std::to_string(table.space) + "-" + std::to_string(table.number);
}

std::string CellStorePath(model::TableId table, model::FileId file) {
  char name[17];
  std::snprintf(name, sizeof(name), "%016llx", static_cast<unsigned long long>(file.get()));
  return TableDirectory(table) + "/" + name;
}

}  // namespace cellar::rangeserver

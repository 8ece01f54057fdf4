#pragma once

#include "client/cpp/system_tables.h"
#include "rangeserver/ranges/range_rows.h"

namespace cellar::rangeserver {

/// Rows in METADATA, wherever its ranges are served.
class MetadataRangeRows final : public RangeRows {
 public:
  explicit MetadataRangeRows(client::SystemTables tables) : tables_(tables) {}

  Task<Result<std::optional<model::RangeRecord>>> Read(model::RangeKey range, Deadline deadline) override;
  Task<Status> Write(model::RangeRecord known, model::RangeRecord changed, Deadline deadline) override;

 private:
  client::SystemTables tables_;
};

}  // namespace cellar::rangeserver

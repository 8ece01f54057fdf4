#pragma once

#include <memory>

#include "rangeserver/write/frame_router.h"
#include "rangeserver/write/write_pipeline.h"
#include "storage/commitlog/log_identity.h"

namespace cellar::rangeserver {

/// A server's three pipelines, open from registration to stop. Loop only.
struct Pipelines {
  std::unique_ptr<WritePipeline> root;
  std::unique_ptr<WritePipeline> metadata;
  std::unique_ptr<WritePipeline> user;

  Pipelines() = default;
  WritePipeline& For(storage::LogClass log_class) const { return *Find(log_class); }
  WritePipeline* Find(storage::LogClass log_class) const;  ///< Null before it is open.
  WritePipeline& For(const model::RangeKey& range) const { return For(LogClassOf(range)); }
  /// Of the range that holds `row`.
  WritePipeline& For(model::TableId table, std::string_view row) const;
};

}  // namespace cellar::rangeserver

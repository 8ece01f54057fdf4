#pragma once

#include <cstdint>

#include "common/base/status.h"
#include "model/error_codes.h"
#include "protocol/gen/common_types.h"

namespace cellar::rangeserver {

/// What SET gave to the whole cluster, as far as this server has heard of it: from the master that set it, and with
/// each order to load a range. Loop only.
class ClusterVariables {
 public:
  /// Words that overtook each other do no harm: the highest generation holds.
  void HearOf(const protocol::ClusterVariables& variables) {
    if (variables.generation <= generation_) return;
    generation_ = variables.generation;
    read_only_ = variables.read_only;
  }

  /// Whether users' tables may be written.
  Status CheckWritable() const {
    if (!read_only_) return common::OkStatus();
    return common::Conflict("the cluster is read-only (SET READONLY=false ends it)").WithDetail(model::kReadOnly);
  }

 private:
  int64_t generation_ = 0;
  bool read_only_ = false;
};

}  // namespace cellar::rangeserver

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/time/clock.h"
#include "model/ids.h"
#include "rangeserver/scan/scan_limits.h"

namespace cellar::rangeserver {

/// Where a scan stands between two cells: what another scanner, on this server or another, needs to go on. Travels to
/// the client and back as opaque bytes, so it is checked like any other input. docs/internals/scan.md.
struct ScanPosition {
  bool row_is_complete = true;
  uint32_t interval = 0;  ///< kEachInOrder: place of the interval.
  model::Revision snapshot;
  Nanos now = 0;
  ScanLimits::Counts counts;  ///< Before the row of `key`; behind it when it is complete.
  std::string key;            ///< The last cell given; of a complete row only its row and terminator;
                              ///< empty: no row of the interval yet.

  ScanPosition() = default;

  std::string Encode() const;
  /// kInvalidArgument; kUnsupported for a newer version.
  static Result<ScanPosition> Decode(std::string_view bytes);

  friend bool operator==(const ScanPosition&, const ScanPosition&) = default;
};

}  // namespace cellar::rangeserver

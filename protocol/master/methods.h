#pragma once

#include <cstdint>

namespace cellar::protocol {

/// Method numbers of a master. A number is never used again.
enum class MasterMethod : uint16_t {
  kCreateNamespace = 101,
  kDropNamespace = 102,
  kCreateTable = 103,
  kDropTable = 104,
  kRenameTable = 105,
  kAlterTable = 106,
  kOpenTable = 107,
  kListNamespace = 108,
  kRegisterServer = 109,
  kServerReady = 110,
  kMasterStatus = 111,
  kSetVariables = 112,
};

}  // namespace cellar::protocol

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "client/cpp/include/client.h"
#include "common/base/result.h"
#include "common/file/file_system.h"
#include "common/time/clock.h"

namespace cellar::tools {

/// Opens the file system that `url` names, for a process that is no role: "broker://host:port". `user`: who asks, for
/// the broker's log. Blocks up to the broker's connect timeout.
Result<std::unique_ptr<FileSystem>> OpenSharedFiles(const std::string& url, const Clock& clock, std::string_view user);

/// Opens the files of a running cluster's tables where its master says that they are: through the broker, or in the
/// directory of the one machine, which has to be this one. Borrows all. Blocks.
Result<std::shared_ptr<FileSystem>> OpenClusterFiles(client::Client& client, const Clock& clock, std::string_view user);

}  // namespace cellar::tools

#pragma once

#include <memory>

#include "client/cpp/include/client.h"
#include "hql/executor/database.h"

namespace cellar::hql {

/// The Database over a cluster. Borrows the client. Thread-safe as the client is.
std::unique_ptr<Database> NewClientDatabase(client::Client& client);

}  // namespace cellar::hql

#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "client/cpp/include/client.h"
#include "hql/executor/database.h"

namespace cellar::hql {

/// What somebody wants done in place of the client's own way, or told. Any may be empty.
struct ClientDatabaseHooks {
  std::function<std::unique_ptr<CellWriter>(const std::shared_ptr<client::Table>&, std::optional<model::Durability>)>
      new_writer;
  std::function<Result<std::shared_ptr<CellScanner>>(const std::shared_ptr<client::Table>&, model::ScanSpec)>
      new_scanner;
  std::function<void(std::string_view path)>
      on_change;  ///< This table's name or schema was, or may have been, changed.

  ClientDatabaseHooks() = default;
};

/// The Database over a cluster. Borrows the client. Thread-safe as the client is.
std::unique_ptr<Database> NewClientDatabase(client::Client& client, ClientDatabaseHooks hooks = ClientDatabaseHooks());

}  // namespace cellar::hql

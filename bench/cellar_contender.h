#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bench/contender.h"
#include "bench/server_process.h"
#include "client/cpp/include/client.h"

namespace cellar::bench {

/// Cellar as its users meet it: a server process, and the client library in this one, over TCP. Each writer has a
/// client, that is a connection and a loop, of its own; readers share one.
class CellarContender final : public Contender {
 public:
  static Result<std::unique_ptr<CellarContender>> Start(const ServerOptions& options);

  Result<RunCost> Insert(const Dataset& data, size_t writers) override;
  Status Settle(RunCost* cost) override;
  Status Compact() override;
  Result<RunCost> Scan() override;
  Result<RunCost> Read(const Dataset& data, const ReadShape& shape) override;
  Result<Footprint> Measure() override;
  Contents Expected(const Dataset& data) const override { return data.all_cells(); }

  uint64_t empty_resident_bytes() const { return empty_resident_bytes_; }
  const ServerProcess& server() const { return *server_; }

 private:
  explicit CellarContender(std::unique_ptr<ServerProcess> server) : server_(std::move(server)) {}

  Result<std::unique_ptr<client::Client>> Connect() const;

  std::unique_ptr<ServerProcess> server_;
  std::unique_ptr<client::Client> client_;
  std::shared_ptr<client::Table> table_;
  uint64_t empty_resident_bytes_ = 0;
};

}  // namespace cellar::bench

#pragma once

#include <memory>
#include <string>
#include <utility>

#include "lockservice/embedded/lock_server.h"
#include "master/service/master.h"
#include "rangeserver/service/range_server.h"
#include "rpc/rpc_server.h"
#include "tests/sim/sim_process.h"

namespace cellar::sim {

/// How the roles of one world are set: small enough that everything happens within a few thousand cells.
struct SimOptions {
  Nanos lease = 3 * kSecond;
  rangeserver::RangeServerOptions range_server;
  master::MasterOptions master;

  SimOptions() = default;
  /// Drawn by the seed.
  static SimOptions Draw(Random& random);
};

class LockServiceProcess final : public SimProcess {
 public:
  LockServiceProcess(const SimMachine& machine, uint64_t seed) : SimProcess(machine, "lockservice", seed) {}
  ~LockServiceProcess() override { Bury(); }

 private:
  Task<Status> Run() override;
  void DestroyRole() override;

  std::unique_ptr<lockservice::LockServer> server_;
  std::unique_ptr<rpc::RpcServer> rpc_server_;
};

class MasterProcess final : public SimProcess {
 public:
  MasterProcess(const SimMachine& machine, std::string node, uint64_t seed, const SimOptions& options)
      : SimProcess(machine, std::move(node), seed), options_(options) {}
  ~MasterProcess() override { Bury(); }

  bool recovered() const { return master_ != nullptr && master_->recovered(); }

 private:
  Task<Status> Run() override;
  void DestroyRole() override { master_.reset(); }

  const SimOptions& options_;
  std::unique_ptr<master::Master> master_;
};

class RangeServerProcess final : public SimProcess {
 public:
  /// `location`: the one it was before, and is again.
  RangeServerProcess(const SimMachine& machine, std::string node, uint64_t seed, const SimOptions& options,
                     std::string location)
      : SimProcess(machine, std::move(node), seed), options_(options), location_(std::move(location)) {}
  ~RangeServerProcess() override { Bury(); }

  const rangeserver::RangeServer* server() const { return server_.get(); }

 private:
  Task<Status> Run() override;
  void DestroyRole() override { server_.reset(); }

  const SimOptions& options_;
  const std::string location_;
  std::unique_ptr<rangeserver::RangeServer> server_;
};

}  // namespace cellar::sim

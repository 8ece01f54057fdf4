#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/cpp/cluster_directory.h"
#include "client/cpp/frame_update.h"
#include "client/cpp/range_locator.h"
#include "client/cpp/scan_stream.h"
#include "client/cpp/table_schemas.h"
#include "common/concurrency/sim_scheduler.h"
#include "model/metadata_row.h"
#include "rpc/memory/memory_transport.h"
#include "rpc/rpc_client.h"
#include "tests/support/scripted_range_server.h"

namespace cellar::client {

/// A ClusterDirectory that a test fills in.
class FixedDirectory final : public ClusterDirectory {
 public:
  Task<Result<std::string>> MasterAddress(Deadline deadline) override;
  Task<Result<model::Location>> RootLocation(Deadline deadline) override;
  Task<Result<std::string>> AddressOf(model::Location location, Deadline deadline) override;
  void Forget() override { ++forget_count; }

  std::map<std::string, std::string> addresses;  ///< By location.
  int forget_count = 0;
};

/// For tests: a client's coroutines in a simulated world with two scripted range servers, rs1 and rs2. rs1 serves
/// METADATA, whose rows are `ranges`, and the catalog. Driving thread only.
class ClientWorld {
 public:
  explicit ClientWorld(uint64_t seed = 7);
  ~ClientWorld();

  /// METADATA says from now on that `location` serves (start, end] of the table; empty bounds are unbounded. Drops what
  /// it said of ranges that overlap.
  void Place(const std::string& start, const std::string& end, const std::string& location);

  /// ALTER TABLE, as the catalog says from now on. Servers answer as they are told; `schema` stays.
  void Alter(const std::vector<model::SchemaAlteration>& alterations);
  /// The table is in the catalog no more.
  void DropTable() { altered = nullptr; }

  /// A frame with one cell for each of the rows, in this order.
  TableFrame Frame(const std::vector<std::string>& rows) const;
  /// And one of these cells, checked against `schema`.
  TableFrame FrameOf(const std::vector<model::Cell>& cells) const;
  /// The rows of one frame of an update, from its attachment.
  std::vector<std::string> RowsOf(const protocol::UpdateRequest& request, const std::string& attachment,
                                  size_t frame = 0) const;
  /// A block with one cell, "v", for each of the rows.
  std::string Block(const std::vector<std::string>& rows) const;

  /// The answer that rs1 is about to give is lost, and then the connection breaks.
  void LoseAnswerOfRs1();

  template <typename T>
  T Run(Task<T> task) {
    return world.Run(node, std::move(task));
  }
  Deadline In(Nanos time) { return Deadline::After(node.clock(), time); }
  UpdateSeams updates() { return UpdateSeams{node, locator, stub, numbers, lanes, random, 0, &schemas}; }
  ScanSeams scans() { return ScanSeams{node, locator, stub, random, &schemas}; }

  SimScheduler world;
  rpc::MemoryNetwork network{world};
  SimExecutor node{world, "client"};
  SimExecutor node1{world, "rs1"};
  SimExecutor node2{world, "rs2"};
  rpc::MemoryTransport transport{network, node};
  rpc::MemoryTransport transport1{network, node1};
  rpc::MemoryTransport transport2{network, node2};

  static constexpr model::TableId kTable{2, 5};
  std::vector<model::RangeRecord> ranges;
  std::shared_ptr<const model::Schema> schema;   ///< One family, "f", with id 1.
  std::shared_ptr<const model::Schema> altered;  ///< As the catalog has it.
  int catalog_scan_count = 0;
  FixedDirectory directory;
  SeededRandom random{5};
  ScriptedRangeServer rs1;
  ScriptedRangeServer rs2;
  rpc::RpcClient client{node, transport, random};
  protocol::RangeServerStub stub{client};
  RangeLocator locator{directory, stub};
  TableSchemas schemas{ScanSeams{node, locator, stub, random}};
  BatchNumbers numbers{model::SessionId(77)};
  MutationLanes lanes{random};

 private:
  Result<protocol::ScanBlockResponse> ScanSystemTable(const protocol::CreateScannerRequest& request,
                                                      std::string* attachment);
  std::vector<model::Cell> Metadata(const model::RangeKey& range) const;
  std::vector<model::Cell> Catalog() const;
};

}  // namespace cellar::client

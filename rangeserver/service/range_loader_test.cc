#include "rangeserver/service/range_loader.h"

#include <gtest/gtest.h>

#include "common/file/memory_file_system.h"
#include "lockservice/lease.h"
#include "model/system_schemas.h"
#include "protocol/values.h"
#include "rangeserver/range/file_ids.h"
#include "tests/support/client_world.h"

namespace cellar::rangeserver {
namespace {

using client::ClientWorld;
using model::RangeState;

Epoch EpochOf(uint64_t counter) {
  return Epoch(FencingNumber{.term = 1, .counter = counter});
}

/// METADATA as one row, with errors to order.
class OneRow final : public RangeRows {
 public:
  Task<Result<std::optional<model::RangeRecord>>> Read(model::RangeKey range, Deadline) override {
    ++read_count;
    if (!record || record->range != range) co_return std::optional<model::RangeRecord>();
    co_return record;
  }
  Task<Status> Write(model::RangeRecord known, model::RangeRecord changed, Deadline) override {
    if (!next_write.ok()) co_return std::exchange(next_write, Status());
    if (known.epoch != record->epoch || known.manifest != record->manifest) co_return common::Conflict("changed");
    record = std::move(changed);
    co_return common::OkStatus();
  }

  std::optional<model::RangeRecord> record;
  Status next_write;
  int read_count = 0;
};

/// A loader with a pipeline for users' ranges, in the world of a client that asks for schemas.
class RangeLoaderTest : public testing::Test {
 protected:
  RangeLoaderTest() {
    environment_.files = &disk_;
    environment_.clock = &world_.node.clock();
    environment_.file_ids = &file_ids_;
    environment_.incarnation = Incarnation(FencingNumber{.term = 1, .counter = 1});
    lease_.Extend(world_.node.clock().BootNow());
    rows_.metadata = &row_;
    storage::LogIdentity identity;
    identity.incarnation = environment_.incarnation;
    auto log = GroupLog::Open(disk_, "servers/rs1/log/user", identity, storage::LogWriterOptions(), faults_);
    WriteSeams writing(world_.node, ranges_, lease_, faults_);
    pipelines_.user =
        std::make_unique<WritePipeline>(std::move(writing), std::move(log).value(), WritePipelineOptions());
    RangeLoader::Seams seams{world_.node, disk_,      environment_,
                             location_,   ranges_,    rows_,
                             pipelines_,  compactor_, client::SystemTables(world_.updates(), world_.scans()),
                             faults_,     Logger()};
    loader_ = std::make_unique<RangeLoader>(std::move(seams));
    world_.Place("", "", "rs1");
    Grant(model::RangeKey(model::kCatalogTable, std::nullopt, std::nullopt), 1);
  }
  ~RangeLoaderTest() override { CHECK(world_.Run(pipelines_.user->Close()).ok()); }

  void Grant(const model::RangeKey& range, uint64_t epoch) {
    model::RangeRecord record;
    record.range = range;
    record.location = location_;
    record.incarnation = environment_.incarnation;
    record.epoch = EpochOf(epoch);
    row_.record = record;
  }
  Status Load(uint64_t epoch, int64_t master_term = 1) {
    protocol::LoadRangeRequest request;
    request.__set_master_term(master_term);
    request.range = protocol::ToRangeId(row_.record->range);
    request.epoch = protocol::ToMessage(EpochOf(epoch).get());
    return world_.Run(loader_->Load(request));
  }
  Status Unload(uint64_t epoch, bool dropped = false) {
    protocol::UnloadRangeRequest request;
    request.range = protocol::ToRangeId(row_.record->range);
    request.epoch = protocol::ToMessage(EpochOf(epoch).get());
    request.dropped = dropped;
    return world_.Run(loader_->Unload(request));
  }
  std::shared_ptr<LoadedRange> loaded() const { return ranges_.FindExactly(row_.record->range); }
  /// A cell in the range's cache.
  void Write() {
    const model::Cell cell("row", model::catalog_family::kEntry, "q", model::KeyFlag::kInsert,
                           model::kAutomaticTimestamp, model::Revision(), "v");
    model::FrameBuilder builder(model::CatalogSchema()->key_codec());
    builder.Add(cell.view());
    WriteBatch batch;
    batch.table = model::kCatalogTable;
    batch.generation = model::CatalogSchema()->generation();
    batch.frame = builder.Build();
    const auto written = world_.Run(pipelines_.user->Write(std::move(batch)));
    ASSERT_TRUE(written.ok() && written->refused.empty());
  }

  ClientWorld world_;
  MemoryFileSystem disk_;
  FaultPoints faults_;
  lockservice::Lease lease_{world_.node.clock(), 1000 * kSecond};
  FileIdSequence file_ids_{1};
  RangeEnvironment environment_;
  const model::Location location_{"rs1"};
  LoadedRanges ranges_;
  OneRow row_;
  RowStores rows_;
  Pipelines pipelines_;
  common::CancellationSource stop_;
  RangeCompactor compactor_{world_.node, rows_, faults_, Logger(), stop_.token()};
  std::unique_ptr<RangeLoader> loader_;
};

TEST_F(RangeLoaderTest, Load_Serves_AndTheRowSaysSo) {
  EXPECT_TRUE(Load(1).ok());
  ASSERT_NE(loaded(), nullptr);
  EXPECT_EQ(loaded()->state, LoadedRange::State::kServing);
  EXPECT_EQ(row_.record->state, RangeState::kServing);
}

TEST_F(RangeLoaderTest, LoadingAgain_UnderTheSameEpoch_ChangesNothing) {
  EXPECT_TRUE(Load(1).ok());
  const auto range = loaded()->range;
  const int reads = row_.read_count;
  EXPECT_TRUE(Load(1).ok());
  EXPECT_EQ(loaded()->range, range);
  EXPECT_EQ(row_.read_count, reads);
}

TEST_F(RangeLoaderTest, ALaterMaster_IsHeardOf_AndTheOneBeforeIsFenced) {
  ASSERT_TRUE(Load(1).ok());
  EXPECT_EQ(ranges_.master_term(), 1u);
  EXPECT_TRUE(Load(1, 3).ok()) << "it is served already";
  EXPECT_EQ(ranges_.master_term(), 3u);
  EXPECT_TRUE(Load(1, 2).Is(StatusCode::kFenced));
  EXPECT_TRUE(Load(2, 4).Is(StatusCode::kBusy)) << "under another epoch";
  EXPECT_EQ(ranges_.master_term(), 4u) << "heard of all the same";
}

TEST_F(RangeLoaderTest, OnlyTheRowGrants_WhateverTheOrderSays) {
  EXPECT_TRUE(Load(2).Is(StatusCode::kNotOwner));
  row_.record->location = model::Location("rs2");
  EXPECT_TRUE(Load(1).Is(StatusCode::kNotOwner));
  row_.record->location = location_;
  row_.record->incarnation = Incarnation(FencingNumber{.term = 1, .counter = 9});
  EXPECT_TRUE(Load(1).Is(StatusCode::kNotOwner));
  row_.record->incarnation = environment_.incarnation;
  row_.record->state = RangeState::kDropping;
  EXPECT_TRUE(Load(1).Is(StatusCode::kNotOwner));
  EXPECT_EQ(loaded(), nullptr);
}

TEST_F(RangeLoaderTest, ARangeWithoutRow_OrTableWithoutSchema_IsNotFound) {
  const model::RangeKey user(ClientWorld::kTable, std::nullopt, std::nullopt);
  Grant(user, 1);
  world_.DropTable();  // the catalog answers with nothing
  EXPECT_TRUE(Load(1).Is(StatusCode::kNotFound));
  EXPECT_EQ(loaded(), nullptr);
  row_.record->range = model::RangeKey(ClientWorld::kTable, std::nullopt, "m");
  protocol::LoadRangeRequest request;
  request.range = protocol::ToRangeId(user);
  request.epoch = protocol::ToMessage(EpochOf(1).get());
  EXPECT_TRUE(world_.Run(loader_->Load(request)).Is(StatusCode::kNotFound));
}

TEST_F(RangeLoaderTest, ARangeThatOverlaps_IsAConflict) {
  EXPECT_TRUE(Load(1).ok());
  Grant(model::RangeKey(model::kCatalogTable, std::nullopt, "m"), 1);
  EXPECT_TRUE(Load(1).Is(StatusCode::kConflict));
}

TEST_F(RangeLoaderTest, ARowThatChangedMeanwhile_LeavesTheRangeUnserved) {
  row_.next_write = common::Conflict("another epoch");
  EXPECT_TRUE(Load(1).Is(StatusCode::kConflict));
  EXPECT_EQ(loaded(), nullptr);
  EXPECT_TRUE(Load(1).ok());
}

TEST_F(RangeLoaderTest, ADamagedManifest_LeavesTheRangeOffline_UntilItIsLoadedAgain) {
  row_.record->manifest = "\x01";
  EXPECT_TRUE(Load(1).Is(StatusCode::kCorruption));
  ASSERT_NE(loaded(), nullptr);
  EXPECT_EQ(loaded()->state, LoadedRange::State::kOffline);
  EXPECT_NE(loaded()->problem.ToString().find("offline"), std::string::npos);
  row_.record->manifest.clear();
  EXPECT_TRUE(Load(1).ok());
  EXPECT_EQ(loaded()->state, LoadedRange::State::kServing);
}

TEST_F(RangeLoaderTest, Unload_FlushesAndInstalls_AndIsRepeatable) {
  EXPECT_TRUE(Load(1).ok());
  Write();
  EXPECT_TRUE(Unload(1).ok());
  EXPECT_EQ(loaded(), nullptr);
  EXPECT_FALSE(row_.record->manifest.empty());
  EXPECT_TRUE(Unload(1).ok());
}

TEST_F(RangeLoaderTest, UnloadOfADroppedRange_FlushesNothing) {
  EXPECT_TRUE(Load(1).ok());
  Write();
  EXPECT_TRUE(Unload(2, true).ok());  // dropping comes under an epoch of its own
  EXPECT_EQ(loaded(), nullptr);
  EXPECT_TRUE(row_.record->manifest.empty());
}

TEST_F(RangeLoaderTest, AnOrderToUnload_OfAnEarlierGrant_IsOutOfDate) {
  row_.record->epoch = EpochOf(5);
  EXPECT_TRUE(Load(5).ok());
  EXPECT_TRUE(Unload(3).ok());
  ASSERT_NE(loaded(), nullptr);
  EXPECT_EQ(loaded()->state, LoadedRange::State::kServing);
}

TEST_F(RangeLoaderTest, AnUnloadThatCannotFlush_LeavesTheRangeServed) {
  EXPECT_TRUE(Load(1).ok());
  Write();
  row_.next_write = common::IoError("METADATA is damaged");
  EXPECT_TRUE(Unload(1).Is(StatusCode::kIoError));
  ASSERT_NE(loaded(), nullptr);
  EXPECT_EQ(loaded()->state, LoadedRange::State::kServing);
  EXPECT_TRUE(Unload(1).ok());
  EXPECT_EQ(loaded(), nullptr);
}

TEST_F(RangeLoaderTest, WhoeverLostTheRow_DoesNotServeOn) {
  EXPECT_TRUE(Load(1).ok());
  Write();
  row_.record->epoch = EpochOf(7);
  EXPECT_TRUE(Unload(1).Is(StatusCode::kFenced));
  ASSERT_NE(loaded(), nullptr);
  EXPECT_EQ(loaded()->state, LoadedRange::State::kOffline);
}

}  // namespace
}  // namespace cellar::rangeserver

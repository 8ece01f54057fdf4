#include "client/cpp/future_flow.h"

#include <gtest/gtest.h>

#include "model/scan_block.h"
#include "protocol/values.h"
#include "tests/support/client_world.h"

namespace cellar::client {
namespace {

using protocol::ScanBlockResponse;
using Kind = FutureResult::Kind;

constexpr int32_t kRequestTimeout = 4;

/// Scans of `blocks_` blocks of one row each.
class FutureFlowTest : public testing::Test {
 protected:
  FutureFlowTest() {
    world_.Place("", "", "rs1");
    world_.rs1.create_scanner.SetUsual([this](const auto&, std::string* block) { return Answer(0, block); });
    world_.rs1.fetch_scan_block.SetUsual([this](const protocol::FetchScanBlockRequest& request, std::string* block) {
      return Answer(request.block, block);
    });
    Make(1 << 20);
  }
  ~FutureFlowTest() override { world_.world.Run(world_.node, flow_->Close()); }

  void Make(size_t capacity_bytes) {
    if (flow_) world_.world.Run(world_.node, flow_->Close());
    flow_ = std::make_unique<FutureFlow>(core_, capacity_bytes);
  }
  Result<ScanBlockResponse> Answer(int64_t block, std::string* cells) {
    ++answered_;
    ScanBlockResponse head;
    head.more = block + 1 < blocks_;
    head.scanner = head.more ? 9 : 0;
    head.bounds = protocol::ToMessage(model::RangeKey(ClientWorld::kTable, std::nullopt, std::nullopt));
    *cells = world_.Block({"row" + std::to_string(block)});
    return head;
  }
  /// Starts one; it goes on when the world does.
  std::shared_ptr<bool> StartScan(const std::string& source) {
    auto cancelled = std::make_shared<bool>(false);
    world_.node.Post([this, source, cancelled] {
      auto stream = std::make_unique<ScanStream>(core_.scans(), ClientWorld::kTable, world_.schema, model::ScanSpec());
      flow_->StartScan(std::move(stream), std::make_shared<std::string>(source), cancelled);
    });
    return cancelled;
  }
  /// On the loop.
  void Do(std::function<void()> what) {
    world_.node.Post(std::move(what));
    world_.world.RunFor(kMillisecond);
  }
  Result<FutureResult> Next(Nanos time = kSecond) { return world_.Run(flow_->Next(world_.In(time))); }
  static std::string SourceOf(const FutureResult& result) {
    return *std::static_pointer_cast<std::string>(result.source);
  }

  ClientWorld world_;
  ClientCore core_{world_.node, world_.client, world_.directory, world_.random};
  std::unique_ptr<FutureFlow> flow_;
  int64_t blocks_ = 3;
  int answered_ = 0;
};

TEST_F(FutureFlowTest, AScan_GivesItsBlocksInOrder_ThenAnEmptyOne_ThenTheEnd) {
  StartScan("scan");
  for (int i = 0; i < 3; ++i) {
    const auto result = Next();
    ASSERT_EQ(result->kind, Kind::kBlock);
    EXPECT_EQ(model::DecodeScanBlock(result->block)->at(0).row, "row" + std::to_string(i));
    EXPECT_EQ(result->schema, world_.schema);
    EXPECT_EQ(SourceOf(*result), "scan");
    EXPECT_EQ(result->size_bytes, result->block.size());
  }
  const auto last = Next();
  EXPECT_EQ(last->kind, Kind::kBlock);
  EXPECT_TRUE(last->block.empty());
  EXPECT_TRUE(last->status.ok());
  EXPECT_EQ(Next()->kind, Kind::kEnd);
}

TEST_F(FutureFlowTest, WhatIsFull_LetsNothingMoreIn_UntilSomethingIsTaken) {
  Make(1);
  StartScan("scan");
  world_.world.RunFor(kSecond);
  EXPECT_TRUE(flow_->is_full());
  EXPECT_EQ(answered_, 2) << "one let in whatever its size, one fetched and waiting";
  ASSERT_TRUE(Next().ok());
  world_.world.RunFor(kSecond);
  EXPECT_EQ(answered_, 3);
}

TEST_F(FutureFlowTest, TwoScans_BothEnd_BeforeTheFutureDoes) {
  StartScan("first");
  StartScan("second");
  std::map<std::string, int> blocks;
  while (true) {
    const auto result = Next();
    ASSERT_TRUE(result.ok());
    if (result->kind == Kind::kEnd) break;
    ++blocks[SourceOf(*result)];
  }
  EXPECT_EQ(blocks["first"], 4);
  EXPECT_EQ(blocks["second"], 4);
  EXPECT_FALSE(flow_->has_outstanding());
}

TEST_F(FutureFlowTest, AScanThatFails_SaysWhy_AndIsOver) {
  world_.rs1.create_scanner.ThenFail(common::Corruption("damaged"));
  StartScan("scan");
  const auto result = Next();
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->status.Is(StatusCode::kCorruption));
  EXPECT_TRUE(result->block.empty());
  EXPECT_EQ(Next()->kind, Kind::kEnd);
}

TEST_F(FutureFlowTest, OneScanCancelled_GivesNothingMore_TheOtherGoesOn) {
  Make(1);
  const auto cancelled = StartScan("cancelled");
  world_.world.RunFor(kSecond);
  Do([this, cancelled] {
    *cancelled = true;
    flow_->Wake();
  });
  StartScan("other");
  EXPECT_EQ(SourceOf(*Next()), "cancelled") << "it was waiting to be taken";
  for (int i = 0; i < 4; ++i) EXPECT_EQ(SourceOf(*Next()), "other");
  EXPECT_EQ(Next()->kind, Kind::kEnd);
  EXPECT_EQ(world_.rs1.destroy_scanner.requests().size(), 1u) << "the server is told";
}

TEST_F(FutureFlowTest, WhatIsExpected_IsWaitedFor_AndDelivered) {
  Do([this] { flow_->Expect(); });
  const auto late = Next();
  EXPECT_TRUE(late.status().Is(StatusCode::kTimedOut));
  EXPECT_EQ(late.status().detail(), kRequestTimeout);
  Do([this] {
    FutureResult result;
    result.kind = Kind::kOther;
    result.contents = std::make_shared<int>(7);
    flow_->Deliver(std::move(result));
  });
  const auto result = Next();
  EXPECT_EQ(result->kind, Kind::kOther);
  EXPECT_EQ(*std::static_pointer_cast<int>(result->contents), 7);
  EXPECT_EQ(Next()->kind, Kind::kEnd);
}

TEST_F(FutureFlowTest, Cancelled_DropsAll_AndGivesTheEnd_AlsoToOneWhoWaits) {
  Do([this] { flow_->Expect(); });
  std::optional<Result<FutureResult>> answer;
  Do([this, &answer] {
    flow_->CallBack(world_.In(60 * kSecond),
                    [&answer](Result<FutureResult> result) { answer.emplace(std::move(result)); });
  });
  EXPECT_FALSE(answer.has_value());
  StartScan("scan");
  Do([this] { flow_->Cancel(); });
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ((*answer)->kind, Kind::kEnd);
  world_.world.RunFor(kSecond);
  EXPECT_TRUE(flow_->is_empty());
  EXPECT_EQ(Next()->kind, Kind::kEnd);
  Do([this] { flow_->Deliver(FutureResult()); });
  EXPECT_TRUE(flow_->is_empty()) << "what comes later is dropped";
}

}  // namespace
}  // namespace cellar::client

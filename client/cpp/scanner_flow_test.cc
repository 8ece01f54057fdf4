#include "client/cpp/scanner_flow.h"

#include <gtest/gtest.h>

#include "protocol/values.h"
#include "tests/support/client_world.h"

namespace cellar::client {
namespace {

using protocol::ScanBlockResponse;

class ScannerFlowTest : public testing::Test {
 protected:
  ScannerFlowTest() {
    world_.Place("", "", "rs1");
    world_.rs1.create_scanner.SetUsual([this](const auto&, std::string* block) { return Answer(block); });
    world_.rs1.fetch_scan_block.SetUsual([this](const auto&, std::string* block) { return Answer(block); });
    flow_.emplace(core_, ClientWorld::kTable, world_.schema, model::ScanSpec(), 5 * kSecond);
  }
  ~ScannerFlowTest() override { world_.Run(flow_->Close()); }

  /// The next of `blocks_left_` blocks, each with one row.
  Result<ScanBlockResponse> Answer(std::string* block) {
    ++answered_;
    --blocks_left_;
    *block = world_.Block({"row" + std::to_string(answered_)});
    ScanBlockResponse head;
    head.scanner = blocks_left_ > 0 ? 9 : 0;
    head.more = blocks_left_ > 0;
    head.bounds = protocol::ToMessage(model::RangeKey(ClientWorld::kTable, std::nullopt, std::nullopt));
    return head;
  }
  Result<std::optional<std::string>> Next() { return world_.Run(flow_->Next()); }

  ClientWorld world_;
  ClientCore core_{world_.node, world_.client, world_.directory, world_.random};
  int blocks_left_ = 10;
  int answered_ = 0;
  std::optional<ScannerFlow> flow_;
};

TEST_F(ScannerFlowTest, FetchesNothingBeforeStart_AndThenAFewBlocksAhead) {
  world_.world.RunFor(kSecond);
  EXPECT_EQ(answered_, 0);
  flow_->Start();
  world_.world.RunFor(kSecond);
  EXPECT_EQ(answered_, static_cast<int>(ScannerFlow::kBlocksAhead));
  ASSERT_TRUE(Next().ok());
  world_.world.RunFor(kSecond);
  EXPECT_EQ(answered_, static_cast<int>(ScannerFlow::kBlocksAhead) + 1) << "one taken, one more fetched";
}

TEST_F(ScannerFlowTest, GivesTheBlocksInOrder_ThenTheEnd_AgainAndAgain) {
  blocks_left_ = 4;
  flow_->Start();
  for (int i = 1; i <= 4; ++i) {
    const auto block = Next();
    ASSERT_TRUE(block.ok() && block->has_value()) << block.status().ToString();
    EXPECT_EQ(**block, world_.Block({"row" + std::to_string(i)}));
  }
  for (int i = 0; i < 2; ++i) {
    const auto end = Next();
    ASSERT_TRUE(end.ok()) << end.status().ToString();
    EXPECT_FALSE(end->has_value());
  }
}

TEST_F(ScannerFlowTest, AnError_ComesBehindTheBlocksBeforeIt_AndStays) {
  world_.rs1.fetch_scan_block.ThenFail(common::Corruption("a damaged file"));
  flow_->Start();
  ASSERT_TRUE(Next().ok());
  EXPECT_TRUE(Next().status().Is(StatusCode::kCorruption));
  EXPECT_TRUE(Next().status().Is(StatusCode::kCorruption));
  EXPECT_EQ(answered_, 1);
}

TEST_F(ScannerFlowTest, Cancel_EndsItForTheReader_AlsoWithBlocksLeft) {
  flow_->Start();
  world_.world.RunFor(kSecond);
  flow_->Cancel();
  EXPECT_TRUE(Next().status().Is(StatusCode::kCancelled));
}

TEST_F(ScannerFlowTest, Close_TellsTheServer_WhenItsScannerIsOpen) {
  flow_->Start();
  ASSERT_TRUE(Next().ok());
  world_.Run(flow_->Close());
  ASSERT_EQ(world_.rs1.destroy_scanner.requests().size(), 1u);
  EXPECT_EQ(world_.rs1.destroy_scanner.requests()[0].scanner, 9);
  const int so_far = answered_;
  world_.world.RunFor(10 * kSecond);
  EXPECT_EQ(answered_, so_far) << "nothing is fetched afterwards";
}

}  // namespace
}  // namespace cellar::client

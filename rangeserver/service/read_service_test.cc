#include "rangeserver/service/read_service.h"

#include <gtest/gtest.h>

#include "model/scan_block.h"
#include "protocol/message.h"
#include "protocol/part_status.h"
#include "protocol/values.h"
#include "tests/support/write_world.h"

namespace cellar::rangeserver {
namespace {

using protocol::CreateScannerRequest;
using protocol::ScanBlockResponse;

/// A block as it was answered.
struct Block {
  ScanBlockResponse head;
  std::vector<model::Cell> cells;

  Block() = default;
};

class ReadServiceTest : public testing::Test {
 protected:
  ReadServiceTest() {
    CHECK(world_.Start().ok());
    limits_.max_scanners = 3;
    limits_.max_rows_per_get = 4;
    limits_.max_block_bytes = 4096;
    limits_.idle_timeout = 60 * kSecond;
    service_ = NewService();
  }
  ~ReadServiceTest() override { world_.scheduler().Run(*world_.life().node, service_->Stop()); }

  std::unique_ptr<ReadService> NewService() {
    ReadService::Callbacks callbacks;
    callbacks.on_newer_schema = [this](model::TableId) { ++newer_schemas_; };
    callbacks.settle = [this] { return world_.life().pipeline->Settle(); };
    return std::make_unique<ReadService>(*world_.life().node, world_.life().ranges, *world_.life().lease, chance_,
                                         world_.faults(), limits_, std::move(callbacks));
  }

  void Put(const std::string& row, const std::string& qualifier, const std::string& value) {
    ASSERT_TRUE(world_.Write(world_.Batch({world_.Cell(row, "a", qualifier, value)})).ok());
  }
  /// `count` rows whose cells fill several blocks.
  void PutRows(int count) {
    for (int i = 0; i < count; ++i) Put("row" + std::to_string(i), "q", std::string(1000, 'v'));
  }

  template <typename Message>
  Result<rpc::Response> Call(Task<Result<rpc::Response>> (ReadService::*method)(rpc::CallInfo, rpc::Request),
                             const Message& message) {
    return world_.scheduler().Run(
        *world_.life().node, ((*service_).*method)(rpc::CallInfo(), rpc::Request(protocol::EncodeMessage(message))));
  }
  static Result<Block> Decode(const Result<rpc::Response>& response) {
    RETURN_IF_ERROR(response.status());
    Block block;
    ASSIGN_OR_RETURN(block.head, protocol::DecodeMessage<ScanBlockResponse>(response->message));
    ASSIGN_OR_RETURN(block.cells, model::DecodeScanBlock(response->attachment));
    return block;
  }

  CreateScannerRequest Request() const {
    CreateScannerRequest request;
    request.table = protocol::ToMessage(tests::WriteWorld::kTable);
    request.schema_generation = world_.schema()->generation().get();
    request.scan_spec = model::ScanSpec().Encode();
    request.block_bytes = 2048;
    return request;
  }
  Result<Block> Create(const CreateScannerRequest& request) {
    return Decode(Call(&ReadService::CreateScanner, request));
  }
  Result<Block> Fetch(int64_t scanner, int64_t ordinal) {
    protocol::FetchScanBlockRequest request;
    request.scanner = scanner;
    request.block = ordinal;
    return Decode(Call(&ReadService::FetchScanBlock, request));
  }

  tests::WriteWorld world_{3};
  SeededRandom chance_{5};
  ReadLimits limits_;
  std::unique_ptr<ReadService> service_;
  int newer_schemas_ = 0;  ///< How often it was told of one.
};

TEST_F(ReadServiceTest, ASmallScan_IsOneBlock_AndLeavesNoScanner) {
  Put("r", "q", "v");
  const auto block = Create(Request());
  ASSERT_TRUE(block.ok()) << block.status().ToString();
  EXPECT_EQ(block->cells.size(), 1u);
  EXPECT_FALSE(block->head.more);
  EXPECT_EQ(block->head.scanner, 0);
  EXPECT_EQ(service_->scanner_count(), 0u);
}

TEST_F(ReadServiceTest, Blocks_ComeInOrder_TheLastOneAgain_AndNoOther) {
  PutRows(9);
  const auto first = Create(Request());
  ASSERT_TRUE(first.ok() && first->head.more);
  const int64_t scanner = first->head.scanner;
  EXPECT_TRUE(Fetch(scanner, 2).status().Is(StatusCode::kInvalidArgument));
  const auto other = Create(Request());
  ASSERT_TRUE(other.ok());
  const auto second = Fetch(other->head.scanner, 1);
  const auto again = Fetch(other->head.scanner, 1);
  ASSERT_TRUE(second.ok() && again.ok());
  EXPECT_EQ(second->cells, again->cells);
  EXPECT_NE(second->cells, first->cells);
  EXPECT_TRUE(Fetch(other->head.scanner, 0).status().Is(StatusCode::kInvalidArgument));
  EXPECT_TRUE(Fetch(999, 0).status().Is(StatusCode::kNotFound));
}

TEST_F(ReadServiceTest, WhatRuns_IsListed_AndKilled_AndItsReaderIsTold) {
  PutRows(9);
  CreateScannerRequest request = Request();
  request.__set_table_name("/ns/t");
  const auto block = Create(request);
  ASSERT_TRUE(block.ok() && block->head.more);
  const auto list = [this] {
    const auto response = Call(&ReadService::ListQueries, protocol::ListQueriesRequest());
    return protocol::DecodeMessage<protocol::ListQueriesResponse>(response.value().message).value().queries;
  };
  ASSERT_EQ(list().size(), 1u);
  EXPECT_EQ(list()[0].table_name, "/ns/t");
  EXPECT_EQ(list()[0].cells, static_cast<int64_t>(block->cells.size()));
  protocol::KillQueryRequest kill;
  kill.query = list()[0].query + 1;
  EXPECT_TRUE(Call(&ReadService::KillQuery, kill).status().Is(StatusCode::kNotFound));
  kill.query = list()[0].query;
  EXPECT_TRUE(Call(&ReadService::KillQuery, kill).ok());
  EXPECT_TRUE(Call(&ReadService::KillQuery, kill).status().Is(StatusCode::kNotFound));
  EXPECT_TRUE(list().empty());
  EXPECT_TRUE(Fetch(block->head.scanner, 1).status().Is(StatusCode::kCancelled));
}

TEST_F(ReadServiceTest, ExplainAndCount_SayWhatIsReadOfFiles) {
  PutRows(9);
  ASSERT_FALSE(Create(Request())->head.__isset.reads);
  CreateScannerRequest request = Request();
  request.__set_count_reads(true);
  const auto block = Create(request);
  ASSERT_TRUE(block.ok() && block->head.__isset.reads);
  EXPECT_EQ(block->head.reads.blocks, 0) << "all is in memory";
  protocol::ExplainScanRequest explain;
  explain.table = request.table;
  explain.schema_generation = request.schema_generation;
  explain.scan_spec = request.scan_spec;
  const auto response = Call(&ReadService::ExplainScan, explain);
  ASSERT_TRUE(response.ok()) << response.status().ToString();
  const auto explained = protocol::DecodeMessage<protocol::ExplainScanResponse>(response->message);
  ASSERT_TRUE(explained.ok());
  ASSERT_FALSE(explained->groups.empty());
  EXPECT_EQ(explained->groups[0].caches, 1);
  EXPECT_TRUE(explained->groups[0].files.empty());
  explain.schema_generation = 0;
  EXPECT_TRUE(Call(&ReadService::ExplainScan, explain).status().Is(StatusCode::kStaleSchema));
}

TEST_F(ReadServiceTest, ScannerOfAnEarlierLife_IsNoneOfThisOne) {
  PutRows(9);
  const auto before = Create(Request());
  ASSERT_TRUE(before.ok() && before->head.more);
  const std::unique_ptr<ReadService> earlier = std::exchange(service_, NewService());
  const auto other = Create(Request());
  ASSERT_TRUE(other.ok() && other->head.more);
  EXPECT_TRUE(Fetch(before->head.scanner, 1).status().Is(StatusCode::kNotFound));
  EXPECT_TRUE(Fetch(other->head.scanner, 1).ok());
  world_.scheduler().Run(*world_.life().node, earlier->Stop());
}

TEST_F(ReadServiceTest, AllBlocksTogether_AreTheRange_AsItWasAtTheStart) {
  PutRows(9);
  auto block = Create(Request());
  ASSERT_TRUE(block.ok());
  Put("row3", "q", "changed meanwhile");
  size_t count = block->cells.size();
  for (int64_t ordinal = 1; block->head.more; ++ordinal) {
    block = Fetch(block->head.scanner, ordinal);
    ASSERT_TRUE(block.ok()) << block.status().ToString();
    for (const model::Cell& cell : block->cells) EXPECT_EQ(cell.value.size(), 1000u);
    count += block->cells.size();
  }
  EXPECT_EQ(count, 9u);
}

TEST_F(ReadServiceTest, ALostScanner_GoesOnInsideARow_InTheSameVersion) {
  for (int i = 0; i < 9; ++i) Put("row", "q" + std::to_string(i), std::string(1000, 'v'));
  const auto first = Create(Request());
  ASSERT_TRUE(first.ok() && first->head.more);
  Put("row", "q8", "newer");
  CreateScannerRequest request = Request();
  request.__set_resume(first->head.resume);
  request.__set_snapshot_revision(first->head.snapshot_revision);
  request.block_bytes = 1 << 20;
  auto rest = Create(request);
  size_t count = first->cells.size();
  for (int64_t ordinal = 1;; ++ordinal) {
    ASSERT_TRUE(rest.ok()) << rest.status().ToString();
    for (const model::Cell& cell : rest->cells) EXPECT_EQ(cell.value.size(), 1000u);
    count += rest->cells.size();
    if (!rest->head.more) break;
    rest = Fetch(rest->head.scanner, ordinal);
  }
  EXPECT_EQ(count, 9u);
}

TEST_F(ReadServiceTest, InsideARow_AnEarlierVersionThatIsGone_IsAConflict) {
  for (int i = 0; i < 9; ++i) Put("row", "q" + std::to_string(i), std::string(1000, 'v'));
  const auto first = Create(Request());
  ASSERT_TRUE(first.ok() && first->head.more);
  Put("row", "q8", "newer");
  CreateScannerRequest request = Request();
  request.__set_resume(first->head.resume);
  request.__set_snapshot_revision(-1);  // below the history floor
  EXPECT_TRUE(Create(request).status().Is(StatusCode::kConflict));
}

TEST_F(ReadServiceTest, TooManyScanners_AreBusy_UntilOneIsDestroyed) {
  PutRows(9);
  int64_t last = 0;
  for (size_t i = 0; i < limits_.max_scanners; ++i) last = Create(Request())->head.scanner;
  EXPECT_TRUE(Create(Request()).status().Is(StatusCode::kBusy));
  protocol::DestroyScannerRequest destroy;
  destroy.scanner = last;
  EXPECT_TRUE(Call(&ReadService::DestroyScanner, destroy).ok());
  EXPECT_TRUE(Call(&ReadService::DestroyScanner, destroy).ok());
  EXPECT_TRUE(Create(Request()).ok());
}

TEST_F(ReadServiceTest, IdleScanners_GiveWayToNewOnes) {
  PutRows(9);
  const auto idle = Create(Request());
  ASSERT_TRUE(idle.ok());
  world_.scheduler().RunFor(limits_.idle_timeout + kSecond);
  ASSERT_TRUE(Create(Request()).ok());
  EXPECT_EQ(service_->scanner_count(), 1u);
  EXPECT_TRUE(Fetch(idle->head.scanner, 1).status().Is(StatusCode::kNotFound));
}

TEST_F(ReadServiceTest, WithoutTheLease_NothingIsAnswered) {
  Put("r", "q", "v");
  world_.life().lease->End();
  EXPECT_TRUE(Create(Request()).status().Is(StatusCode::kUnavailable));
  protocol::GetRowsRequest get;
  get.table = protocol::ToMessage(tests::WriteWorld::kTable);
  get.schema_generation = world_.schema()->generation().get();
  get.scan_spec = model::ScanSpec().Encode();
  get.rows.push_back("r");
  EXPECT_TRUE(Call(&ReadService::GetRows, get).status().Is(StatusCode::kUnavailable));
}

TEST_F(ReadServiceTest, ServerStoppedBeforeItsAnswer_AsksTheLeaseAfterwards) {
  Put("r", "q", "v");
  protocol::GetRowsRequest get;
  get.table = protocol::ToMessage(tests::WriteWorld::kTable);
  get.schema_generation = world_.schema()->generation().get();
  get.scan_spec = model::ScanSpec().Encode();
  get.rows.push_back("r");
  for (const char* point : {"rangeserver.scan.before_answer", "rangeserver.get.before_answer"}) {
    ASSERT_TRUE(world_.faults().Induce(std::string(point) + ":delay(1):*").ok());
  }
  EXPECT_TRUE(Create(Request()).ok());
  EXPECT_TRUE(Call(&ReadService::GetRows, get).ok());
  world_.faults().DisarmAll();
  for (const char* point : {"rangeserver.scan.before_answer", "rangeserver.get.before_answer"}) {
    ASSERT_TRUE(world_.faults().Induce(std::string(point) + ":delay(2000000):*").ok());  // twice the lease
  }
  const Result<Block> late = Create(Request());
  EXPECT_TRUE(late.status().Is(StatusCode::kUnavailable)) << late.status().ToString();
  EXPECT_EQ(service_->scanner_count(), 0u);
  world_.life().lease->Extend(world_.life().node->clock().BootNow());
  EXPECT_TRUE(Call(&ReadService::GetRows, get).status().Is(StatusCode::kUnavailable));
}

TEST_F(ReadServiceTest, RangesThatAreNotServedHere_AndOtherSchemas_AreRefused) {
  CreateScannerRequest request = Request();
  request.schema_generation += 1;  // The client knows more than the range, which has to learn it.
  EXPECT_TRUE(Create(request).status().Is(StatusCode::kUnavailable));
  EXPECT_EQ(newer_schemas_, 1);
  request.schema_generation -= 2;
  EXPECT_TRUE(Create(request).status().Is(StatusCode::kStaleSchema));
  EXPECT_EQ(newer_schemas_, 1);
  request = Request();
  request.table.number += 1;
  EXPECT_TRUE(Create(request).status().Is(StatusCode::kNotOwner));
  world_.life().loaded->state = LoadedRange::State::kUnloading;
  EXPECT_TRUE(Create(Request()).status().Is(StatusCode::kNotOwner));
  world_.life().loaded->state = LoadedRange::State::kOffline;
  world_.life().loaded->problem = common::Corruption("damaged");
  EXPECT_TRUE(Create(Request()).status().Is(StatusCode::kCorruption));
  world_.life().loaded->state = LoadedRange::State::kServing;
}

TEST_F(ReadServiceTest, GarbageInRequests_IsInvalid) {
  CreateScannerRequest request = Request();
  request.scan_spec = "garbage";
  EXPECT_FALSE(Create(request).ok());
  request = Request();
  request.__set_resume("garbage");
  EXPECT_FALSE(Create(request).ok());
  const auto raw = world_.scheduler().Run(*world_.life().node,
                                          service_->CreateScanner(rpc::CallInfo(), rpc::Request("\x01garbage")));
  EXPECT_TRUE(raw.status().Is(StatusCode::kInvalidArgument));
  EXPECT_EQ(service_->scanner_count(), 0u);
}

TEST_F(ReadServiceTest, GetRows_AnswersEachRowByItself) {
  Put("a", "q", "1");
  Put("c", "q", "3");
  protocol::GetRowsRequest get;
  get.table = protocol::ToMessage(tests::WriteWorld::kTable);
  get.schema_generation = world_.schema()->generation().get();
  get.scan_spec = model::ScanSpec().Encode();
  get.rows = {"c", "b", "a"};
  const auto response = Call(&ReadService::GetRows, get);
  ASSERT_TRUE(response.ok()) << response.status().ToString();
  const auto head = protocol::DecodeMessage<protocol::GetRowsResponse>(response->message);
  ASSERT_EQ(head->statuses.size(), 3u);
  for (const auto& status : head->statuses) EXPECT_TRUE(protocol::FromPartStatus(status).ok());
  const auto cells = model::DecodeScanBlock(response->attachment);
  ASSERT_EQ(cells->size(), 2u);
  EXPECT_EQ((*cells)[0].value, "3");
  EXPECT_EQ((*cells)[1].value, "1");
}

TEST_F(ReadServiceTest, GetRows_RefusesTooManyRows_Intervals_AndRowsServedElsewhere) {
  protocol::GetRowsRequest get;
  get.table = protocol::ToMessage(tests::WriteWorld::kTable);
  get.schema_generation = world_.schema()->generation().get();
  get.scan_spec = model::ScanSpec().Encode();
  get.rows.assign(limits_.max_rows_per_get + 1, "r");
  EXPECT_TRUE(Call(&ReadService::GetRows, get).status().Is(StatusCode::kInvalidArgument));
  get.rows.assign(1, "r");
  model::ScanSpec spec;
  spec.row_intervals.push_back(model::RowInterval::Row("r"));
  get.scan_spec = spec.Encode();
  EXPECT_TRUE(Call(&ReadService::GetRows, get).status().Is(StatusCode::kInvalidArgument));
  get.scan_spec = model::ScanSpec().Encode();
  get.table.number += 1;
  const auto response = Call(&ReadService::GetRows, get);
  ASSERT_TRUE(response.ok());
  const auto head = protocol::DecodeMessage<protocol::GetRowsResponse>(response->message);
  EXPECT_TRUE(protocol::FromPartStatus(head->statuses.at(0)).Is(StatusCode::kNotOwner));
}

}  // namespace
}  // namespace cellar::rangeserver

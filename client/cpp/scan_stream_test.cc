#include "client/cpp/scan_stream.h"

#include <gtest/gtest.h>

#include "model/scan_block.h"
#include "protocol/values.h"
#include "tests/support/client_world.h"

namespace cellar::client {
namespace {

using protocol::ScanBlockResponse;
using Rows = std::vector<std::string>;

class ScanStreamTest : public testing::Test {
 protected:
  ScanStreamTest() { world_.Place("", "", "rs1"); }

  /// An answer of a scanner on (start, end]: `rows`, and more to come when `scanner` is not 0.
  auto Answer(const Rows& rows, int64_t scanner, const std::string& resume, const std::string& start = "",
              const std::string& end = "", bool finished = false) {
    return [=, this](const auto&, std::string* attachment) {
      model::RangeKey range(ClientWorld::kTable, std::nullopt, std::nullopt);
      if (!start.empty()) range.start_row = start;
      if (!end.empty()) range.end_row = end;
      ScanBlockResponse head;
      head.scanner = scanner;
      head.more = scanner != 0;
      head.bounds = protocol::ToMessage(range);
      head.snapshot_revision = 500;
      head.finished = finished;
      if (!resume.empty()) head.__set_resume(resume);
      *attachment = world_.Block(rows);
      return Result<ScanBlockResponse>(head);
    };
  }

  ScanStream Stream(const model::ScanSpec& spec = model::ScanSpec()) {
    return ScanStream(world_.scans(), ClientWorld::kTable, world_.schema, spec);
  }
  Result<std::vector<std::string>> ReadAll(const model::ScanSpec& spec = model::ScanSpec(), Nanos time = 10 * kSecond) {
    const auto cells = world_.Run(ScanAll(world_.scans(), ClientWorld::kTable, world_.schema, spec, world_.In(time)));
    RETURN_IF_ERROR(cells.status());
    Rows rows;
    for (const model::Cell& cell : *cells) rows.push_back(cell.row);
    return rows;
  }

  ClientWorld world_;
};

TEST_F(ScanStreamTest, FetchesTheBlocksOfOneScanner_InOrder) {
  world_.rs1.create_scanner.Then(Answer({"a"}, 9, "after a"));
  world_.rs1.fetch_scan_block.Then(Answer({"b"}, 9, "after b"));
  world_.rs1.fetch_scan_block.Then(Answer({"c"}, 0, "after c"));
  EXPECT_EQ(ReadAll().value(), (Rows{"a", "b", "c"}));
  ASSERT_EQ(world_.rs1.fetch_scan_block.requests().size(), 2u);
  EXPECT_EQ(world_.rs1.fetch_scan_block.requests()[0].scanner, 9);
  EXPECT_EQ(world_.rs1.fetch_scan_block.requests()[0].block, 1);
  EXPECT_EQ(world_.rs1.fetch_scan_block.requests()[1].block, 2);
  EXPECT_TRUE(world_.rs1.destroy_scanner.requests().empty());
}

TEST_F(ScanStreamTest, GoesOnBehindTheEndThatTheServerNamed_WithTheStateAndWithoutTheSnapshot) {
  world_.Place("", "m", "rs1");
  world_.Place("m", "", "rs2");
  world_.rs1.create_scanner.Then(Answer({"a"}, 0, "state 1", "", "m"));
  world_.rs2.create_scanner.Then(Answer({"z"}, 0, "state 2", "m", ""));
  EXPECT_EQ(ReadAll().value(), (Rows{"a", "z"}));
  const protocol::CreateScannerRequest& second = world_.rs2.create_scanner.requests().at(0);
  EXPECT_EQ(second.resume, "state 1");
  EXPECT_FALSE(second.__isset.snapshot_revision);
}

TEST_F(ScanStreamTest, ALargerRangeThanTheLocatorKnew_IsNotReadTwice) {
  world_.Place("", "m", "rs1");
  world_.Place("m", "", "rs2");
  world_.rs1.create_scanner.Then(Answer({"a", "z"}, 0, "state"));
  EXPECT_EQ(ReadAll().value(), (Rows{"a", "z"}));
  EXPECT_TRUE(world_.rs2.create_scanner.requests().empty());
}

TEST_F(ScanStreamTest, AnExpiredScanner_IsReplaced_BehindWhatWasDelivered_InTheSameSnapshot) {
  world_.rs1.create_scanner.Then(Answer({"a"}, 9, "after a"));
  world_.rs1.fetch_scan_block.ThenFail(common::NotFound("no scanner 9"));
  world_.rs1.create_scanner.Then(Answer({"b"}, 0, "after b"));
  EXPECT_EQ(ReadAll().value(), (Rows{"a", "b"}));
  const protocol::CreateScannerRequest& again = world_.rs1.create_scanner.requests().at(1);
  EXPECT_EQ(again.resume, "after a");
  EXPECT_EQ(again.snapshot_revision, 500);
}

TEST_F(ScanStreamTest, AMovedRange_IsFoundAgain_AndTheScanGoesOnThere) {
  world_.rs1.create_scanner.Then(Answer({"a"}, 9, "after a"));
  world_.rs1.fetch_scan_block.Then([this](const protocol::FetchScanBlockRequest&, std::string*) {
    world_.Place("", "", "rs2");
    return Result<ScanBlockResponse>(common::NotOwner("moved"));
  });
  world_.rs2.create_scanner.Then(Answer({"b"}, 0, "after b"));
  EXPECT_EQ(ReadAll().value(), (Rows{"a", "b"}));
  EXPECT_EQ(world_.rs2.create_scanner.requests().at(0).resume, "after a");
}

TEST_F(ScanStreamTest, ABlockWhoseAnswerIsLost_IsReadAgain_NotSkipped) {
  world_.rs1.create_scanner.Then(Answer({"a"}, 9, "after a"));
  world_.rs1.fetch_scan_block.Then([this](const protocol::FetchScanBlockRequest&, std::string*) {
    world_.LoseAnswerOfRs1();
    return Result<ScanBlockResponse>(ScanBlockResponse());
  });
  world_.rs1.create_scanner.Then(Answer({"b", "c"}, 0, "after c"));
  EXPECT_EQ(ReadAll().value(), (Rows{"a", "b", "c"}));
}

TEST_F(ScanStreamTest, ErrorsThatWaitingDoesNotMend_EndTheScanAtOnce) {
  world_.rs1.create_scanner.ThenFail(common::Corruption("damaged block"));
  EXPECT_TRUE(ReadAll().status().Is(StatusCode::kCorruption));
  EXPECT_EQ(world_.rs1.create_scanner.requests().size(), 1u);
  world_.rs1.create_scanner.ThenFail(common::NotFound("no such table"));
  EXPECT_TRUE(ReadAll().status().Is(StatusCode::kNotFound));
}

TEST_F(ScanStreamTest, TransientErrors_AreTriedUntilTheDeadline_AndTheLastIsReported) {
  world_.rs1.create_scanner.SetUsual([](const protocol::CreateScannerRequest&, std::string*) {
    return Result<ScanBlockResponse>(common::Busy("too many scanners"));
  });
  EXPECT_TRUE(ReadAll(model::ScanSpec(), 3 * kSecond).status().Is(StatusCode::kBusy));
  EXPECT_GT(world_.rs1.create_scanner.requests().size(), 5u);
  EXPECT_LE(world_.world.now(), 3 * kSecond);
}

TEST_F(ScanStreamTest, Intervals_SkipTheRangesBetweenThem) {
  world_.Place("", "g", "rs1");
  world_.Place("g", "p", "rs2");
  world_.Place("p", "", "rs1");
  model::ScanSpec spec;
  spec.row_intervals.push_back(model::RowInterval::Row("b"));
  spec.row_intervals.push_back(model::RowInterval::Row("q"));
  world_.rs1.create_scanner.Then(Answer({"b"}, 0, "1", "", "g"));
  world_.rs1.create_scanner.Then(Answer({"q"}, 0, "2", "p", ""));
  EXPECT_EQ(ReadAll(spec).value(), (Rows{"b", "q"}));
  EXPECT_TRUE(world_.rs2.create_scanner.requests().empty());
}

TEST_F(ScanStreamTest, IntervalsInOrder_AreScansOfTheirOwn_OneAfterTheOther) {
  model::ScanSpec spec;
  spec.interval_mode = model::IntervalMode::kEachInOrder;
  spec.row_intervals.push_back(model::RowInterval::Row("q"));
  spec.row_intervals.push_back(model::RowInterval::Row("b"));
  world_.rs1.create_scanner.Then(Answer({"q"}, 0, "state of the first"));
  world_.rs1.create_scanner.Then(Answer({"b"}, 0, "state of the second"));
  EXPECT_EQ(ReadAll(spec).value(), (Rows{"q", "b"}));
  EXPECT_FALSE(world_.rs1.create_scanner.requests().at(1).__isset.resume);
}

TEST_F(ScanStreamTest, WhatSelectsNoRow_IsPutToOneRangeAllTheSame_WhichMayRefuseIt) {
  world_.Place("", "m", "rs1");
  world_.Place("m", "", "rs2");
  model::ScanSpec spec;
  spec.row_intervals.push_back(model::RowInterval::Range("z", "y"));
  world_.rs1.create_scanner.Then(Answer({}, 0, "", "", "m"));
  EXPECT_EQ(ReadAll(spec).value(), Rows());
  world_.rs1.create_scanner.ThenFail(common::InvalidArgument("no such family").WithDetail(0x5000A));
  EXPECT_EQ(ReadAll(spec).status().detail(), 0x5000A);
  EXPECT_TRUE(world_.rs2.create_scanner.requests().empty());
}

TEST_F(ScanStreamTest, AFinishedScan_AsksNoFurtherRange) {
  world_.Place("", "m", "rs1");
  world_.Place("m", "", "rs2");
  world_.rs1.create_scanner.Then(Answer({"a"}, 0, "limit reached", "", "m", true));
  EXPECT_EQ(ReadAll().value(), Rows{"a"});
  EXPECT_TRUE(world_.rs2.create_scanner.requests().empty());
}

TEST_F(ScanStreamTest, EmptyBlocks_AreNotDelivered) {
  world_.rs1.create_scanner.Then(Answer({}, 9, "nothing yet"));
  world_.rs1.fetch_scan_block.Then(Answer({"b"}, 0, "after b"));
  ScanStream stream = Stream();
  const auto block = world_.Run(stream.Next(world_.In(kSecond)));
  ASSERT_TRUE(block.ok() && block->has_value());
  EXPECT_EQ(model::ScanBlockReader(**block).cell_count(), 1u);
  EXPECT_FALSE(world_.Run(stream.Next(world_.In(kSecond))).value().has_value());
}

TEST_F(ScanStreamTest, Close_TellsTheServer_AndOnlyWhenAScannerIsOpen) {
  world_.rs1.create_scanner.Then(Answer({"a"}, 9, "after a"));
  ScanStream stream = Stream();
  EXPECT_TRUE(world_.Run(stream.Next(world_.In(kSecond))).ok());
  world_.world.Run(world_.node, stream.Close(world_.In(kSecond)));
  world_.world.Run(world_.node, stream.Close(world_.In(kSecond)));
  ASSERT_EQ(world_.rs1.destroy_scanner.requests().size(), 1u);
  EXPECT_EQ(world_.rs1.destroy_scanner.requests()[0].scanner, 9);
  EXPECT_FALSE(world_.Run(stream.Next(world_.In(kSecond))).value().has_value());
}

TEST_F(ScanStreamTest, ScanAll_RefusesMoreThanItsLimit_AndClosesTheScanner) {
  world_.rs1.create_scanner.Then(Answer({"a", "b", "c"}, 9, "after c"));
  const auto cells = world_.Run(
      ScanAll(world_.scans(), ClientWorld::kTable, world_.schema, model::ScanSpec(), world_.In(kSecond), 10));
  EXPECT_TRUE(cells.status().Is(StatusCode::kInvalidArgument));
  EXPECT_EQ(world_.rs1.destroy_scanner.requests().size(), 1u);
}

}  // namespace
}  // namespace cellar::client

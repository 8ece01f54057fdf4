#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/cpp/row_reads.h"
#include "client/cpp/scan_stream.h"
#include "client/cpp/scanner_flow.h"
#include "model/error_codes.h"
#include "model/scan_block.h"
#include "model/schema_alteration.h"
#include "protocol/part_status.h"
#include "protocol/values.h"
#include "tests/support/client_world.h"

namespace cellar::client {
namespace {

using protocol::CreateScannerRequest;
using protocol::ScanBlockResponse;
using testing::ElementsAre;
using testing::HasSubstr;

/// Two ranges, (, m] and (m, ], each of which is one block; and what their scanners were asked for. A range server
/// refuses schemas that are not its own.
class AlteredScanTest : public testing::Test {
 protected:
  AlteredScanTest() {
    world_.Place("", "m", "rs1");
    world_.Place("m", "", "rs1");
    model::AddToSchema add;
    add.families.emplace_back().name = "g";
    world_.Alter({add});
    world_.schema = served_ = world_.altered;
    world_.rs1.create_scanner.SetUsual(
        [this](const CreateScannerRequest& request, std::string* cells) { return Answer(request, cells); });
  }

  void Alter(const model::SchemaAlteration& alteration) {
    world_.Alter({alteration});
    served_ = world_.altered;
  }

  Result<ScanBlockResponse> Answer(const CreateScannerRequest& request, std::string* cells) {
    if (request.schema_generation < served_->generation().get()) return common::StaleSchema("altered");
    const model::RangeKey range = protocol::FromMessage(ClientWorld::kTable, request.bounds);
    asked_.push_back(model::ScanSpec::Decode(request.scan_spec).value());
    ScanBlockResponse head;
    head.bounds = request.bounds;
    head.snapshot_revision = 5;
    head.__set_resume("at " + std::string(range.end_row ? "m" : "the end"));
    resumed_.push_back(request.resume);
    *cells = world_.Block({range.end_row ? "a" : "z"});
    return head;
  }

  ScanStream Stream(const model::ScanSpec& spec) {
    return ScanStream(world_.scans(), ClientWorld::kTable, world_.schema, spec);
  }
  Result<std::optional<std::string>> Next(ScanStream& stream) { return world_.Run(stream.Next(world_.In(kSecond))); }
  static std::string RowOf(const std::string& block) { return model::DecodeScanBlock(block).value().at(0).row; }

  static model::ScanSpec Of(const std::string& family) {
    model::ScanSpec spec;
    spec.columns.emplace_back(family);
    return spec;
  }

  ClientWorld world_;
  std::shared_ptr<const model::Schema> served_;
  std::vector<model::ScanSpec> asked_;
  std::vector<std::string> resumed_;
};

TEST_F(AlteredScanTest, AnOpenScan_GoesOnBehindWhatItGave_ByTheNewSchema) {
  ScanStream stream = Stream(model::ScanSpec());
  EXPECT_EQ(RowOf(Next(stream).value().value()), "a");
  EXPECT_EQ(stream.schema(), world_.schema);
  model::AddToSchema add;
  add.families.emplace_back().name = "h";
  Alter(add);
  EXPECT_EQ(RowOf(Next(stream).value().value()), "z");
  EXPECT_EQ(stream.schema()->generation(), served_->generation());
  EXPECT_FALSE(Next(stream).value().has_value());
  EXPECT_THAT(resumed_, ElementsAre("", "at m"));
  EXPECT_EQ(world_.rs1.create_scanner.requests().size(), 3u) << "a refusal is no answer";
}

TEST_F(AlteredScanTest, AFamilyThatWasRenamed_IsAskedForByItsNewName) {
  ScanStream stream = Stream(Of("g"));
  ASSERT_TRUE(Next(stream).ok());
  Alter(model::RenameFamily{"g", "renamed"});
  ASSERT_TRUE(Next(stream).ok());
  EXPECT_THAT(asked_, ElementsAre(Of("g"), Of("renamed")));
}

TEST_F(AlteredScanTest, AFamilyThatWasDropped_EndsTheScanThatAsksForIt_AndNoOther) {
  ScanStream of_f = Stream(Of("f"));
  ScanStream of_g = Stream(Of("g"));
  ASSERT_TRUE(Next(of_f).ok());
  ASSERT_TRUE(Next(of_g).ok());
  Alter(model::DropFamilies{{"g"}});
  EXPECT_EQ(RowOf(Next(of_f).value().value()), "z");
  const Status failure = Next(of_g).status();
  EXPECT_EQ(failure.detail(), model::kUnknownFamilyOnRead);
  EXPECT_THAT(failure.ToString(), HasSubstr("'g'"));
}

TEST_F(AlteredScanTest, AnotherFamilyOfTheDroppedOnesName_IsNotTakenForIt) {
  ScanStream stream = Stream(Of("g"));
  ASSERT_TRUE(Next(stream).ok());
  Alter(model::DropFamilies{{"g"}});
  model::AddToSchema add;
  add.families.emplace_back().name = "g";
  Alter(add);
  EXPECT_EQ(Next(stream).status().detail(), model::kUnknownFamilyOnRead);
}

TEST_F(AlteredScanTest, WhatHasNotBegun_MeansTheNamesAsTheyAreNow) {
  Alter(model::DropFamilies{{"g"}});
  model::AddToSchema add;
  add.families.emplace_back().name = "g";
  Alter(add);
  ScanStream stream = Stream(Of("g"));
  EXPECT_EQ(RowOf(Next(stream).value().value()), "a");
  EXPECT_THAT(asked_, ElementsAre(Of("g")));
  ScanStream second = Stream(Of("g"));
  ASSERT_TRUE(Next(second).ok());
  EXPECT_EQ(world_.rs1.create_scanner.requests().size(), 3u) << "the second one knew the schema";
  EXPECT_EQ(world_.catalog_scan_count, 1);
}

TEST_F(AlteredScanTest, IntervalsStillToCome_AreRenamedToo) {
  model::ScanSpec spec = Of("g");
  spec.interval_mode = model::IntervalMode::kEachInOrder;
  spec.row_intervals.push_back(model::RowInterval::Row("z"));
  spec.row_intervals.push_back(model::RowInterval::Row("a"));
  ScanStream stream = Stream(spec);
  EXPECT_EQ(RowOf(Next(stream).value().value()), "z");
  Alter(model::RenameFamily{"g", "renamed"});
  EXPECT_EQ(RowOf(Next(stream).value().value()), "a");
  EXPECT_EQ(asked_.back().columns, Of("renamed").columns);
}

TEST_F(AlteredScanTest, ATableThatIsGone_AndNoSchemas_EndTheScan) {
  ScanStream stream = Stream(model::ScanSpec());
  ASSERT_TRUE(Next(stream).ok());
  Alter(model::RenameFamily{"g", "renamed"});
  world_.DropTable();
  EXPECT_TRUE(Next(stream).status().Is(StatusCode::kNotFound));
  ScanSeams seams = world_.scans();
  seams.schemas = nullptr;
  ScanStream alone(seams, ClientWorld::kTable, world_.schema, model::ScanSpec());
  EXPECT_TRUE(Next(alone).status().Is(StatusCode::kStaleSchema));
}

TEST_F(AlteredScanTest, EachBlockOfAScanner_ComesWithItsSchema_ThoughFetchedAhead) {
  ClientCore core(world_.node, world_.client, world_.directory, world_.random);
  ScannerFlow flow(core, ClientWorld::kTable, world_.schema, model::ScanSpec(), kSecond);
  world_.rs1.create_scanner.Then([this](const CreateScannerRequest& request, std::string* cells) {
    auto answer = Answer(request, cells);
    Alter(model::RenameFamily{"g", "renamed"});
    return answer;
  });
  flow.Start();
  world_.world.RunFor(kSecond);
  EXPECT_EQ(asked_.size(), 2u) << "both blocks are here";
  EXPECT_EQ(RowOf(world_.Run(flow.Next()).value().value()), "a");
  EXPECT_EQ(flow.schema()->FindFamily("renamed"), nullptr);
  EXPECT_EQ(RowOf(world_.Run(flow.Next()).value().value()), "z");
  EXPECT_NE(flow.schema()->FindFamily("renamed"), nullptr);
  world_.world.Run(world_.node, flow.Close());
}

TEST_F(AlteredScanTest, RowsThatWereRefusedAsOld_AreAskedForByTheNewSchema) {
  using protocol::GetRowsRequest;
  using protocol::GetRowsResponse;
  Alter(model::RenameFamily{"g", "renamed"});
  world_.rs1.get_rows.SetUsual([this](const GetRowsRequest& request, std::string* cells) {
    const bool is_old = request.schema_generation < served_->generation().get();
    GetRowsResponse response;
    const Status status = is_old ? common::StaleSchema("altered") : Status();
    response.statuses.assign(request.rows.size(), protocol::ToPartStatus(status));
    *cells = world_.Block(is_old ? std::vector<std::string>() : request.rows);
    return Result<GetRowsResponse>(response);
  });
  const auto cells = world_.Run(
      GetRows(world_.scans(), ClientWorld::kTable, world_.schema, model::ScanSpec(), {"a", "z"}, world_.In(kSecond)));
  ASSERT_TRUE(cells.ok()) << cells.status().ToString();
  EXPECT_EQ(cells->size(), 2u);
  EXPECT_EQ(world_.rs1.get_rows.requests().size(), 2u);
}

}  // namespace
}  // namespace cellar::client

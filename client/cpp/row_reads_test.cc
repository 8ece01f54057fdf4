#include "client/cpp/row_reads.h"

#include <gtest/gtest.h>

#include "model/scan_block.h"
#include "protocol/part_status.h"
#include "tests/support/client_world.h"

namespace cellar::client {
namespace {

using protocol::GetRowsRequest;
using protocol::GetRowsResponse;
using Rows = std::vector<std::string>;

class RowReadsTest : public testing::Test {
 protected:
  RowReadsTest() {
    world_.Place("", "m", "rs1");
    world_.Place("m", "", "rs2");
    world_.rs1.get_rows.SetUsual(AnswerAll());
    world_.rs2.get_rows.SetUsual(AnswerAll());
  }

  /// One cell for each row asked for, but for those in `refused`.
  Script<GetRowsRequest, GetRowsResponse>::Step AnswerAll(const std::map<std::string, Status>& refused = {}) {
    return [this, refused](const GetRowsRequest& request, std::string* attachment) {
      GetRowsResponse response;
      Rows found;
      for (const std::string& row : request.rows) {
        const auto refusal = refused.find(row);
        response.statuses.push_back(protocol::ToPartStatus(refusal == refused.end() ? Status() : refusal->second));
        if (refusal == refused.end()) found.push_back(row);
      }
      *attachment = world_.Block(found);
      return Result<GetRowsResponse>(response);
    };
  }
  Result<Rows> Get(const Rows& rows, Nanos time = 10 * kSecond) {
    const auto cells = world_.Run(
        GetRows(world_.scans(), ClientWorld::kTable, world_.schema, model::ScanSpec(), rows, world_.In(time)));
    RETURN_IF_ERROR(cells.status());
    Rows found;
    for (const model::Cell& cell : *cells) found.push_back(cell.row);
    return found;
  }

  ClientWorld world_;
};

TEST_F(RowReadsTest, OneCallAServer_AnswersInTheOrderAskedFor) {
  EXPECT_EQ(Get({"z", "a", "n", "b"}).value(), (Rows{"z", "a", "n", "b"}));
  EXPECT_EQ(world_.rs1.get_rows.requests().size(), 1u);
  EXPECT_EQ(world_.rs1.get_rows.requests()[0].rows, (Rows{"a", "b"}));
  EXPECT_EQ(world_.rs2.get_rows.requests().size(), 1u);
}

TEST_F(RowReadsTest, RowsThatHaveMoved_AndOnlyThey_AreAskedForAgain) {
  world_.rs1.get_rows.Then(AnswerAll({{"b", common::NotOwner("moved")}}));
  EXPECT_EQ(Get({"a", "b"}).value(), (Rows{"a", "b"}));
  ASSERT_EQ(world_.rs1.get_rows.requests().size(), 2u);
  EXPECT_EQ(world_.rs1.get_rows.requests()[1].rows, Rows{"b"});
}

TEST_F(RowReadsTest, OneErrorThatWaitingDoesNotMend_EndsAll) {
  world_.rs1.get_rows.Then(AnswerAll({{"b", common::Corruption("damaged")}}));
  EXPECT_TRUE(Get({"a", "b", "z"}).status().Is(StatusCode::kCorruption));
}

TEST_F(RowReadsTest, AServerThatDoesNotAnswer_IsAskedUntilTheDeadline) {
  world_.rs2.get_rows.SetUsual(
      [](const GetRowsRequest&, std::string*) { return Result<GetRowsResponse>(common::Unavailable("starting")); });
  EXPECT_TRUE(Get({"a", "z"}, 2 * kSecond).status().Is(StatusCode::kUnavailable));
  EXPECT_EQ(world_.rs1.get_rows.requests().size(), 1u);
  EXPECT_GT(world_.rs2.get_rows.requests().size(), 3u);
}

TEST_F(RowReadsTest, AnswersThatDoNotFitTheQuestion_AreCorrupt) {
  world_.rs1.get_rows.Then([](const GetRowsRequest&, std::string* attachment) {
    *attachment = model::ScanBlockWriter().Finish();
    return Result<GetRowsResponse>(GetRowsResponse());
  });
  EXPECT_TRUE(Get({"a"}).status().Is(StatusCode::kCorruption));
  world_.rs1.get_rows.Then([this](const GetRowsRequest&, std::string* attachment) {
    *attachment = world_.Block({"other"});
    GetRowsResponse response;
    response.statuses.resize(1);
    return Result<GetRowsResponse>(response);
  });
  EXPECT_TRUE(Get({"a"}).status().Is(StatusCode::kCorruption));
}

}  // namespace
}  // namespace cellar::client

#include "client/cpp/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/error_codes.h"
#include "model/schema_alteration.h"
#include "protocol/values.h"
#include "tests/support/client_world.h"

namespace cellar::client {
namespace {

using protocol::ExplainScanRequest;
using protocol::ExplainScanResponse;
using testing::ElementsAre;

constexpr model::TableId kIndexTable{2, 6};

/// A table of two ranges, (, m] and (m, ], on rs1, whose family f has a value index on rs2. A range server refuses
/// schemas that are not its own.
class ExplainTest : public testing::Test {
 protected:
  ExplainTest() {
    world_.Place("", "m", "rs1");
    world_.Place("m", "", "rs1");
    PlaceIndex(kIndexTable);
    model::SchemaDefinition definition = world_.schema->definition();
    definition.families[0].value_index = true;
    definition.value_index_table = kIndexTable;
    world_.schema = std::make_shared<const model::Schema>(model::Schema::FromDefinition(std::move(definition)).value());
    world_.altered = served_ = world_.schema;
    world_.rs1.explain_scan.SetUsual([this](const ExplainScanRequest& request, std::string*) {
      if (request.schema_generation < served_->generation().get()) {
        return Result<ExplainScanResponse>(common::StaleSchema("altered"));
      }
      asked_.push_back(request.schema_generation);
      return Answer(request);
    });
    world_.rs2.explain_scan.SetUsual([](const ExplainScanRequest& request, std::string*) { return Answer(request); });
  }

  static Result<ExplainScanResponse> Answer(const ExplainScanRequest& request) {
    ExplainScanResponse response;
    response.bounds = request.bounds;
    return response;
  }

  void PlaceIndex(model::TableId table) {
    model::RangeRecord& index = world_.ranges.emplace_back();
    index.range = model::RangeKey(table, std::nullopt, std::nullopt);
    index.location = model::Location("rs2");
    index.state = model::RangeState::kServing;
  }
  void DropIndexTable() {
    std::erase_if(world_.ranges, [](const model::RangeRecord& record) { return record.range.table == kIndexTable; });
  }

  /// By another client: the catalog and the servers have it, this client has not.
  void Alter(const model::SchemaAlteration& alteration) {
    world_.Alter({alteration});
    served_ = world_.altered;
  }

  static model::ScanSpec Holding(const std::string& family, const std::string& value) {
    model::ScanSpec spec;
    spec.predicates = model::PredicateTree(
        model::ColumnPredicate(family, model::QualifierMatch(), model::ColumnPredicate::Value::kExact, value));
    return spec;
  }
  Result<Explanation> Explain(const model::ScanSpec& spec) {
    return world_.Run(ExplainScan(world_.scans(), ClientWorld::kTable, world_.schema, spec, world_.In(10 * kSecond)));
  }

  ClientWorld world_;
  std::shared_ptr<const model::Schema> served_;
  std::vector<int64_t> asked_;  ///< Generations that ranges of the table took.
};

TEST_F(ExplainTest, ATableThatWasAltered_IsExplainedByTheNewSchema) {
  Alter(model::RenameFamily{"f", "g"});
  const auto explained = Explain(Holding("g", "v"));
  ASSERT_TRUE(explained.ok()) << explained.status().ToString();
  EXPECT_EQ(explained->indexes, "VALUE INDEX g") << "what has not begun means the names as they are now";
  EXPECT_EQ(explained->ranges.size(), 2u);
  ASSERT_EQ(explained->lookups.size(), 1u);
  EXPECT_EQ(explained->lookups[0].ranges.size(), 1u);
  const int64_t generation = served_->generation().get();
  EXPECT_THAT(asked_, ElementsAre(generation, generation));
  const size_t before = world_.rs1.explain_scan.requests().size();
  EXPECT_TRUE(Explain(Holding("g", "v")).ok());
  EXPECT_EQ(world_.rs1.explain_scan.requests().size(), before + 2) << "it is known from then on";
}

TEST_F(ExplainTest, AnAlterInTheMiddle_BeginsAnew_ByOneSchema) {
  world_.rs1.explain_scan.Then([this](const ExplainScanRequest& request, std::string*) {
    model::AddToSchema add;
    add.families.emplace_back().name = "g";
    Alter(add);
    return Answer(request);
  });
  const auto explained = Explain(Holding("f", "v"));
  ASSERT_TRUE(explained.ok()) << explained.status().ToString();
  EXPECT_EQ(explained->ranges.size(), 2u);
  EXPECT_EQ(explained->lookups.size(), 1u) << "not those of both tries";
  const int64_t generation = served_->generation().get();
  EXPECT_THAT(asked_, ElementsAre(generation, generation));
}

TEST_F(ExplainTest, AnIndexThatIsGone_IsLeftOut) {
  DropIndexTable();
  Alter(model::DropIndexes{false, {"f"}});
  const auto explained = Explain(Holding("f", "v"));
  ASSERT_TRUE(explained.ok()) << explained.status().ToString();
  EXPECT_EQ(explained->indexes, "");
  EXPECT_TRUE(explained->lookups.empty());
  EXPECT_EQ(explained->ranges.size(), 2u);
}

TEST_F(ExplainTest, ATableThatIsGone_AndASchemaThatNobodyHas_AreErrors) {
  Alter(model::RenameFamily{"f", "g"});
  world_.altered = world_.schema;
  EXPECT_TRUE(Explain(model::ScanSpec()).status().Is(StatusCode::kStaleSchema)) << "the catalog lags behind";
  world_.DropTable();
  EXPECT_TRUE(Explain(model::ScanSpec()).status().Is(StatusCode::kNotFound));
}

}  // namespace
}  // namespace cellar::client

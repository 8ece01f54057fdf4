#include "master/state/master_entities.h"

#include <gtest/gtest.h>

namespace cellar::master {
namespace {

OperationEntity SampleOperation() {
  OperationEntity operation;
  operation.id = 300;
  operation.kind = OperationKind::kAlterTable;
  operation.step = 2;
  operation.session = -7;
  operation.sequence = 9;
  operation.path = "/a/b";
  operation.new_path = "/c";
  operation.table = model::TableId{1, 5};
  operation.schema = std::string("\0x", 2);
  operation.lenient = true;
  operation.set_outcome(common::NotFound("no such table").WithDetail(22));
  return operation;
}

TEST(MasterEntitiesTest, Operation_SurvivesItsRecord) {
  const OperationEntity operation = SampleOperation();
  auto decoded = OperationEntity::Decode(operation.Encode());
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->Encode(), operation.Encode());
  EXPECT_EQ(decoded->outcome(), common::NotFound("no such table").WithDetail(22));
  EXPECT_EQ(decoded->session, -7);
  EXPECT_EQ(decoded->schema, operation.schema);
  EXPECT_EQ(decoded->new_path, "/c");
}

TEST(MasterEntitiesTest, OperationWithIndexTables_SurvivesItsRecord) {
  OperationEntity operation = SampleOperation();
  EXPECT_EQ(operation.Encode()[0], 2) << "without them as before";
  operation.new_index_tables.emplace_back(model::IndexKind::kQualifier, model::TableId{1, 6});
  operation.old_index_tables.emplace_back(model::IndexKind::kValue, model::TableId{1, 4});
  operation.interim_schema = "i";
  auto decoded = OperationEntity::Decode(operation.Encode());
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->Encode(), operation.Encode());
  ASSERT_EQ(decoded->new_index_tables.size(), 1U);
  EXPECT_EQ(decoded->new_index_tables[0].kind, model::IndexKind::kQualifier);
  EXPECT_EQ(decoded->new_index_tables[0].table, (model::TableId{1, 6}));
  EXPECT_EQ(decoded->old_index_tables.size(), 1U);
  EXPECT_EQ(decoded->interim_schema, "i");
}

TEST(MasterEntitiesTest, OperationOfVersion1_HadNoNewPath) {
  OperationEntity operation = SampleOperation();
  operation.new_path.clear();
  std::string bytes = operation.Encode();
  bytes[0] = 1;
  bytes.pop_back();  // the empty path's length
  auto decoded = OperationEntity::Decode(bytes);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->Encode(), operation.Encode());
  bytes[0] = 3;
  EXPECT_TRUE(OperationEntity::Decode(bytes).status().Is(StatusCode::kCorruption));
}

TEST(MasterEntitiesTest, Counters_SurviveTheirRecord) {
  CountersEntity counters;
  counters.next_table = 77;
  counters.next_file_id_block = 1u << 31;
  counters.bootstrapped = true;
  auto decoded = CountersEntity::Decode(counters.Encode());
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->Encode(), counters.Encode());
}

TEST(MasterEntitiesTest, Variables_SurviveTheirRecord) {
  VariablesEntity variables;
  variables.generation = uint64_t{1} << 40;
  variables.read_only = true;
  auto decoded = VariablesEntity::Decode(variables.Encode());
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->generation, variables.generation);
  EXPECT_TRUE(decoded->read_only);
  EXPECT_TRUE(VariablesEntity::Decode(variables.Encode() + "x").status().Is(StatusCode::kCorruption));
}

TEST(MasterEntitiesTest, ServerAndGarbage_SurviveTheirRecords) {
  ServerEntity server;
  server.number = 12;
  server.address = "127.0.0.1:15865";
  server.incarnation = Incarnation({4, 9});
  server.file_id_block = 70;
  auto decoded = ServerEntity::Decode(server.Encode());
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->Encode(), server.Encode());
  EXPECT_EQ(decoded->incarnation, server.incarnation);
  GarbageEntity garbage;
  garbage.id = 5;
  garbage.paths = {"tables/1-1/0000000100000001", "servers/rs1/0000000001.0000000001/"};
  auto garbage_decoded = GarbageEntity::Decode(garbage.Encode());
  ASSERT_TRUE(garbage_decoded.ok());
  EXPECT_EQ(garbage_decoded->paths, garbage.paths);
}

TEST(MasterEntitiesTest, LockService_SurvivesItsRecord) {
  LockServiceEntity entity;
  entity.nonce = "0123";
  entity.mark = {3, 4};
  entity.since = Incarnation({2, 0});
  entity.address = "127.0.0.1:15862";
  const std::string bytes = entity.Encode();
  auto decoded = LockServiceEntity::Decode(bytes);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->Encode(), bytes);
  EXPECT_EQ(decoded->since, entity.since);
  EXPECT_EQ(decoded->address, entity.address);
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_TRUE(LockServiceEntity::Decode(bytes.substr(0, size)).status().Is(StatusCode::kCorruption)) << size;
  }
}

TEST(MasterEntitiesTest, Location_IsRsAndANumber) {
  EXPECT_EQ(*ParseLocationNumber("rs12"), 12u);
  for (const char* bad : {"", "rs", "rs0", "rs01", "rs1x", "1", "rs99999999999"}) {
    EXPECT_TRUE(ParseLocationNumber(bad).status().Is(StatusCode::kInvalidArgument)) << bad;
  }
}

TEST(MasterEntitiesTest, EveryTruncation_IsCorruption) {
  const std::string operation = SampleOperation().Encode();
  for (size_t size = 0; size < operation.size(); ++size) {
    EXPECT_TRUE(OperationEntity::Decode(operation.substr(0, size)).status().Is(StatusCode::kCorruption)) << size;
  }
  const std::string counters = CountersEntity().Encode();
  for (size_t size = 0; size < counters.size(); ++size) {
    EXPECT_TRUE(CountersEntity::Decode(counters.substr(0, size)).status().Is(StatusCode::kCorruption)) << size;
  }
}

}  // namespace
}  // namespace cellar::master

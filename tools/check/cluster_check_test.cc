#include "tools/check/cluster_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "common/file/faulty_file_system.h"
#include "tools/check/check_world.h"

namespace cellar::check {
namespace {

using model::FileId;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(ClusterCheckTest, WellKeptCluster_HasNoFinding) {
  CheckWorld world;
  const CheckReport report = world.Check();
  EXPECT_TRUE(report.clean()) << ReportAsText(report);
  EXPECT_EQ(report.counts.tables, 3u);
  EXPECT_EQ(report.counts.ranges, 4u);
  EXPECT_EQ(report.counts.stores, 1u);
  EXPECT_EQ(report.counts.dropped_files, 1u);
  EXPECT_EQ(report.counts.logs, 4u);
  EXPECT_EQ(report.counts.passes, 1u);
}

/// One way in which a cluster can be inconsistent, and what must be said of it.
struct Seed {
  const char* name;
  std::function<void(CheckWorld&)> plant;
  const char* finding;  ///< "rule subject"
};

std::ostream& operator<<(std::ostream& out, const Seed& seed) {
  return out << seed.name;
}

constexpr const char* kUserRange = "range 1/1(..]";

std::string Of(std::string_view rule, const std::string& subject) {
  return std::string(rule) + " " + subject;
}

class SeedTest : public testing::TestWithParam<Seed> {};

TEST_P(SeedTest, IsFound) {
  CheckWorld world;
  GetParam().plant(world);
  const CheckReport report = world.Check();
  std::vector<std::string> lines;
  for (const Finding& finding : report.findings) lines.push_back(Of(finding.rule, finding.subject));
  EXPECT_THAT(lines, Contains(GetParam().finding)) << ReportAsText(report);
  const auto json = nlohmann::json::parse(ReportAsJson(report));
  EXPECT_FALSE(json["clean"]);
  EXPECT_EQ(json["findings"].size(), report.findings.size());
}

std::string NameOf(const testing::TestParamInfo<Seed>& info) {
  return info.param.name;
}

model::Cell MetadataCell(std::string row, model::FamilyId family, std::string value) {
  return model::Cell(std::move(row), family, "", model::KeyFlag::kInsert, 0, model::Revision(), std::move(value));
}

std::vector<Seed> RowSeeds() {
  using World = CheckWorld;
  return {
      {"NoRange", [](World& w) { w.rows.erase(World::kUserRow); }, "table-without-ranges table 1/1"},
      {"NoMetadataRange", [](World& w) { w.rows.erase("0/0;"); }, "table-without-ranges table 0/0"},
      {"NoCatalogRange", [](World& w) { w.rows.erase("0/1;"); }, "table-without-ranges table 0/1"},
      {"HoleAtTheBeginning", [](World& w) { w.row(World::kUserRow).range.start_row = "k"; },
       "range-hole range 1/1(\"k\"..]"},
      {"HoleAtTheEnd",
       [](World& w) {
         w.rows["1/1:k"] = w.row(World::kUserRow);
         w.row("1/1:k").range.end_row = "k";
         w.rows.erase(World::kUserRow);
       },
       "range-hole range 1/1(..\"k\"]"},
      {"Overlap",
       [](World& w) {
         w.rows["1/1:k"] = w.row(World::kUserRow);
         w.row("1/1:k").range.end_row = "k";
       },
       "range-overlap range 1/1(..]"},
      {"UnknownTable",
       [](World& w) {
         w.rows["1/9;"] = w.row(World::kUserRow);
         w.row("1/9;").range.table = model::TableId{1, 9};
       },
       "range-of-unknown-table range 1/9(..]"},
      {"RowWithoutStart",
       [](World& w) { w.extra_metadata.push_back(MetadataCell("1/1:k", model::FamilyId{9}, "2.2")); },
       "row-unreadable METADATA row \"1/1:k\""},
      {"RowThatIsNone", [](World& w) { w.extra_metadata.push_back(MetadataCell("zzz", model::FamilyId{9}, "2.2")); },
       "row-unreadable METADATA row \"zzz\""},
      {"NotServing", [](World& w) { w.row(World::kUserRow).state = model::RangeState::kGranted; },
       "range-state range 1/1(..]"},
      {"Dropping", [](World& w) { w.row(World::kUserRow).state = model::RangeState::kDropping; },
       "range-state range 1/1(..]"},
      {"DeadOwner",
       [](World& w) {
         w.row(World::kUserRow).incarnation = Incarnation({1, 1});
       },
       "range-owner range 1/1(..]"},
      {"NoOwner", [](World& w) { w.row(World::kUserRow).location = model::Location(""); }, "range-owner range 1/1(..]"},
      {"EpochOfTheFuture",
       [](World& w) {
         w.row(World::kUserRow).epoch = Epoch({3, 1});
       },
       "range-epoch range 1/1(..]"},
      {"EpochBeforeItsOwner",
       [](World& w) {
         w.row(World::kUserRow).epoch = Epoch({1, 9});
       },
       "range-epoch range 1/1(..]"},
      {"LogReferenceTwice",
       [](World& w) { w.row(World::kUserRow).log_refs.push_back(w.row(World::kUserRow).log_refs[0]); },
       "range-epoch range 1/1(..]"},
  };
}

std::vector<Seed> ManifestSeeds() {
  using World = CheckWorld;
  using model::Manifest;
  return {
      {"Undecodable", [](World& w) { w.row(World::kUserRow).manifest[7] ^= 1; }, "manifest range 1/1(..]"},
      {"OtherRows", [](World& w) { w.EditManifest([](Manifest& m) { m.start_row = "k"; }); }, "manifest range 1/1(..]"},
      {"NumberZero", [](World& w) { w.EditManifest([](Manifest& m) { m.number = model::ManifestNumber(); }); },
       "manifest range 1/1(..]"},
      {"UnknownGroup", [](World& w) { w.EditManifest([](Manifest& m) { m.groups[0].name = "other"; }); },
       "manifest range 1/1(..]"},
      {"GroupTwice", [](World& w) { w.EditManifest([](Manifest& m) { m.groups.push_back(m.groups[0]); }); },
       "manifest range 1/1(..]"},
      {"LiveAndDropped",
       [](World& w) { w.EditManifest([](Manifest& m) {
                        m.dropped.push_back({m.groups[0].files[0].id, 1});
                      }); },
       "manifest range 1/1(..]"},
      {"FileOfAnotherTable",
       [](World& w) {
         w.row("0/1;").manifest = w.row(World::kUserRow).manifest;
         w.row("0/1;").log_refs.clear();
       },
       "manifest range 1/1(..]"},
      {"OtherSize", [](World& w) { w.EditManifest([](Manifest& m) { ++m.groups[0].files[0].size_bytes; }); },
       "store-mismatch range 1/1(..]"},
      {"OtherCellCount", [](World& w) { w.EditManifest([](Manifest& m) { --m.groups[0].files[0].cell_count; }); },
       "store-mismatch range 1/1(..]"},
      {"FlushedBelowItsFile",
       [](World& w) { w.EditManifest([](Manifest& m) { m.groups[0].flushed = model::Revision(1); }); },
       "store-mismatch range 1/1(..]"},
      {"FileThatNeverWas",
       [](World& w) {
         w.EditManifest([](Manifest& m) {
           m.groups[0].files.push_back(m.groups[0].files[0]);
           m.groups[0].files.back().id = FileId(77);
         });
       },
       "store-missing range 1/1(..]"},
      {"RowsOutsideTheRange",
       [](World& w) {
         w.rows["1/1:row1100"] = w.row(World::kUserRow);
         w.row("1/1:row1100").range.end_row = "row1100";
         w.row("1/1:row1100").manifest.clear();
         w.row(World::kUserRow).range.start_row = "row1100";
         w.EditManifest([](Manifest& m) { m.start_row = "row1100"; });
       },
       "store-mismatch range 1/1(\"row1100\"..]"},
  };
}

std::vector<Seed> NameSeeds() {
  using World = CheckWorld;
  return {
      {"TableWithoutName", [](World& w) { w.catalog.erase("path:/t"); }, "name table 1/1"},
      {"NameWithoutTable", [](World& w) { w.catalog.erase("table:1/1"); }, "name name /t"},
      {"TwoNames", [](World& w) { w.catalog["path:/u"]["1:"] = "table\t1/1"; }, "name name /u"},
      {"NameOfAnotherTable", [](World& w) { w.catalog["path:/t"]["1:"] = "table\t1/2"; }, "name name /t"},
      {"NameThatIsANamespace", [](World& w) { w.catalog["path:/t"]["1:"] = "namespace\t4"; }, "name table 1/1"},
      {"NoParent", [](World& w) { w.catalog["path:/x/y"]["1:"] = "namespace\t5"; }, "name name /x/y"},
      {"ParentIsATable", [](World& w) { w.catalog["path:/t/y"]["1:"] = "namespace\t5"; }, "name name /t/y"},
      {"NoTmp", [](World& w) { w.catalog.erase("path:/tmp"); }, "name name /tmp"},
      {"NotCanonical", [](World& w) { w.catalog["path:/tmp/"]["1:"] = "namespace\t5"; }, "name name /tmp/"},
      {"MalformedEntry", [](World& w) { w.catalog["path:/u"]["1:"] = "thing"; }, "row-unreadable name /u"},
      {"MalformedId", [](World& w) { w.catalog["path:/t"]["1:"] = "table\tx"; }, "name name /t"},
      {"StrayRow", [](World& w) { w.catalog["stray"]["1:"] = "x"; }, "row-unreadable catalog row \"stray\""},
      {"MalformedTableRow", [](World& w) { w.catalog["table:x"]["2:"] = "/t"; },
       "row-unreadable catalog row \"table:x\""},
      {"NoSchema", [](World& w) { w.catalog["table:1/1"].erase("3:00000000000000000001"); }, "schema table 1/1"},
      {"UndecodableSchema", [](World& w) { w.catalog["table:1/1"]["3:00000000000000000001"] = "x"; },
       "schema table 1/1"},
      {"SchemaOfAnotherGeneration",
       [](World& w) {
         w.catalog["table:1/1"]["3:00000000000000000002"] = w.catalog["table:1/1"]["3:00000000000000000001"];
       },
       "schema table 1/1"},
  };
}

std::vector<Seed> FileSeeds() {
  using World = CheckWorld;
  return {
      {"StoreMissing", [](World& w) { ASSERT_TRUE(w.files().Remove(w.LivePath()).ok()); },
       "store-missing range 1/1(..]"},
      {"StoreDamaged", [](World& w) { w.Damage(w.LivePath(), 200); }, "store-damaged range 1/1(..]"},
      {"StoreCut", [](World& w) { ASSERT_TRUE(w.files().Truncate(w.LivePath(), 300).ok()); },
       "store-damaged range 1/1(..]"},
      {"StoreOfAnotherId",
       [](World& w) {
         const auto bytes = common::ReadWholeFile(w.files(), w.DroppedPath(), 1 << 20);
         ASSERT_TRUE(w.files().Remove(w.LivePath()).ok());
         w.WriteFile(w.LivePath(), *bytes);
       },
       "store-damaged range 1/1(..]"},
      {"DroppedGoneTooEarly", [](World& w) { ASSERT_TRUE(w.files().Remove(w.DroppedPath()).ok()); },
       "store-missing range 1/1(..]"},
      {"Orphan", [](World& w) { w.WriteFile("tables/1-1/00000003000000ff", "x"); }, "orphan table 1/1"},
      {"DirectoryOfADroppedTable", [](World& w) { w.WriteFile("tables/1-8/0000000300000001", "x"); },
       "orphan table 1/8"},
      {"ForeignInATable", [](World& w) { w.WriteFile("tables/1-1/notes.txt", "x"); }, "foreign-file data directory"},
      {"ForeignTable", [](World& w) { w.WriteFile("tables/mine/x", "x"); }, "foreign-file data directory"},
      {"ForeignAtTheTop", [](World& w) { w.WriteFile("backup/x", "x"); }, "foreign-file data directory"},
      {"ForeignServer", [](World& w) { w.WriteFile("servers/rs1/old/x", "x"); }, "foreign-file data directory"},
      {"NeededLogMissing", [](World& w) { ASSERT_TRUE(w.files().RemoveDirectory(World::kDeadLog).ok()); },
       "log-missing range 1/1(..]"},
      {"NeededLogDamaged", [](World& w) { w.Damage(std::string(World::kDeadLog) + "/0000000001", 140); },
       "log-damaged range 1/1(..]"},
      {"LivingLogDamaged", [](World& w) { w.Damage("servers/rs1/0000000002.0000000001/log/metadata/0000000001", 140); },
       "log-damaged range server rs1"},
      {"LogThatNobodyNeeds", [](World& w) { w.row(World::kUserRow).log_refs.clear(); }, "orphan range servers"},
      {"OldRootLog", [](World& w) { ASSERT_TRUE(w.files().CreateDirectories("root/0000000001.0000000001").ok()); },
       "orphan root range"},
      {"OldMasterLog", [](World& w) { ASSERT_TRUE(w.files().CreateDirectories("master/log-0000000001").ok()); },
       "orphan master"},
      {"OldTerm", [](World& w) { w.WriteFile("master/term-0000000001", ""); }, "orphan master"},
      {"NoRootRecord", [](World& w) { ASSERT_TRUE(w.files().RemoveDirectory("root").ok()); },
       "root-record range 0/0(..\"0/0;\"]"},
      {"RootLogDamaged", [](World& w) { w.Damage("root/0000000002.0000000001/0000000001", 120); },
       "root-record range 0/0(..\"0/0;\"]"},
      {"MasterLogDamaged", [](World& w) { w.Damage("master/log-0000000002/0000000001", 120); },
       "metalog-damaged master"},
      {"LockServiceDamaged", [](World& w) { w.Damage("lockservice/0000000001", 120); }, "metalog-damaged lock service"},
  };
}

INSTANTIATE_TEST_SUITE_P(Rows, SeedTest, testing::ValuesIn(RowSeeds()), NameOf);
INSTANTIATE_TEST_SUITE_P(Manifests, SeedTest, testing::ValuesIn(ManifestSeeds()), NameOf);
INSTANTIATE_TEST_SUITE_P(Names, SeedTest, testing::ValuesIn(NameSeeds()), NameOf);
INSTANTIATE_TEST_SUITE_P(Files, SeedTest, testing::ValuesIn(FileSeeds()), NameOf);

TEST(ClusterCheckTest, EveryCellOfMetadata_IsMissed) {
  CheckWorld world;
  size_t cell_count = 0;
  for (const auto& [name, record] : world.rows) cell_count += model::EncodeRangeRecord(record).size();
  ASSERT_EQ(cell_count, 17u);
  for (size_t cell = 0; cell < cell_count; ++cell) {
    world.lost_metadata = cell;
    EXPECT_FALSE(world.Check().clean()) << "cell " << cell;
  }
}

TEST(ClusterCheckTest, EveryCellOfTheCatalog_IsMissed) {
  const CheckWorld whole;
  for (const auto& [row, columns] : whole.catalog) {
    for (const auto& [column, value] : columns) {
      CheckWorld world;
      world.catalog[row].erase(column);
      EXPECT_FALSE(world.Check().clean()) << row << " " << column;
    }
  }
}

TEST(ClusterCheckTest, EveryFile_IsMissed) {
  for (const std::string& path :
       {CheckWorld().LivePath(), CheckWorld().DroppedPath(), std::string(CheckWorld::kDeadLog) + "/0000000001",
        std::string("servers/rs1/0000000002.0000000001/log/root/0000000001"),
        std::string("servers/rs1/0000000002.0000000001/log/metadata/0000000001"),
        std::string("servers/rs1/0000000002.0000000001/log/user/0000000001"),
        std::string("root/0000000002.0000000001/0000000001")}) {
    CheckWorld world;
    ASSERT_TRUE(world.files().Remove(path).ok()) << path;
    EXPECT_FALSE(world.Check().clean()) << path;
  }
}

TEST(ClusterCheckTest, EveryByteOfAFile_IsCovered) {
  CheckWorld world;
  const std::string path = world.LivePath();
  const uint64_t length = common::ReadWholeFile(world.files(), path, 1 << 20)->size();
  SeededRandom random(3);
  for (int i = 0; i < 40; ++i) {
    const uint64_t offset = random.Uniform(length);
    world.Damage(path, offset);
    EXPECT_THAT(world.Findings(), Contains(Of(rule::kStoreDamaged, kUserRange))) << "offset " << offset;
    world.Damage(path, offset);
  }
  EXPECT_THAT(world.Findings(), IsEmpty());
}

TEST(ClusterCheckTest, DirectoryThatDoesNotList_IsFound) {
  CheckWorld world;
  common::FaultyFileSystem faulty(world.files(), 1);
  FaultRule wrong;
  wrong.operation = FileOperation::kList;
  wrong.path_pattern = "tables/1-1";
  wrong.code = StatusCode::kCorruption;
  faulty.AddRule(wrong);
  const CheckReport report = world.Check(faulty);
  ASSERT_FALSE(report.clean());
  EXPECT_EQ(Of(report.findings[0].rule, report.findings[0].file), "directory-damaged tables/1-1");
}

TEST(ClusterCheckTest, FileThatIsBeingWritten_IsNoOrphan) {
  CheckWorld world;
  world.WriteFile("tables/1-1/0000000700000009", "x");
  world.servers.living[0].under_way.insert(FileId((uint64_t{7} << 32) | 9));
  const CheckReport report = world.Check();
  EXPECT_TRUE(report.clean()) << ReportAsText(report);
  EXPECT_EQ(report.counts.files_under_way, 1u);
}

TEST(ClusterCheckTest, TornTailOfALog_IsNoFinding) {
  CheckWorld world;
  const std::string log = std::string(CheckWorld::kDeadLog) + "/0000000001";
  const uint64_t length = common::ReadWholeFile(world.files(), log, 1 << 20)->size();
  ASSERT_TRUE(world.files().Truncate(log, length - 10).ok());
  EXPECT_THAT(world.Findings(), IsEmpty());
}

TEST(ClusterCheckTest, WhatIsMendedBetweenTwoPasses_IsNoFinding) {
  CheckWorld world;
  const std::string garbage = "tables/1-1/00000003000000ff";
  world.WriteFile(garbage, "x");
  int looks = 0;
  world.before_pass = [&] {
    if (++looks == 2) EXPECT_TRUE(world.files().Remove(garbage).ok());
  };
  const CheckReport report = world.Check();
  EXPECT_TRUE(report.clean()) << ReportAsText(report);
  EXPECT_GE(report.counts.passes, 2u);
}

TEST(ClusterCheckTest, OperationUnderWay_ExcusesItsTable) {
  CheckWorld world;
  world.catalog.erase("path:/t");  // as the first step of a drop leaves it
  world.row(CheckWorld::kUserRow).state = model::RangeState::kDropping;
  world.servers.operations.insert("/t");
  EXPECT_THAT(world.Findings(), IsEmpty());
}

TEST(ClusterCheckTest, RenameUnderWay_ExcusesBothNames) {
  CheckWorld world;
  world.servers.operations.insert("/t");
  world.catalog["path:/u"]["1:"] = "table\t1/1";  // after its first step
  EXPECT_THAT(world.Findings(), IsEmpty());
  world.catalog.erase("path:/t");  // after its second
  EXPECT_THAT(world.Findings(), IsEmpty());
  world.servers.operations.clear();
  EXPECT_EQ(world.Findings().size(), 2u);
}

TEST(ClusterCheckTest, UnreadableRow_MakesNoOrphans) {
  CheckWorld world;
  world.row(CheckWorld::kUserRow).manifest[7] ^= 1;
  for (const std::string& line : world.Findings()) EXPECT_EQ(line.find("orphan"), std::string::npos) << line;
}

TEST(ClusterCheckTest, Text_NamesEverythingAndWhoMustAct) {
  CheckWorld world;
  world.Damage(world.LivePath(), 200);
  const std::string text = ReportAsText(world.Check());
  EXPECT_THAT(text, HasSubstr("error [store-damaged] range 1/1(..] tables/1-1/"));
  EXPECT_THAT(text, HasSubstr("offset"));
  EXPECT_THAT(text, HasSubstr("needs an operator"));
  EXPECT_THAT(text, HasSubstr("1 finding\n"));
}

}  // namespace
}  // namespace cellar::check

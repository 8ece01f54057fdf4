#include "rangeserver/range/range.h"

#include <gtest/gtest.h>

#include "model/counter.h"
#include "rangeserver/range/compaction.h"
#include "rangeserver/range/file_ids.h"
#include "rangeserver/range/row_latches.h"
#include "rangeserver/range/state_source.h"
#include "storage/merge_source.h"
#include "tests/support/engine_world.h"

namespace cellar::rangeserver {
namespace {

using model::Cell;
using model::FamilyId;
using model::KeyFlag;
using tests::EngineWorld;

/// Families a (group default), b (group second, MAX_VERSIONS 1), c (counter).
model::Schema TwoGroups() {
  model::SchemaDefinition definition;
  definition.groups.emplace_back().name = "second";
  for (const char* name : {"a", "b", "c"}) definition.families.emplace_back().name = name;
  definition.families[1].access_group = "second";
  definition.families[1].options.max_versions = 1;
  definition.families[2].options.counter = true;
  Result<model::Schema> schema = model::Schema::Create(definition);
  CHECK(schema.ok());
  return std::move(schema).value();
}

Cell Put(const std::string& row, uint8_t family, const std::string& qualifier, const std::string& value) {
  return Cell(row, FamilyId{family}, qualifier, KeyFlag::kInsert, model::kAutomaticTimestamp, model::Revision(), value);
}
Cell DeleteRow(const std::string& row) {
  return Cell(row, FamilyId{}, "", KeyFlag::kDeleteRow, model::kAutomaticTimestamp, model::Revision(), "");
}

TEST(RangeTest, Watermark_MovesByWholeBatches) {
  EngineWorld world(TwoGroups());
  EXPECT_EQ(world.range().applied(), model::Revision{});
  world.Apply({Put("r", 1, "x", "1"), Put("r", 2, "x", "2")});
  const model::Revision first = world.range().applied();
  const RangeSnapshot before = world.range().Snapshot();
  world.Apply({Put("r", 1, "x", "3")});
  EXPECT_EQ(before.revision(), first);
  EXPECT_GT(world.range().applied(), first);
  EXPECT_EQ(world.range().revision_floor(), world.range().applied());
}

TEST(RangeTest, Snapshot_KeepsWhatItReadsThroughCompactions) {
  EngineWorld world(TwoGroups());
  world.Apply({Put("r", 2, "x", "old")});
  world.Compact(CompactionKind::kMinor);
  const RangeSnapshot snapshot = world.range().Snapshot();
  world.Apply({Put("r", 2, "x", "new")});
  world.Compact(CompactionKind::kMajor);
  EXPECT_GE(world.range().manifest().history_floor, snapshot.revision());
  const auto values = ReadColumns(snapshot, "r", {Column(FamilyId{2}, "x")}, 0);
  ASSERT_TRUE(values.ok()) << values.status().ToString();
  EXPECT_EQ(values->front(), "old");
}

TEST(RangeTest, MinorCompaction_AdvancesGroupsWithoutCellsToo) {
  EngineWorld world(TwoGroups());
  world.Apply({Put("r", 1, "x", "1")});
  EXPECT_TRUE(world.Compact(CompactionKind::kMinor));
  const model::Manifest manifest = world.range().manifest();
  EXPECT_EQ(manifest.number, model::ManifestNumber{1});
  EXPECT_EQ(manifest.min_flushed(), world.range().applied());
  EXPECT_EQ(manifest.FindGroup("default")->files.size(), 1u);
  EXPECT_TRUE(manifest.FindGroup("second")->files.empty());
  EXPECT_FALSE(world.Compact(CompactionKind::kMinor));
}

TEST(RangeTest, MajorCompaction_DropsMarkersAndEmptyFiles) {
  EngineWorld world(TwoGroups());
  world.Apply({Put("r", 1, "x", "1"), Put("r", 2, "x", "1")});
  world.Compact(CompactionKind::kMinor);
  world.Apply({DeleteRow("r")});
  world.Compact(CompactionKind::kMajor);
  const model::Manifest manifest = world.range().manifest();
  EXPECT_TRUE(manifest.FindGroup("default")->files.empty());
  EXPECT_TRUE(manifest.FindGroup("second")->files.empty());
  EXPECT_EQ(manifest.dropped.size(), 2u);
  EXPECT_TRUE(world.ReadAll().empty());
}

TEST(RangeTest, GcCompaction_RewritesOnlyWhenEnoughIsDead) {
  EngineWorld world(TwoGroups());
  world.Apply({Put("r", 1, "x", "1"), Put("s", 1, "x", "1")});
  world.Compact(CompactionKind::kMinor);
  EXPECT_FALSE(world.Compact(CompactionKind::kGc));
  world.Apply({DeleteRow("r")});
  EXPECT_TRUE(world.Compact(CompactionKind::kGc));
  EXPECT_EQ(world.range().stats().store_cells, 1u);
}

TEST(RangeTest, MergingCompaction_KeepsTheNumberOfFilesLow) {
  EngineWorld world(TwoGroups());
  for (int i = 0; i < 60; ++i) {
    world.Apply({Put("r" + std::to_string(i), 1, "x", std::string(100, 'v'))});
    world.Compact(CompactionKind::kMerging);
    ASSERT_LE(world.range().stats().max_group_stores, kMaxGroupStores);
  }
  EXPECT_EQ(world.ReadAll(), world.ExpectedState());
  EXPECT_LT(world.range().stats().max_group_stores, 8u);
}

TEST(RangeTest, DroppedFiles_AreReleasedAfterTheGraceWhenNobodyReadsThem) {
  EngineWorld world(TwoGroups());
  world.Apply({Put("r", 1, "x", "1")});
  world.Compact(CompactionKind::kMinor);
  std::optional<RangeSnapshot> reader = world.range().Snapshot();
  world.Apply({Put("r", 1, "x", "2")});
  world.Compact(CompactionKind::kMajor);
  world.clock().Advance(model::kDroppedFileGrace + kSecond);
  const auto compact = [&] {
    world.Apply({Put("r", 1, "y", "3")});
    Result<std::optional<ManifestEdit>> edit = world.range().Compact(CompactionKind::kMinor);
    CHECK(edit.ok() && edit->has_value());
    world.range().Installed(**edit);
    world.range().RemoveReleased(**edit);
    return (*edit)->released;
  };
  EXPECT_TRUE(compact().empty());
  const size_t file_count = world.files().List("tables/1-1")->size();
  reader.reset();
  EXPECT_EQ(compact().size(), 1u);
  EXPECT_EQ(world.files().List("tables/1-1")->size(), file_count);  // One more, one less.
  EXPECT_TRUE(world.range().manifest().dropped.empty());
}

TEST(RangeTest, DroppedFiles_AreReleasedAlsoWhenNothingIsWrittenAnyMore) {
  EngineWorld world(TwoGroups());
  world.Apply({Put("r", 1, "x", "1")});
  world.Compact(CompactionKind::kMinor);
  world.Compact(CompactionKind::kMajor);
  ASSERT_EQ(world.range().manifest().dropped.size(), 1u);
  EXPECT_EQ(world.range().stats().released_count, 0u);
  EXPECT_FALSE(world.Compact(CompactionKind::kMinor)) << "the grace is not over";
  world.clock().Advance(model::kDroppedFileGrace + kSecond);
  EXPECT_EQ(world.range().stats().released_count, 1u);
  EXPECT_TRUE(world.Compact(CompactionKind::kMinor));
  EXPECT_EQ(world.range().stats().released_count, 0u);
  EXPECT_EQ(world.range().stats().store_count, 1u) << "nothing was written anew";
  EXPECT_TRUE(world.range().manifest().dropped.empty());
  EXPECT_EQ(world.ReadAll(), world.ExpectedState());
}

TEST(RangeTest, AbandonedEdit_LeavesEverythingReadableAndIsDoneAgain) {
  EngineWorld world(TwoGroups());
  world.Apply({Put("r", 1, "x", "1")});
  const Result<std::optional<ManifestEdit>> edit = world.range().Compact(CompactionKind::kMinor);
  ASSERT_TRUE(edit.ok() && edit->has_value());
  world.range().Abandoned(**edit);
  EXPECT_EQ(world.ReadAll(), world.ExpectedState());
  EXPECT_EQ(world.range().manifest().number, model::ManifestNumber{});
  world.Apply({Put("r", 1, "y", "2")});
  EXPECT_TRUE(world.Compact(CompactionKind::kMinor));
  EXPECT_EQ(world.ReadAll(), world.ExpectedState());
  EXPECT_EQ(world.range().stats().cache_cells, 0u);
}

TEST(RangeTest, StoppedRange_CompactsNoMore) {
  EngineWorld world(TwoGroups());
  world.Apply({Put("r", 1, "x", "1")});
  world.range().StopCompactions();
  EXPECT_EQ(world.range().Compact(CompactionKind::kMinor).status().code(), StatusCode::kCancelled);
}

TEST(RangeTest, FailedCompaction_ChangesNothingAndRemovesItsFiles) {
  EngineWorld world(TwoGroups());
  world.Apply({Put("r", 1, "x", std::string(5000, 'v')), Put("r", 2, "x", "2")});
  world.files().set_space_limit_bytes(world.files().used_bytes() + 100);
  EXPECT_EQ(world.range().Compact(CompactionKind::kMinor).status().code(), StatusCode::kNoSpace);
  EXPECT_EQ(world.ReadAll(), world.ExpectedState());
  EXPECT_TRUE(world.files().List("tables/1-1")->empty());
  world.files().set_space_limit_bytes(1 << 20);
  EXPECT_TRUE(world.Compact(CompactionKind::kMinor));
  EXPECT_EQ(world.ReadAll(), world.ExpectedState());
}

TEST(RangeTest, DamagedFile_IsNamedWhenOpenedOrRead) {
  EngineWorld world(TwoGroups());
  world.Apply({Put("r", 1, "x", std::string(5000, 'v'))});
  world.Compact(CompactionKind::kMinor);
  const std::string path = CellStorePath(model::TableId{1, 1}, world.range().manifest().groups[0].files[0].id);
  ASSERT_TRUE(world.files().Damage(path, 60, "XXXX").ok());
  const RangeSnapshot snapshot = world.range().Snapshot();
  auto sources = snapshot.Sources(model::FamilySet().set(), model::RowInterval::All());
  ASSERT_TRUE(sources.ok());
  storage::MergeSource merge(std::move(sources).value());
  merge.SeekToFirst();
  EXPECT_FALSE(merge.Valid());
  EXPECT_EQ(merge.status().code(), StatusCode::kCorruption);
  EXPECT_NE(merge.status().message().find(path), std::string_view::npos);
  // A compaction of it fails too, and the range goes on.
  EXPECT_EQ(world.range().Compact(CompactionKind::kMajor).status().code(), StatusCode::kCorruption);
  ASSERT_TRUE(world.files().Remove(path).ok());
  RangeEnvironment environment;
  ManualClock clock;
  environment.files = &world.files();
  environment.clock = &clock;
  const auto opened = Range::Open(environment, model::RangeKey(model::TableId{1, 1}, std::nullopt, std::nullopt),
                                  Epoch(), world.range().schema(), world.range().manifest());
  EXPECT_EQ(opened.status().code(), StatusCode::kNotFound);
}

TEST(RangeTest, Open_RefusesAManifestOfOtherBoundsOrGroups) {
  EngineWorld world(TwoGroups());
  world.Apply({Put("r", 1, "x", "1")});
  world.Compact(CompactionKind::kMinor);
  RangeEnvironment environment;
  ManualClock clock;
  environment.files = &world.files();
  environment.clock = &clock;
  model::Manifest manifest = world.range().manifest();
  const auto open = [&](const model::Manifest& m) {
    return Range::Open(environment, model::RangeKey(model::TableId{1, 1}, std::nullopt, std::nullopt), Epoch(),
                       world.range().schema(), m)
        .status();
  };
  EXPECT_TRUE(open(manifest).ok());
  manifest.groups[0].name = "elsewhere";
  EXPECT_EQ(open(manifest).code(), StatusCode::kCorruption);
  manifest = world.range().manifest();
  manifest.end_row = "m";
  EXPECT_EQ(open(manifest).code(), StatusCode::kCorruption);
}

TEST(RangeTest, Replay_ClipsToTheRangesRowsAndRefusesDamage) {
  EngineWorld world(TwoGroups());
  RangeEnvironment environment;
  ManualClock clock;
  environment.files = &world.files();
  environment.clock = &clock;
  const model::RangeKey half(model::TableId{1, 1}, "m", std::nullopt);
  auto range = Range::Open(environment, half, Epoch(), world.range().schema(), model::Manifest());
  ASSERT_TRUE(range.ok());
  model::FrameBuilder builder{model::KeyCodec()};
  for (const char* row : {"a", "m", "n", "z"}) builder.Add(Put(row, 1, "x", row).view());
  const std::string frame = builder.Build();
  const auto view = model::ParseFrame(frame, model::CellLimits(), model::KeyCodec());
  storage::LoggedRange whole;
  storage::Section section;
  section.range = &whole;
  section.base = model::Revision{100};
  section.revision_count = 4;
  section.cells = view->cells;
  const Result<bool> replayed = (*range)->Replay(section);
  ASSERT_TRUE(replayed.ok() && *replayed);
  EXPECT_EQ((*range)->stats().cache_cells, 2u);
  EXPECT_EQ((*range)->applied(), model::Revision{103});
  EXPECT_FALSE(*(*range)->Replay(section));
  section.base = model::Revision{200};
  section.cells = view->cells.substr(0, view->cells.size() - 1);
  EXPECT_EQ((*range)->Replay(section).status().code(), StatusCode::kCorruption);
  section.revision_count = 2;
  section.cells = view->cells;
  EXPECT_EQ((*range)->Replay(section).status().code(), StatusCode::kCorruption);
}

TEST(RangeTest, ExactlyOnceWindow_SurvivesFlushAndReopen) {
  EngineWorld world(TwoGroups());
  world.Apply({Put("r", 1, "x", "1")});
  const auto seen = [&](int64_t sequence) {
    return world.range().FindApplied(model::SessionId{1}, model::SequenceNumber{sequence}, "r").has_value();
  };
  EXPECT_TRUE(seen(1));
  world.Compact(CompactionKind::kMinor);
  world.Apply({Put("r", 1, "x", "2")});
  world.Reopen();
  EXPECT_TRUE(seen(1));
  EXPECT_TRUE(seen(2));
  EXPECT_FALSE(seen(3));
  EXPECT_TRUE(world.range().CheckRoom(model::SessionId{2}).ok());
}

TEST(RangeTest, AlteredSchema_HidesDroppedFamiliesAndTakesNewGroups) {
  EngineWorld world(TwoGroups());
  world.Apply({Put("r", 1, "x", "1"), Put("r", 2, "x", "2")});
  world.Compact(CompactionKind::kMinor);
  model::AddToSchema add;
  add.families.emplace_back().name = "d";
  add.families[0].access_group = "third";
  add.groups.emplace_back().name = "third";
  world.AlterSchema({add, model::DropFamilies{{"a"}}});
  world.Apply({Put("r", 4, "x", "4")});
  EXPECT_EQ(world.ReadAll(), world.ExpectedState());
  world.Compact(CompactionKind::kMajor);
  EXPECT_EQ(world.ReadAll(), world.ExpectedState());
  EXPECT_EQ(world.range().stats().store_cells, 2u);
  world.Reopen();
  EXPECT_EQ(world.ReadAll(), world.ExpectedState());
}

TEST(StateSourceTest, SeekIntoARow_FindsItsMarkersFirst) {
  EngineWorld world(TwoGroups());
  Cell family_delete("r", FamilyId{1}, "", KeyFlag::kDeleteFamily, model::kAutomaticTimestamp, model::Revision(), "");
  world.Apply(
      {Put("q", 1, "z", "1"), Put("r", 1, "a", "1"), Put("r", 1, "z", "1"), Put("r", 2, "z", "2"), family_delete});
  world.Apply({Put("r", 1, "y", "3")});
  const RangeSnapshot snapshot = world.range().Snapshot();
  const auto seek = [&](const std::string& target) {
    auto sources = snapshot.Sources(model::FamilySet().set(), model::RowInterval::All());
    CHECK(sources.ok());
    StateSource::Options options;
    options.snapshot = snapshot.revision();
    StateSource state(snapshot.schema(), std::make_unique<storage::MergeSource>(std::move(sources).value()), options);
    state.Seek(target);
    std::string values;
    for (; state.Valid(); state.Next()) values += state.value();
    return values;
  };
  EXPECT_EQ(seek(model::RowStart("q")), "132");
  EXPECT_EQ(seek(model::RowStart("r")), "32");
  EXPECT_EQ(seek(model::ColumnStart("r", FamilyId{1}, "z")), "2");
  EXPECT_EQ(seek(model::FamilyStart("r", FamilyId{2})), "2");
  world.Apply({DeleteRow("r")});
  const RangeSnapshot after = world.range().Snapshot();
  auto sources = after.Sources(model::FamilySet().set(), model::RowInterval::All());
  StateSource::Options options;
  StateSource state(after.schema(), std::make_unique<storage::MergeSource>(std::move(sources).value()), options);
  state.Seek(model::FamilyStart("r", FamilyId{2}));
  EXPECT_FALSE(state.Valid());
}

TEST(RowLatchesTest, ARow_IsHeldOnce) {
  RowLatches latches;
  EXPECT_TRUE(latches.TryLatch("r"));
  EXPECT_FALSE(latches.TryLatch("r"));
  EXPECT_TRUE(latches.IsLatched("r"));
  EXPECT_EQ(latches.count(), 1u);
  latches.Release("r");
  EXPECT_TRUE(latches.empty());
}

TEST(FileIdsTest, PathsAndIds) {
  FileIdSequence ids(2);
  EXPECT_EQ(ids.Next()->get(), 0x200000001u);
  EXPECT_EQ(CellStorePath(model::TableId{1, 7}, *ids.Next()), "tables/1-7/0000000200000002");
}

}  // namespace
}  // namespace cellar::rangeserver

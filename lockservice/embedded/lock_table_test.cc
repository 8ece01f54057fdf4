#include "lockservice/embedded/lock_table.h"

#include <gtest/gtest.h>

#include <utility>

#include "common/random/random.h"
#include "lockservice/embedded/lock_codec.h"

namespace cellar::lockservice {
namespace {

/// What a journal would hold.
using Entities = std::map<std::pair<LockEntity, uint64_t>, std::string>;

void Apply(const LockChange& change, Entities* entities) {
  for (const LockEdit& edit : change.edits) {
    const auto key = std::make_pair(edit.type, edit.id);
    if (edit.body) {
      (*entities)[key] = *edit.body;
    } else {
      EXPECT_EQ(entities->erase(key), 1u);
    }
  }
}

std::vector<LockEdit> AsEdits(const Entities& entities) {
  std::vector<LockEdit> edits;
  for (const auto& [key, body] : entities) edits.push_back({key.first, key.second, body});
  return edits;
}

Entities AsEntities(const std::vector<LockEdit>& edits) {
  Entities entities;
  for (const LockEdit& edit : edits) entities[{edit.type, edit.id}] = *edit.body;
  return entities;
}

/// One random call.
void Step(SeededRandom* random, LockTable* table, LockChange* change) {
  static const std::vector<std::string> kPaths = {"/a", "/a/b", "/a/b/c", "/a/d", "/e", "/e/f"};
  const std::string& path = kPaths[random->Uniform(kPaths.size())];
  const SessionId session(1 + random->Uniform(8));
  const auto mode = random->OneIn(2) ? LockMode::kShared : LockMode::kExclusive;
  const auto kind = random->OneIn(3) ? NodeKind::kEphemeral : NodeKind::kPersistent;
  const bool alive = table->sessions().contains(session);
  switch (random->Uniform(8)) {
    case 0:
      (void)table->OpenSession({"s", kSecond, random->OneIn(2)}, change);
      return;
    case 1:
      if (random->OneIn(3)) table->EndSession(session, change);
      return;
    case 2:
    case 3:
      if (alive) (void)table->Create(session, path, kind, {{"x", path}}, change);
      return;
    case 4:
      if (alive) (void)table->Remove(session, path, change);
      return;
    case 5:
      (void)table->Write(path, {{"y", std::to_string(random->Uniform(9))}}, std::nullopt, change);
      return;
    case 6:
      if (alive) (void)table->Acquire(session, path, mode, change);
      return;
    default:
      if (alive) (void)table->Release(session, path, change);
  }
}

TEST(LockTableTest, RandomCalls_KeepInvariantsAndRestoreToTheSame) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    SeededRandom random(seed);
    LockTable table;
    Entities entities;
    for (int i = 0; i < 400; ++i) {
      LockChange change;
      Step(&random, &table, &change);
      table.CheckInvariants();
      Apply(change, &entities);
      if (i % 20 != 0 || entities.empty()) continue;
      EXPECT_EQ(AsEntities(table.Snapshot()), entities);
      Result<LockTable> restored = LockTable::Restore(AsEdits(entities));
      ASSERT_TRUE(restored.ok()) << restored.status().ToString();
      restored->CheckInvariants();
      EXPECT_EQ(AsEntities(restored->Snapshot()), entities);
    }
  }
}

TEST(LockTableTest, EndSession_TouchesAllThatGoes) {
  LockTable table;
  LockChange setup;
  const SessionId a = table.OpenSession({"a", kSecond, false}, &setup).value();
  const SessionId b = table.OpenSession({"b", kSecond, false}, &setup).value();
  ASSERT_TRUE(table.Create(b, "/d", NodeKind::kPersistent, {}, &setup).ok());
  ASSERT_TRUE(table.Create(a, "/d/e", NodeKind::kEphemeral, {}, &setup).ok());
  ASSERT_TRUE(table.Create(b, "/l", NodeKind::kPersistent, {}, &setup).ok());
  ASSERT_TRUE(table.Acquire(a, "/l", LockMode::kExclusive, &setup).ok());
  LockChange change;
  EXPECT_TRUE(table.Acquire(b, "/d/e", LockMode::kShared, &change).status().Is(StatusCode::kConflict));
  table.EndSession(a, &change);
  EXPECT_EQ(change.touched, (std::set<std::string>{"/d", "/d/e", "/l"}));
  EXPECT_EQ(change.edits.size(), 3u);  // Session, node, hold.
  table.CheckInvariants();
  LockChange none;
  table.EndSession(a, &none);
  EXPECT_TRUE(none.edits.empty());
}

TEST(LockTableTest, TooManySessions_IsBusy) {
  LockTable table;
  LockChange change;
  for (size_t i = 0; i < kMaxSessions; ++i) ASSERT_TRUE(table.OpenSession({"s", kSecond, false}, &change).ok());
  EXPECT_TRUE(table.OpenSession({"s", kSecond, false}, &change).status().Is(StatusCode::kBusy));
}

TEST(LockTableTest, DamagedEntities_AreRefused) {
  LockTable table;
  LockChange change;
  const SessionId a = table.OpenSession({"a", kSecond, false}, &change).value();
  ASSERT_TRUE(table.Create(a, "/d", NodeKind::kPersistent, {}, &change).ok());
  ASSERT_TRUE(table.Create(a, "/d/e", NodeKind::kEphemeral, {}, &change).ok());
  ASSERT_TRUE(table.Acquire(a, "/d", LockMode::kExclusive, &change).ok());
  Entities whole;
  Apply(change, &whole);
  ASSERT_TRUE(LockTable::Restore(AsEdits(whole)).ok());
  for (const auto& [key, body] : whole) {
    // Without any one of its entities, save an inner leaf, the table contradicts itself.
    Entities without = whole;
    without.erase(key);
    const bool is_leaf = key.first == LockEntity::kHold || key == std::make_pair(LockEntity::kNode, uint64_t{2});
    EXPECT_EQ(LockTable::Restore(AsEdits(without)).ok(), is_leaf);
    for (size_t cut = 0; cut < body.size(); ++cut) {
      Entities damaged = whole;
      damaged[key].resize(cut);
      EXPECT_TRUE(LockTable::Restore(AsEdits(damaged)).status().Is(StatusCode::kCorruption));
    }
    Entities later = whole;
    later[key][0] = 2;
    EXPECT_TRUE(LockTable::Restore(AsEdits(later)).status().Is(StatusCode::kUnsupported));
    Entities longer = whole;
    longer[key].push_back('x');
    EXPECT_TRUE(LockTable::Restore(AsEdits(longer)).status().Is(StatusCode::kCorruption));
  }
}

TEST(LockTableTest, RandomDamage_NeverRestoresToABrokenTable) {
  LockTable table;
  LockChange change;
  SeededRandom random(99);
  for (int i = 0; i < 200; ++i) Step(&random, &table, &change);
  const Entities whole = AsEntities(table.Snapshot());
  for (int i = 0; i < 3000; ++i) {
    Entities damaged = whole;
    auto victim = std::next(damaged.begin(), static_cast<int64_t>(random.Uniform(damaged.size())));
    victim->second[random.Uniform(victim->second.size())] ^= static_cast<char>(1 + random.Uniform(255));
    Result<LockTable> restored = LockTable::Restore(AsEdits(damaged));
    if (restored.ok()) restored->CheckInvariants();
  }
}

TEST(LockCodecTest, HoldOfThePage_IsAsDocumented) {
  const HoldBody hold{LockMode::kExclusive, SessionId(3), 2};
  EXPECT_EQ(EncodeHold(hold), std::string("\x01\x02\x03\x02"));
}

}  // namespace
}  // namespace cellar::lockservice

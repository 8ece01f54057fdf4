#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "model/bloom_spec.h"
#include "model/compressor_spec.h"
#include "model/ids.h"
#include "model/key_codec.h"
#include "model/schema_alteration.h"
#include "model/schema_definition.h"

namespace cellar::model {

/// What holds for a family after all defaults.
struct FamilyRules {
  int32_t max_versions = 0;  ///< 0: all.
  int64_t ttl_seconds = 0;   ///< 0: for ever.
  bool oldest_first = false;
  bool counter = false;
};

/// What holds for an access group after all defaults.
struct GroupRules {
  int16_t replication = -1;
  uint32_t block_size_bytes = kDefaultBlockSizeBytes;
  CompressorSpec compressor;
  BloomSpec bloom_filter;
  bool in_memory = false;
};

/// The checked shape of one table in one generation. Immutable once made; share it by `shared_ptr<const Schema>`.
///
/// Invariants: 1. every family has an id of its own, 1–254, and each group a name of its own; live families have names
/// of their own. 2. Every family's group exists; the group "default" always does. 3. All options parse. 4. Ids of
/// dropped families stay taken. 5. Of two generations of one table, TIME_ORDER, COUNTER and group of a family are
/// equal.
///
/// Errors carry the public code in Status::detail(): 0x60002 for a bad definition or alteration, 61 for options that
/// exclude each other, 24 for too many families, 7 for an unknown access group.
class Schema {
 public:
  /// A new table's schema: gives ids in order and generation 1; ids and generations in the definition are ignored.
  static Result<Schema> Create(SchemaDefinition definition);

  /// A schema read back, as `definition()` gave it. Checks all invariants; kCorruption.
  static Result<Schema> FromDefinition(SchemaDefinition definition);
  static Result<Schema> Decode(std::string_view bytes);
  std::string Encode() const { return definition_.Encode(); }

  /// ALTER TABLE: the next generation. 58 for a pseudo-table's schema, which has none.
  Result<Schema> Alter(const std::vector<SchemaAlteration>& alterations) const;

  /// Replaces the whole schema: families are the same when their ids are (so a name may change), or, without an id,
  /// their names; an id that no family ever had makes a new one, as Alter does; those not named any
  /// more are dropped. The next generation. Refuses what ALTER TABLE may not change.
  Result<Schema> Replace(SchemaDefinition wanted) const;

  const SchemaDefinition& definition() const { return definition_; }
  SchemaGeneration generation() const { return definition_.generation; }
  Durability durability() const { return definition_.durability; }
  const KeyCodec& key_codec() const { return key_codec_; }

  const std::vector<ColumnFamily>& families() const { return definition_.families; }  ///< By id, dropped ones too.
  const std::vector<AccessGroup>& groups() const { return definition_.groups; }

  const ColumnFamily* FindFamily(std::string_view name) const;  ///< Live ones; nullptr when there is none.
  const ColumnFamily* FindFamily(FamilyId id) const;            ///< Live ones.
  bool is_live(FamilyId id) const { return family_index_[id.get()] != kNone && !family(id).deleted; }

  /// Rules of a family that exists, dropped or not. Constant time.
  const FamilyRules& rules(FamilyId id) const { return family_rules_[family_index_[id.get()]]; }

  /// Place of the family's group in groups(). Constant time; requires that the family exists.
  size_t group_index(FamilyId id) const { return family_group_[family_index_[id.get()]]; }
  bool has_family(FamilyId id) const { return family_index_[id.get()] != kNone; }
  /// Families whose cells have entries in the index of the kind: whoever writes a cell writes its entry first.
  const FamilySet& indexed_families(IndexKind kind) const { return indexed_[static_cast<size_t>(kind)]; }
  /// Every cell of the family that can be seen has an entry, so that rows may be found by them.
  bool is_index_complete(FamilyId id, IndexKind kind) const {
    return indexed_families(kind)[id.get()] && !family(id).index_building(kind);
  }

  const GroupRules& group_rules(size_t group_index) const { return group_rules_[group_index]; }

  friend bool operator==(const Schema& a, const Schema& b) { return a.definition_ == b.definition_; }

  /// The master's: `next` as it is, the state of indexes too, as the next generation.
  Result<Schema> Succeed(SchemaDefinition next) const;

 private:
  static constexpr uint8_t kNone = 255;
  Schema() { family_index_.fill(kNone); }
  static Result<Schema> Build(SchemaDefinition definition);
  Status Derive();
  const ColumnFamily& family(FamilyId id) const { return definition_.families[family_index_[id.get()]]; }

  SchemaDefinition definition_;
  KeyCodec key_codec_;
  std::array<uint8_t, 256> family_index_;  ///< Id → place in definition_.families.
  std::vector<FamilyRules> family_rules_;
  std::vector<size_t> family_group_;
  std::vector<GroupRules> group_rules_;
  FamilySet indexed_[2];  ///< By IndexKind.
};

}  // namespace cellar::model

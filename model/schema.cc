#include "model/schema.h"

#include <algorithm>
#include <set>
#include <utility>

#include "common/base/check.h"
#include "common/bytes/short_bytes.h"
#include "model/error_codes.h"

namespace cellar::model {

namespace {

constexpr size_t kMaxNameBytes = 255;
constexpr size_t kMaxAccessGroups = 254;
constexpr uint32_t kMaxGroupCommitIntervalMs = 60'000;

Status Bad(int32_t detail, std::string message) {
  return common::InvalidArgument(std::move(message)).WithDetail(detail);
}

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool IsNameCharacter(char c) {
  return IsLetter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

Status CheckName(std::string_view kind, std::string_view name) {
  if (name.empty() || name.size() > kMaxNameBytes || !IsLetter(name[0]) ||
      !std::all_of(name.begin(), name.end(), IsNameCharacter))
    return Bad(kBadCommand, std::string(kind) + " name " + QuoteBytes(name) +
                                " must be a letter followed by letters, digits, '_' or '-', at most 255 of them");
  return common::Status();
}

Status CheckOptions(const ColumnFamilyOptions& options) {
  if (options.max_versions.value_or(0) < 0) return Bad(kBadCommand, "MAX_VERSIONS is negative");
  if (options.ttl_seconds.value_or(0) < 0) return Bad(kBadCommand, "TTL is negative");
  return common::Status();
}

Status CheckOptions(const AccessGroupOptions& options) {
  if (options.replication.value_or(0) < -1) return Bad(kBadCommand, "REPLICATION is negative");
  const uint32_t block_size = options.block_size_bytes.value_or(kDefaultBlockSizeBytes);
  if (block_size < kMinBlockSizeBytes || block_size > kMaxBlockSizeBytes)
    return Bad(kBadCommand, "BLOCKSIZE " + std::to_string(block_size) + " is not within " +
                                std::to_string(kMinBlockSizeBytes) + " to " + std::to_string(kMaxBlockSizeBytes));
  if (options.compressor) RETURN_IF_ERROR(CompressorSpec::Parse(*options.compressor).status());
  if (options.bloom_filter) RETURN_IF_ERROR(BloomSpec::Parse(*options.bloom_filter).status());
  return common::Status();
}

Status CheckCounter(const ColumnFamily& family, const FamilyRules& rules) {
  if (!rules.counter) return common::Status();
  const char* other = nullptr;
  if (rules.max_versions != 0) other = "MAX_VERSIONS";
  if (rules.oldest_first) other = "TIME_ORDER DESC";
  if (family.value_index) other = "INDEX";
  if (family.qualifier_index) other = "QUALIFIER INDEX";
  if (other == nullptr) return common::Status();
  return Bad(kIncompatibleOptions, "column family '" + family.name + "': COUNTER excludes " + other);
}

Result<GroupRules> RulesOf(const AccessGroupOptions& options) {
  GroupRules rules;
  rules.replication = options.replication.value_or(-1);
  rules.block_size_bytes = options.block_size_bytes.value_or(kDefaultBlockSizeBytes);
  ASSIGN_OR_RETURN(rules.compressor,
                   CompressorSpec::Parse(options.compressor.value_or(std::string(kDefaultCompressor))));
  ASSIGN_OR_RETURN(rules.bloom_filter,
                   BloomSpec::Parse(options.bloom_filter.value_or(std::string(kDefaultBloomFilter))));
  rules.in_memory = options.in_memory.value_or(false);
  return rules;
}

FamilyRules RulesOf(const ColumnFamilyOptions& options) {
  FamilyRules rules;
  rules.max_versions = options.max_versions.value_or(0);
  rules.ttl_seconds = options.ttl_seconds.value_or(0);
  rules.oldest_first = options.time_order_desc.value_or(false);
  rules.counter = options.counter.value_or(false);
  return rules;
}

Status CheckGroups(const SchemaDefinition& definition) {
  std::set<std::string_view> names;
  for (const AccessGroup& group : definition.groups) {
    RETURN_IF_ERROR(CheckName("access group", group.name));
    if (!names.insert(group.name).second) return Bad(kBadCommand, "access group '" + group.name + "' is defined twice");
    RETURN_IF_ERROR(CheckOptions(group.options).WithContext("access group '" + group.name + "'"));
    RETURN_IF_ERROR(CheckOptions(group.family_defaults).WithContext("access group '" + group.name + "'"));
  }
  if (definition.groups.size() > kMaxAccessGroups)
    return Bad(kBadCommand, std::to_string(definition.groups.size()) + " access groups, the limit is 254");
  return common::Status();
}

Status CheckFamilies(const SchemaDefinition& definition) {
  if (definition.families.size() > static_cast<size_t>(kMaxFamilyId))
    return Bad(kTooManyColumns, std::to_string(definition.families.size()) +
                                    " column families, dropped ones counted; the limit over a table's life is 254");
  std::set<std::string_view> names;
  std::set<uint8_t> ids;
  for (const ColumnFamily& family : definition.families) {
    RETURN_IF_ERROR(CheckName("column family", family.name));
    if (!family.deleted && !names.insert(family.name).second)
      return Bad(kBadCommand, "column family '" + family.name + "' is defined twice");
    if (family.id.get() < kMinFamilyId || family.id.get() > kMaxFamilyId || !ids.insert(family.id.get()).second)
      return Bad(kBadSchema, "column family '" + family.name + "' has the bad id " + std::to_string(family.id.get()));
    RETURN_IF_ERROR(CheckOptions(family.options).WithContext("column family '" + family.name + "'"));
    if (definition.FindGroup(family.access_group) == nullptr)
      return Bad(kBadSchema,
                 "column family '" + family.name + "' is in the unknown access group '" + family.access_group + "'");
  }
  return common::Status();
}

void AddDefaultsTo(SchemaDefinition* definition) {
  for (ColumnFamily& family : definition->families)
    if (family.access_group.empty()) family.access_group = std::string(kDefaultAccessGroup);
  if (definition->FindGroup(kDefaultAccessGroup) == nullptr) {
    AccessGroup group;
    group.name = std::string(kDefaultAccessGroup);
    definition->groups.insert(definition->groups.begin(), std::move(group));
  }
}

}  // namespace

Result<Schema> Schema::Create(SchemaDefinition definition) {
  AddDefaultsTo(&definition);
  if (definition.families.size() > static_cast<size_t>(kMaxFamilyId)) RETURN_IF_ERROR(CheckFamilies(definition));
  definition.generation = SchemaGeneration{1};
  uint8_t next_id = kMinFamilyId;
  for (ColumnFamily& family : definition.families) {
    family.id = FamilyId{next_id++};
    family.generation = definition.generation;
    family.deleted = false;
    for (const IndexKind kind : kIndexKinds) family.index_building(kind) = false;
  }
  for (const IndexKind kind : kIndexKinds) definition.index_table(kind).reset();
  for (AccessGroup& group : definition.groups) group.generation = definition.generation;
  return Build(std::move(definition));
}

Result<Schema> Schema::FromDefinition(SchemaDefinition definition) {
  Result<Schema> schema = Build(std::move(definition));
  if (!schema.ok()) return common::Corruption("schema: " + std::string(schema.status().message()));
  return schema;
}

Result<Schema> Schema::Decode(std::string_view bytes) {
  ASSIGN_OR_RETURN(SchemaDefinition definition, SchemaDefinition::Decode(bytes));
  return FromDefinition(std::move(definition));
}

Result<Schema> Schema::Build(SchemaDefinition definition) {
  RETURN_IF_ERROR(CheckOptions(definition.group_defaults).WithContext("table"));
  RETURN_IF_ERROR(CheckOptions(definition.family_defaults).WithContext("table"));
  if (definition.group_commit_interval_ms > kMaxGroupCommitIntervalMs)
    return Bad(kBadCommand, "GROUP_COMMIT_INTERVAL is above 60000 ms");
  RETURN_IF_ERROR(CheckGroups(definition));
  RETURN_IF_ERROR(CheckFamilies(definition));
  if (definition.FindGroup(kDefaultAccessGroup) == nullptr) return Bad(kBadSchema, "access group 'default' is missing");
  Schema schema;
  schema.definition_ = std::move(definition);
  RETURN_IF_ERROR(schema.Derive());
  return schema;
}

Status Schema::Derive() {
  for (const AccessGroup& group : definition_.groups) {
    ASSIGN_OR_RETURN(GroupRules rules, RulesOf(group.options.Over(definition_.group_defaults)));
    group_rules_.push_back(std::move(rules));
  }
  std::sort(definition_.families.begin(), definition_.families.end(),
            [](const ColumnFamily& a, const ColumnFamily& b) { return a.id < b.id; });
  FamilySet oldest_first;
  for (size_t i = 0; i < definition_.families.size(); ++i) {
    const ColumnFamily& family = definition_.families[i];
    const AccessGroup* group = definition_.FindGroup(family.access_group);
    const FamilyRules rules = RulesOf(family.options.Over(group->family_defaults).Over(definition_.family_defaults));
    RETURN_IF_ERROR(CheckCounter(family, rules));
    family_index_[family.id.get()] = static_cast<uint8_t>(i);
    family_rules_.push_back(rules);
    family_group_.push_back(static_cast<size_t>(group - definition_.groups.data()));
    if (rules.oldest_first) oldest_first.set(family.id.get());
    for (const IndexKind kind : kIndexKinds) {
      const bool is_kept = !family.deleted && family.has_index(kind) && definition_.index_table(kind);
      if (is_kept) indexed_[static_cast<size_t>(kind)].set(family.id.get());
    }
  }
  key_codec_ = KeyCodec(oldest_first);
  return common::Status();
}

const ColumnFamily* Schema::FindFamily(std::string_view name) const {
  for (const ColumnFamily& family : definition_.families)
    if (!family.deleted && common::EqualBytes(family.name, name)) return &family;
  return nullptr;
}

const ColumnFamily* Schema::FindFamily(FamilyId id) const {
  return is_live(id) ? &family(id) : nullptr;
}

}  // namespace cellar::model

#include "model/schema_alteration.h"

#include <algorithm>
#include <set>
#include <utility>

#include "model/error_codes.h"
#include "model/pseudo_table.h"
#include "model/schema.h"

namespace cellar::model {

namespace {

Status Bad(std::string message) {
  return common::InvalidArgument(std::move(message)).WithDetail(kBadCommand);
}
Status NoFamily(std::string_view name) {
  return Bad("column family '" + std::string(name) + "' does not exist");
}

Status SetIndex(SchemaDefinition* schema, const std::string& name, bool ColumnFamily::*index, bool value) {
  ColumnFamily* family = schema->FindFamily(name);
  if (family == nullptr) return NoFamily(name);
  if (family->*index == value)
    return Bad("column family '" + name + (value ? "' has" : "' does not have") + " that index");
  family->*index = value;
  return common::Status();
}

/// Makes one alteration to a definition.
struct Alteration {
  SchemaDefinition* schema;

  Status operator()(const AddToSchema& add) const {
    for (const AccessGroup& group : add.groups) {
      if (schema->FindGroup(group.name) == nullptr) {
        schema->groups.push_back(group);
      } else if (!group.options.empty() || !group.family_defaults.empty()) {
        return Bad("access group '" + group.name + "' exists: MODIFY changes its options");
      }
    }
    for (const ColumnFamily& family : add.families) {
      if (schema->FindFamily(family.name) != nullptr) return Bad("column family '" + family.name + "' exists");
      schema->families.push_back(family);
      schema->families.back().id = FamilyId{};
      schema->families.back().deleted = false;
    }
    for (const std::string& name : add.value_indexes)
      RETURN_IF_ERROR(SetIndex(schema, name, &ColumnFamily::value_index, true));
    for (const std::string& name : add.qualifier_indexes)
      RETURN_IF_ERROR(SetIndex(schema, name, &ColumnFamily::qualifier_index, true));
    return common::Status();
  }

  Status operator()(const ModifySchema& modify) const {
    for (const ColumnFamily& family : modify.families) {
      ColumnFamily* const existing = schema->FindFamily(family.name);
      if (existing == nullptr) return NoFamily(family.name);
      existing->options = family.options;
    }
    for (const ModifySchema::Group& change : modify.groups) RETURN_IF_ERROR(ModifyGroup(change));
    return common::Status();
  }

  Status ModifyGroup(const ModifySchema::Group& change) const {
    AccessGroup* const group = schema->FindGroup(change.group.name);
    if (group == nullptr) return Bad("access group '" + change.group.name + "' does not exist");
    std::set<std::string> listed(change.family_names.begin(), change.family_names.end());
    for (const ColumnFamily& family : schema->families) {
      if (family.deleted || family.access_group != group->name) continue;
      if (listed.erase(family.name) == 0)
        return Bad("MODIFY of access group '" + group->name + "' must list its column family '" + family.name + "'");
    }
    if (!listed.empty())
      return Bad("column family '" + *listed.begin() + "' is not in access group '" + group->name + "'");
    group->options = change.group.options;
    group->family_defaults = change.group.family_defaults;
    return common::Status();
  }

  Status operator()(const DropFamilies& drop) const {
    for (const std::string& name : drop.names) {
      ColumnFamily* const family = schema->FindFamily(name);
      if (family == nullptr) return NoFamily(name);
      family->deleted = true;
      for (const IndexKind kind : kIndexKinds) family->has_index(kind) = false;
    }
    // One that was added in this same statement never was.
    std::erase_if(schema->families, [](const ColumnFamily& f) { return f.deleted && f.id == FamilyId{}; });
    return common::Status();
  }

  Status operator()(const DropIndexes& drop) const {
    for (const std::string& name : drop.names)
      RETURN_IF_ERROR(
          SetIndex(schema, name, drop.qualifier ? &ColumnFamily::qualifier_index : &ColumnFamily::value_index, false));
    return common::Status();
  }

  Status operator()(const RenameFamily& rename) const {
    ColumnFamily* const family = schema->FindFamily(rename.old_name);
    if (family == nullptr) return NoFamily(rename.old_name);
    if (schema->FindFamily(rename.new_name) != nullptr) return Bad("column family '" + rename.new_name + "' exists");
    family->name = rename.new_name;
    return common::Status();
  }
};

Status CheckFamilyChange(const Schema& before, const Schema& after, const ColumnFamily& old) {
  const std::string name = "column family '" + old.name + "'";
  if (!after.has_family(old.id)) return Bad(name + ": its id is gone");
  if (old.deleted && after.is_live(old.id)) return Bad(name + " was dropped: its id cannot be used again");
  const FamilyRules& was = before.rules(old.id);
  const FamilyRules& is = after.rules(old.id);
  if (was.oldest_first != is.oldest_first) return Bad(name + ": TIME_ORDER cannot be changed");
  if (was.counter != is.counter) return Bad(name + ": COUNTER cannot be changed");
  if (before.groups()[before.group_index(old.id)].name != after.groups()[after.group_index(old.id)].name)
    return Bad(name + " cannot be moved to another access group");
  return common::Status();
}

Status CheckGroupChange(const std::string& name, const GroupRules& was, const GroupRules& is) {
  const char* changed = nullptr;
  if (!(was.compressor == is.compressor)) changed = "COMPRESSOR";
  if (was.replication != is.replication) changed = "REPLICATION";
  if (!(was.bloom_filter == is.bloom_filter)) changed = "BLOOMFILTER";
  if (changed != nullptr) return Bad("access group '" + name + "': " + changed + " cannot be changed");
  if (!was.in_memory && is.in_memory) return Bad("access group '" + name + "': IN_MEMORY cannot be turned on");
  return common::Status();
}

/// What no alteration may change, by the rules in force.
Status CheckSuccessor(const Schema& before, const Schema& after) {
  for (const ColumnFamily& family : before.families()) RETURN_IF_ERROR(CheckFamilyChange(before, after, family));
  for (size_t i = 0; i < before.groups().size(); ++i)
    for (size_t j = 0; j < after.groups().size(); ++j)
      if (before.groups()[i].name == after.groups()[j].name)
        RETURN_IF_ERROR(CheckGroupChange(before.groups()[i].name, before.group_rules(i), after.group_rules(j)));
  return common::Status();
}

/// Gives ids to what is new and generations to what changed.
Status Number(const SchemaDefinition& before, SchemaDefinition* after) {
  after->generation = SchemaGeneration{before.generation.get() + 1};
  int next_id = kMinFamilyId;
  for (const ColumnFamily& family : before.families) next_id = std::max(next_id, family.id.get() + 1);
  for (ColumnFamily& family : after->families) {
    if (family.id == FamilyId{}) {
      if (next_id > kMaxFamilyId)
        return common::InvalidArgument("the table had 254 column families over its life, dropped ones counted")
            .WithDetail(kTooManyColumns);
      family.id = FamilyId{static_cast<uint8_t>(next_id++)};
      family.generation = after->generation;
      continue;
    }
    if (std::find(before.families.begin(), before.families.end(), family) == before.families.end())
      family.generation = after->generation;
  }
  for (AccessGroup& group : after->groups)
    if (std::find(before.groups.begin(), before.groups.end(), group) == before.groups.end())
      group.generation = after->generation;
  return common::Status();
}

/// Makes `wanted`'s families those of `before` by id or name; drops the rest. See Schema::Replace.
void MatchFamilies(const SchemaDefinition& before, SchemaDefinition* wanted) {
  std::vector<ColumnFamily> families = before.families;
  std::vector<ColumnFamily> added;
  for (ColumnFamily& family : families) family.deleted = true;
  for (const ColumnFamily& family : wanted->families) {
    const auto same = std::find_if(before.families.begin(), before.families.end(), [&family](const ColumnFamily& old) {
      return family.id == FamilyId{} ? !old.deleted && old.name == family.name : old.id == family.id;
    });
    if (same == before.families.end()) {
      if (family.deleted) continue;
      added.push_back(family);
      added.back().id = FamilyId{};
      continue;
    }
    if (family.deleted) continue;
    ColumnFamily& kept = families[static_cast<size_t>(same - before.families.begin())];
    const FamilyId id = kept.id;
    const SchemaGeneration generation = kept.generation;
    kept = family;
    kept.id = id;
    kept.generation = generation;
  }
  families.insert(families.end(), added.begin(), added.end());
  wanted->families = std::move(families);
}

/// An index on what was there before lacks its cells at first; all else about indexes stays as it is, whatever `after`
/// says: tables and states are the master's.
void CarryIndexes(const SchemaDefinition& before, SchemaDefinition* after) {
  for (const IndexKind kind : kIndexKinds) {
    after->index_table(kind) = before.index_table(kind);
    for (ColumnFamily& family : after->families) {
      const auto old = std::find_if(before.families.begin(), before.families.end(),
                                    [&family](const ColumnFamily& f) { return f.id == family.id; });
      const bool is_new = old == before.families.end();
      const bool had_index = !is_new && old->has_index(kind);
      family.index_building(kind) = family.has_index(kind) && !is_new && (!had_index || old->index_building(kind));
    }
  }
}

}  // namespace

Result<Schema> Schema::Alter(const std::vector<SchemaAlteration>& alterations) const {
  SchemaDefinition altered = definition_;
  for (const SchemaAlteration& alteration : alterations) RETURN_IF_ERROR(std::visit(Alteration{&altered}, alteration));
  CarryIndexes(definition_, &altered);
  return Succeed(std::move(altered));
}

Result<Schema> Schema::Replace(SchemaDefinition wanted) const {
  MatchFamilies(definition_, &wanted);
  for (AccessGroup& group : wanted.groups) {
    const AccessGroup* const same = definition_.FindGroup(group.name);
    group.generation = same == nullptr ? SchemaGeneration{} : same->generation;
  }
  for (const AccessGroup& group : definition_.groups)
    if (wanted.FindGroup(group.name) == nullptr) wanted.groups.push_back(group);
  CarryIndexes(definition_, &wanted);
  return Succeed(std::move(wanted));
}

Result<Schema> Schema::Succeed(SchemaDefinition next) const {
  if (IsPseudo(*this)) return PseudoTableIsReadOnly();
  for (ColumnFamily& family : next.families)
    if (family.access_group.empty()) family.access_group = std::string(kDefaultAccessGroup);
  RETURN_IF_ERROR(Number(definition_, &next));
  ASSIGN_OR_RETURN(Schema schema, Build(std::move(next)));
  RETURN_IF_ERROR(CheckSuccessor(*this, schema));
  return schema;
}

}  // namespace cellar::model

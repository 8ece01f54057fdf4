#include "model/schema_definition.h"

#include <algorithm>

#include "common/bytes/coding.h"

namespace cellar::model {

namespace {

using common::PutFixed8;
using common::PutLengthPrefixed;
using common::PutVarint64;
using common::PutZigZag64;
using common::Reader;

constexpr uint8_t kEncodingVersion = 2;
constexpr uint8_t kVersionWithoutIndexTables = 1;  ///< Of schemas that have none, to this day.
constexpr uint64_t kMaxEncodedFamilies = 4096;
constexpr uint64_t kMaxEncodedGroups = 4096;

void PutOptions(const ColumnFamilyOptions& options, std::string* out) {
  const auto present = static_cast<uint8_t>((options.max_versions ? 1 : 0) | (options.ttl_seconds ? 2 : 0) |
                                            (options.time_order_desc ? 4 : 0) | (options.counter ? 8 : 0));
  PutFixed8(out, present);
  if (options.max_versions) PutZigZag64(out, *options.max_versions);
  if (options.ttl_seconds) PutZigZag64(out, *options.ttl_seconds);
  if (options.time_order_desc) PutFixed8(out, *options.time_order_desc ? 1 : 0);
  if (options.counter) PutFixed8(out, *options.counter ? 1 : 0);
}

void PutOptions(const AccessGroupOptions& options, std::string* out) {
  const auto present = static_cast<uint8_t>((options.replication ? 1 : 0) | (options.block_size_bytes ? 2 : 0) |
                                            (options.compressor ? 4 : 0) | (options.bloom_filter ? 8 : 0) |
                                            (options.in_memory ? 16 : 0));
  PutFixed8(out, present);
  if (options.replication) PutZigZag64(out, *options.replication);
  if (options.block_size_bytes) PutVarint64(out, *options.block_size_bytes);
  if (options.compressor) PutLengthPrefixed(out, *options.compressor);
  if (options.bloom_filter) PutLengthPrefixed(out, *options.bloom_filter);
  if (options.in_memory) PutFixed8(out, *options.in_memory ? 1 : 0);
}

template <typename T>
bool GetNumber(Reader* in, std::optional<T>* value) {
  int64_t number = 0;
  if (!in->GetZigZag64(&number) || number != static_cast<T>(number)) return false;
  *value = static_cast<T>(number);
  return true;
}

bool GetFlag(Reader* in, std::optional<bool>* value) {
  uint8_t byte = 0;
  if (!in->GetFixed8(&byte) || byte > 1) return false;
  *value = byte == 1;
  return true;
}

bool GetText(Reader* in, std::string* value) {
  std::string_view bytes;
  if (!in->GetLengthPrefixed(&bytes)) return false;
  value->assign(bytes);
  return true;
}

bool GetText(Reader* in, std::optional<std::string>* value) {
  value->emplace();
  return GetText(in, &**value);
}

bool GetOptions(Reader* in, ColumnFamilyOptions* options) {
  uint8_t present = 0;
  if (!in->GetFixed8(&present) || present > 15) return false;
  if ((present & 1) && !GetNumber(in, &options->max_versions)) return false;
  if ((present & 2) && !GetNumber(in, &options->ttl_seconds)) return false;
  if ((present & 4) && !GetFlag(in, &options->time_order_desc)) return false;
  return !(present & 8) || GetFlag(in, &options->counter);
}

bool GetOptions(Reader* in, AccessGroupOptions* options) {
  uint8_t present = 0;
  if (!in->GetFixed8(&present) || present > 31) return false;
  if ((present & 1) && !GetNumber(in, &options->replication)) return false;
  if (present & 2) {
    uint32_t size = 0;
    if (!in->GetVarint32(&size)) return false;
    options->block_size_bytes = size;
  }
  if ((present & 4) && !GetText(in, &options->compressor)) return false;
  if ((present & 8) && !GetText(in, &options->bloom_filter)) return false;
  return !(present & 16) || GetFlag(in, &options->in_memory);
}

void PutFamily(const ColumnFamily& family, std::string* out) {
  PutFixed8(out, family.id.get());
  PutLengthPrefixed(out, family.name);
  PutLengthPrefixed(out, family.access_group);
  PutZigZag64(out, family.generation.get());
  PutFixed8(out, static_cast<uint8_t>((family.deleted ? 1 : 0) | (family.value_index ? 2 : 0) |
                                      (family.qualifier_index ? 4 : 0) | (family.value_index_building ? 8 : 0) |
                                      (family.qualifier_index_building ? 16 : 0)));
  PutOptions(family.options, out);
}

bool GetFamily(Reader* in, uint8_t largest_bits, ColumnFamily* family) {
  uint8_t id = 0;
  int64_t generation = 0;
  uint8_t bits = 0;
  if (!in->GetFixed8(&id) || !GetText(in, &family->name) || !GetText(in, &family->access_group) ||
      !in->GetZigZag64(&generation) || !in->GetFixed8(&bits) || bits > largest_bits)
    return false;
  family->id = FamilyId{id};
  family->generation = SchemaGeneration{generation};
  family->deleted = (bits & 1) != 0;
  family->value_index = (bits & 2) != 0;
  family->qualifier_index = (bits & 4) != 0;
  family->value_index_building = (bits & 8) != 0;
  family->qualifier_index_building = (bits & 16) != 0;
  return GetOptions(in, &family->options);
}

void PutTable(const std::optional<TableId>& table, std::string* out) {
  PutFixed8(out, table ? 1 : 0);
  if (!table) return;
  PutVarint64(out, table->space);
  PutVarint64(out, table->number);
}

bool GetTable(Reader* in, std::optional<TableId>* table) {
  uint8_t present = 0;
  if (!in->GetFixed8(&present) || present > 1) return false;
  if (present == 0) return true;
  table->emplace();
  return in->GetVarint32(&(*table)->space) && in->GetVarint32(&(*table)->number);
}

void PutGroup(const AccessGroup& group, std::string* out) {
  PutLengthPrefixed(out, group.name);
  PutZigZag64(out, group.generation.get());
  PutOptions(group.options, out);
  PutOptions(group.family_defaults, out);
}

bool GetGroup(Reader* in, AccessGroup* group) {
  int64_t generation = 0;
  if (!GetText(in, &group->name) || !in->GetZigZag64(&generation)) return false;
  group->generation = SchemaGeneration{generation};
  return GetOptions(in, &group->options) && GetOptions(in, &group->family_defaults);
}

bool GetTableFields(Reader* in, SchemaDefinition* definition) {
  int64_t generation = 0;
  int64_t version = 0;
  uint8_t durability = 0;
  if (!in->GetZigZag64(&generation) || !in->GetZigZag64(&version) || version != static_cast<int32_t>(version) ||
      !in->GetVarint32(&definition->group_commit_interval_ms) || !in->GetFixed8(&durability) || durability > 2)
    return false;
  definition->generation = SchemaGeneration{generation};
  definition->version = static_cast<int32_t>(version);
  definition->durability = static_cast<Durability>(durability);
  return GetOptions(in, &definition->group_defaults) && GetOptions(in, &definition->family_defaults);
}

bool GetLists(Reader* in, uint8_t encoding_version, SchemaDefinition* definition) {
  uint64_t group_count = 0;
  if (!in->GetVarint64(&group_count) || group_count > kMaxEncodedGroups) return false;
  for (uint64_t i = 0; i < group_count; ++i)
    if (!GetGroup(in, &definition->groups.emplace_back())) return false;
  uint64_t family_count = 0;
  if (!in->GetVarint64(&family_count) || family_count > kMaxEncodedFamilies) return false;
  for (uint64_t i = 0; i < family_count; ++i)
    if (!GetFamily(in, encoding_version == kVersionWithoutIndexTables ? 7 : 31, &definition->families.emplace_back()))
      return false;
  if (encoding_version != kVersionWithoutIndexTables)
    for (const IndexKind kind : kIndexKinds)
      if (!GetTable(in, &definition->index_table(kind))) return false;
  return in->empty();
}

bool TellsOfIndexTables(const SchemaDefinition& definition) {
  for (const IndexKind kind : kIndexKinds) {
    if (definition.index_table(kind)) return true;
    for (const ColumnFamily& family : definition.families)
      if (family.index_building(kind)) return true;
  }
  return false;
}

}  // namespace

bool SchemaDefinition::HasIndex(IndexKind kind) const {
  return std::any_of(families.begin(), families.end(),
                     [kind](const ColumnFamily& family) { return !family.deleted && family.has_index(kind); });
}

ColumnFamily* SchemaDefinition::FindFamily(std::string_view name) {
  for (ColumnFamily& family : families)
    if (!family.deleted && family.name == name) return &family;
  return nullptr;
}

const AccessGroup* SchemaDefinition::FindGroup(std::string_view name) const {
  for (const AccessGroup& group : groups)
    if (group.name == name) return &group;
  return nullptr;
}

AccessGroup* SchemaDefinition::FindGroup(std::string_view name) {
  return const_cast<AccessGroup*>(static_cast<const SchemaDefinition*>(this)->FindGroup(name));
}

std::string SchemaDefinition::Encode() const {
  std::string out;
  const bool has_tables = TellsOfIndexTables(*this);
  PutFixed8(&out, has_tables ? kEncodingVersion : kVersionWithoutIndexTables);
  PutZigZag64(&out, generation.get());
  PutZigZag64(&out, version);
  PutVarint64(&out, group_commit_interval_ms);
  PutFixed8(&out, static_cast<uint8_t>(durability));
  PutOptions(group_defaults, &out);
  PutOptions(family_defaults, &out);
  PutVarint64(&out, groups.size());
  for (const AccessGroup& group : groups) PutGroup(group, &out);
  PutVarint64(&out, families.size());
  for (const ColumnFamily& family : families) PutFamily(family, &out);
  if (!has_tables) return out;
  for (const IndexKind kind : kIndexKinds) PutTable(index_table(kind), &out);
  return out;
}

Result<SchemaDefinition> SchemaDefinition::Decode(std::string_view bytes) {
  Reader in(bytes);
  uint8_t encoding_version = 0;
  if (!in.GetFixed8(&encoding_version)) return common::Corruption("schema: empty");
  if (encoding_version != kEncodingVersion && encoding_version != kVersionWithoutIndexTables)
    return common::Unsupported("schema: encoding version " + std::to_string(encoding_version) + " is not known");
  SchemaDefinition definition;
  if (!GetTableFields(&in, &definition) || !GetLists(&in, encoding_version, &definition))
    return common::Corruption("schema: damaged at byte " + std::to_string(in.offset()));
  return definition;
}

}  // namespace cellar::model

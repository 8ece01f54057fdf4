#include "thrift/gateway/translate/schema.h"

#include <utility>

#include "model/error_codes.h"

namespace cellar::thrift {
namespace {

Status Bad(std::string message) {
  return common::InvalidArgument(std::move(message)).WithDetail(model::kBadSchema);
}

model::ColumnFamilyOptions ToOptions(const api::ColumnFamilyOptions& from) {
  model::ColumnFamilyOptions to;
  if (from.__isset.max_versions) to.max_versions = from.max_versions;
  if (from.__isset.ttl) to.ttl_seconds = from.ttl;
  if (from.__isset.time_order_desc) to.time_order_desc = from.time_order_desc;
  if (from.__isset.counter) to.counter = from.counter;
  return to;
}

Result<model::AccessGroupOptions> ToOptions(const api::AccessGroupOptions& from) {
  model::AccessGroupOptions to;
  if (from.__isset.replication) to.replication = from.replication;
  if (from.__isset.blocksize) {
    if (from.blocksize < 0) return Bad("a block size is negative");
    to.block_size_bytes = static_cast<uint32_t>(from.blocksize);
  }
  if (from.__isset.compressor) to.compressor = from.compressor;
  if (from.__isset.bloom_filter) to.bloom_filter = from.bloom_filter;
  if (from.__isset.in_memory) to.in_memory = from.in_memory;
  return to;
}

Result<model::ColumnFamily> ToFamily(const api::ColumnFamilySpec& from) {
  model::ColumnFamily to;
  to.name = from.name;
  if (!from.access_group.empty()) to.access_group = from.access_group;
  to.deleted = from.deleted;
  to.value_index = from.value_index;
  to.qualifier_index = from.qualifier_index;
  if (from.__isset.generation) to.generation = model::SchemaGeneration(from.generation);
  if (from.__isset.id) {
    if (from.id < 0 || from.id > model::kMaxFamilyId) return Bad("column family '" + from.name + "': no such id");
    to.id = model::FamilyId(static_cast<uint8_t>(from.id));
  }
  if (from.__isset.options) to.options = ToOptions(from.options);
  return to;
}

api::ColumnFamilyOptions FromOptions(const model::ColumnFamilyOptions& from) {
  api::ColumnFamilyOptions to;
  if (from.max_versions) to.__set_max_versions(*from.max_versions);
  if (from.ttl_seconds) to.__set_ttl(*from.ttl_seconds);
  if (from.time_order_desc) to.__set_time_order_desc(*from.time_order_desc);
  if (from.counter) to.__set_counter(*from.counter);
  return to;
}

api::AccessGroupOptions FromOptions(const model::AccessGroupOptions& from) {
  api::AccessGroupOptions to;
  if (from.replication) to.__set_replication(*from.replication);
  if (from.block_size_bytes) to.__set_blocksize(static_cast<int32_t>(*from.block_size_bytes));
  if (from.compressor) to.__set_compressor(*from.compressor);
  if (from.bloom_filter) to.__set_bloom_filter(*from.bloom_filter);
  if (from.in_memory) to.__set_in_memory(*from.in_memory);
  return to;
}

api::ColumnFamilySpec FromFamily(const model::ColumnFamily& from) {
  api::ColumnFamilySpec to;
  to.__set_name(from.name);
  to.__set_access_group(from.access_group);
  to.__set_deleted(from.deleted);
  to.__set_value_index(from.value_index);
  to.__set_qualifier_index(from.qualifier_index);
  if (from.generation.get() != 0) to.__set_generation(from.generation.get());
  if (from.id.get() != 0) to.__set_id(from.id.get());
  if (!from.options.empty()) to.__set_options(FromOptions(from.options));
  return to;
}

api::AccessGroupSpec FromGroup(const model::AccessGroup& from) {
  api::AccessGroupSpec to;
  to.__set_name(from.name);
  to.__set_generation(from.generation.get());
  if (!from.options.empty()) to.__set_options(FromOptions(from.options));
  if (!from.family_defaults.empty()) to.__set_defaults(FromOptions(from.family_defaults));
  return to;
}

}  // namespace

Result<model::SchemaDefinition> ToSchemaDefinition(const api::Schema& from) {
  model::SchemaDefinition to;
  if (from.__isset.generation) to.generation = model::SchemaGeneration(from.generation);
  if (from.__isset.version) to.version = from.version;
  if (from.__isset.group_commit_interval) {
    if (from.group_commit_interval < 0) return Bad("the group commit interval is negative");
    to.group_commit_interval_ms = static_cast<uint32_t>(from.group_commit_interval);
  }
  if (from.__isset.access_group_defaults) {
    ASSIGN_OR_RETURN(to.group_defaults, ToOptions(from.access_group_defaults));
  }
  if (from.__isset.column_family_defaults) to.family_defaults = ToOptions(from.column_family_defaults);
  for (const auto& [key, spec] : from.access_groups) {
    model::AccessGroup group;
    group.name = spec.name;
    if (spec.__isset.options) {
      ASSIGN_OR_RETURN(group.options, ToOptions(spec.options));
    }
    if (spec.__isset.defaults) group.family_defaults = ToOptions(spec.defaults);
    to.groups.push_back(std::move(group));
  }
  for (const auto& [key, spec] : from.column_families) {
    ASSIGN_OR_RETURN(model::ColumnFamily family, ToFamily(spec));
    if (!family.deleted) to.families.push_back(std::move(family));
  }
  return to;
}

api::Schema FromSchema(const model::Schema& schema) {
  const model::SchemaDefinition& from = schema.definition();
  api::Schema to;
  to.__isset.access_groups = true;
  to.__isset.column_families = true;
  for (const model::AccessGroup& group : from.groups) to.access_groups[group.name] = FromGroup(group);
  for (const model::ColumnFamily& family : from.families) {
    // A dropped family gives way to a live one of its name.
    if (family.deleted && schema.FindFamily(family.name) != nullptr) continue;
    to.column_families[family.name] = FromFamily(family);
  }
  to.__set_generation(from.generation.get());
  to.__set_version(from.version);
  if (from.group_commit_interval_ms != 0) {
    to.__set_group_commit_interval(static_cast<int32_t>(from.group_commit_interval_ms));
  }
  if (!from.group_defaults.empty()) to.__set_access_group_defaults(FromOptions(from.group_defaults));
  if (!from.family_defaults.empty()) to.__set_column_family_defaults(FromOptions(from.family_defaults));
  return to;
}

}  // namespace cellar::thrift

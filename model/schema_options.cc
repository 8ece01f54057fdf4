#include "model/schema_options.h"

namespace cellar::model {

namespace {

template <typename T>
std::optional<T> Either(const std::optional<T>& first, const std::optional<T>& second) {
  return first.has_value() ? first : second;
}

}  // namespace

std::string_view DurabilityName(Durability durability) {
  switch (durability) {
    case Durability::kSync:
      return "sync";
    case Durability::kFlush:
      return "flush";
    case Durability::kNone:
      return "none";
  }
  return "unknown";
}

ColumnFamilyOptions ColumnFamilyOptions::Over(const ColumnFamilyOptions& fallback) const {
  ColumnFamilyOptions options;
  options.max_versions = Either(max_versions, fallback.max_versions);
  options.ttl_seconds = Either(ttl_seconds, fallback.ttl_seconds);
  options.time_order_desc = Either(time_order_desc, fallback.time_order_desc);
  options.counter = Either(counter, fallback.counter);
  return options;
}

AccessGroupOptions AccessGroupOptions::Over(const AccessGroupOptions& fallback) const {
  AccessGroupOptions options;
  options.replication = Either(replication, fallback.replication);
  options.block_size_bytes = Either(block_size_bytes, fallback.block_size_bytes);
  options.compressor = Either(compressor, fallback.compressor);
  options.bloom_filter = Either(bloom_filter, fallback.bloom_filter);
  options.in_memory = Either(in_memory, fallback.in_memory);
  return options;
}

}  // namespace cellar::model

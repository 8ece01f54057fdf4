#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace cellar::storage {

/// Names one entity of a metalog. What a type means is its owner's affair; a type's number is never used again.
struct EntityKey {
  uint32_t type = 0;
  uint64_t id = 0;

  friend constexpr auto operator<=>(const EntityKey&, const EntityKey&) = default;
};

/// The state that a metalog keeps: bodies by key.
using Entities = std::map<EntityKey, std::string>;

/// One change of it.
class MetaLogRecord {
 public:
  static MetaLogRecord Update(EntityKey key, std::string body) { return {key, false, std::move(body)}; }
  static MetaLogRecord Remove(EntityKey key) { return {key, true, {}}; }

  EntityKey key() const { return key_; }
  bool is_remove() const { return is_remove_; }
  const std::string& body() const { return body_; }

  void ApplyTo(Entities* entities) const {
    if (is_remove_) {
      entities->erase(key_);
    } else {
      (*entities)[key_] = body_;
    }
  }

 private:
  MetaLogRecord(EntityKey key, bool is_remove, std::string body)
      : key_(key), is_remove_(is_remove), body_(std::move(body)) {}

  EntityKey key_;
  bool is_remove_;
  std::string body_;
};

}  // namespace cellar::storage

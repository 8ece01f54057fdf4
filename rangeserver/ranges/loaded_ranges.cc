#include "rangeserver/ranges/loaded_ranges.h"

#include <array>
#include <utility>

namespace cellar::rangeserver {

std::string_view StateName(LoadedRange::State state) {
  static constexpr std::array<std::string_view, 4> kNames = {"loading", "serving", "unloading", "offline"};
  return kNames[static_cast<size_t>(state)];
}

Status LoadedRanges::HearOf(uint32_t term) {
  if (term < master_term_) {
    return common::Fenced("a master of term " + std::to_string(term) + " asks, and one of term " +
                          std::to_string(master_term_) + " has asked before");
  }
  master_term_ = term;
  return common::OkStatus();
}

std::shared_ptr<LoadedRange> LoadedRanges::Find(model::TableId table, std::string_view row) const {
  const auto of_table = ranges_.find(table);
  if (of_table == ranges_.end()) return nullptr;
  const auto found = of_table->second.lower_bound(model::MetadataSearchKey(table, row));
  if (found == of_table->second.end() || !found->second->record.range.Contains(row)) return nullptr;
  return found->second;
}

std::shared_ptr<LoadedRange> LoadedRanges::FindExactly(const model::RangeKey& key) const {
  const auto of_table = ranges_.find(key.table);
  if (of_table == ranges_.end()) return nullptr;
  const auto found = of_table->second.find(model::MetadataRowName(key.table, key.end_row));
  if (found == of_table->second.end() || found->second->record.range != key) return nullptr;
  return found->second;
}

Status LoadedRanges::Insert(std::shared_ptr<LoadedRange> range) {
  const model::RangeKey& key = range->record.range;
  auto& of_table = ranges_[key.table];
  const std::string name = model::MetadataRowName(key.table, key.end_row);
  // The one that ends at or behind our end must begin there; the one before us must end at or before our start.
  const auto next = of_table.lower_bound(name);
  const bool overlaps_next = next != of_table.end() && (!next->second->record.range.start_row || !key.end_row ||
                                                        *next->second->record.range.start_row < *key.end_row);
  const bool overlaps_previous =
      next != of_table.begin() && (!key.start_row || *std::prev(next)->second->record.range.end_row > *key.start_row);
  if (overlaps_next || overlaps_previous) {
    const auto& other = overlaps_next ? next->second : std::prev(next)->second;
    return common::Conflict("range " + key.ToString() + " overlaps " + other->record.range.ToString());
  }
  of_table.emplace(name, std::move(range));
  return common::OkStatus();
}

void LoadedRanges::Remove(const model::RangeKey& key) {
  const auto of_table = ranges_.find(key.table);
  if (of_table == ranges_.end()) return;
  of_table->second.erase(model::MetadataRowName(key.table, key.end_row));
  if (of_table->second.empty()) ranges_.erase(of_table);
}

std::vector<std::shared_ptr<LoadedRange>> LoadedRanges::All() const {
  std::vector<std::shared_ptr<LoadedRange>> all;
  for (const auto& [table, ranges] : ranges_) {
    for (const auto& [name, range] : ranges) all.push_back(range);
  }
  return all;
}

std::vector<std::shared_ptr<LoadedRange>> LoadedRanges::OfTable(model::TableId table) const {
  std::vector<std::shared_ptr<LoadedRange>> found;
  const auto of_table = ranges_.find(table);
  if (of_table == ranges_.end()) return found;
  for (const auto& [name, range] : of_table->second) found.push_back(range);
  return found;
}

}  // namespace cellar::rangeserver

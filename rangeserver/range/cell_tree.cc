#include "rangeserver/range/cell_tree.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "common/base/check.h"
#include "common/bytes/coding.h"

namespace cellar::rangeserver {

namespace {

/// Decodes a varint that is known to be good.
const char* SkipVarint(const char* next, uint32_t* value) {
  uint32_t result = 0;
  for (int shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(*next++);
    result |= static_cast<uint32_t>(byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  *value = result;
  return next;
}

/// Places with a number below `prefix` (or not above it: kOrEqual). Without branches that depend on the data.
template <bool kOrEqual>
uint32_t CountBelow(const uint64_t* prefixes, uint32_t count, uint64_t prefix) {
  const uint64_t* base = prefixes;
  while (count > 1) {
    const uint32_t half = count / 2;
    const uint64_t probe = base[half - 1];
    base += half * static_cast<uint32_t>(kOrEqual ? probe <= prefix : probe < prefix);
    count -= half;
  }
  const bool last = count == 1 && (kOrEqual ? *base <= prefix : *base < prefix);
  return static_cast<uint32_t>(base - prefixes) + (last ? 1 : 0);
}

/// The first place whose key is at or above (prefix, key); above it when kAfter is set.
template <bool kAfter, typename Records>
uint32_t Find(const uint64_t* prefixes, const Records& records, uint32_t count, uint64_t prefix, std::string_view key) {
  uint32_t low = CountBelow<false>(prefixes, count, prefix);
  if (low == count || prefixes[low] != prefix) return low;
  uint32_t high = CountBelow<true>(prefixes, count, prefix);
  while (low < high) {
    const uint32_t middle = (low + high) / 2;
    const int order = CellTree::KeyOf(records[middle]).compare(key);
    if (order < 0 || (kAfter && order == 0)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

template <typename T>
void OpenPlace(T* places, uint32_t count, uint32_t place) {
  std::memmove(places + place + 1, places + place, (count - place) * sizeof(T));
}

}  // namespace

uint64_t CellTree::InlinePrefix(std::string_view key) const {
  if (!common_.empty()) {
    const int order = key.substr(0, common_.size()).compare(common_);
    if (order != 0) return order < 0 ? 0 : ~uint64_t{0};
    key.remove_prefix(common_.size());
  }
  if (key.size() >= 8) return common::LoadBigEndian64(key.data());
  char padded[8] = {};
  std::memcpy(padded, key.data(), key.size());
  return common::LoadBigEndian64(padded);
}

void CellTree::RefreshPrefixes() {
  const std::string_view first = KeyOf(first_->records[0]);
  const std::string_view last = KeyOf(last_->records[last_->count - 1]);
  size_t length = 0;
  while (length < first.size() && length < last.size() && first[length] == last[length]) ++length;
  if (first.substr(0, length) == common_) return;
  common_.assign(first.substr(0, length));
  RefreshPrefixes(root_);
}

void CellTree::RefreshPrefixes(Node* node) {
  if (node->is_leaf) {
    Leaf* const leaf = static_cast<Leaf*>(node);
    for (uint32_t i = 0; i < leaf->count; ++i) leaf->prefixes[i] = InlinePrefix(KeyOf(leaf->records[i]));
    return;
  }
  Inner* const inner = static_cast<Inner*>(node);
  for (uint32_t i = 0; i < inner->count; ++i) inner->prefixes[i] = InlinePrefix(KeyOf(inner->separators[i]));
  for (uint32_t i = 0; i <= inner->count; ++i) RefreshPrefixes(inner->children[i]);
}

std::string_view CellTree::KeyOf(Record record) {
  uint32_t key_size = 0;
  uint32_t value_size = 0;
  const char* const key = SkipVarint(SkipVarint(record, &key_size), &value_size);
  return std::string_view(key, key_size);
}

std::string_view CellTree::ValueOf(Record record) {
  uint32_t key_size = 0;
  uint32_t value_size = 0;
  const char* const key = SkipVarint(SkipVarint(record, &key_size), &value_size);
  return std::string_view(key + key_size, value_size);
}

void CellTree::Decode(Record record, std::string_view* key, std::string_view* value) {
  uint32_t key_size = 0;
  uint32_t value_size = 0;
  const char* const bytes = SkipVarint(SkipVarint(record, &key_size), &value_size);
  *key = std::string_view(bytes, key_size);
  *value = std::string_view(bytes + key_size, value_size);
}

CellTree::CellTree(common::Arena* arena) : arena_(arena) {
  first_ = NewLeaf();
  last_ = first_;
  root_ = first_;
}

CellTree::Leaf* CellTree::NewLeaf() {
  Leaf* const leaf = new (arena_->AllocateAligned(sizeof(Leaf))) Leaf;
  leaf->is_leaf = true;
  return leaf;
}

CellTree::Inner* CellTree::NewInner() {
  Inner* const inner = new (arena_->AllocateAligned(sizeof(Inner))) Inner;
  inner->is_leaf = false;
  return inner;
}

CellTree::Leaf* CellTree::FindLeaf(uint64_t prefix, std::string_view key, Step* path, size_t* depth) const {
  Node* node = root_;
  *depth = 0;
  while (!node->is_leaf) {
    CHECK(*depth < kMaxDepth);
    Inner* const inner = static_cast<Inner*>(node);
    const uint32_t child = Find<true>(inner->prefixes, inner->separators, inner->count, prefix, key);
    path[(*depth)++] = Step{inner, child};
    node = inner->children[child];
  }
  return static_cast<Leaf*>(node);
}

void CellTree::Prefetch(std::string_view key) const {
  const uint64_t prefix = InlinePrefix(key);
  const Node* node = root_;
  while (!node->is_leaf) {
    const Inner* const inner = static_cast<const Inner*>(node);
    node = inner->children[CountBelow<true>(inner->prefixes, inner->count, prefix)];
  }
  constexpr size_t kCacheLineBytes = 64;
  for (size_t i = 0; i < sizeof(Leaf); i += kCacheLineBytes)
    __builtin_prefetch(reinterpret_cast<const char*>(node) + i, 1);
}

void CellTree::Insert(std::string_view key, Record record) {
  if (size_ == next_refresh_size_) {
    RefreshPrefixes();
    next_refresh_size_ *= 16;
  }
  const uint64_t prefix = InlinePrefix(key);
  Step path[kMaxDepth];
  size_t depth = 0;
  Leaf* leaf = last_;
  uint32_t place = leaf->count;
  const bool appends = place > 0 && place < kLeafPlaces && KeyOf(leaf->records[place - 1]) < key;
  if (!appends) {
    leaf = FindLeaf(prefix, key, path, &depth);
    place = Find<false>(leaf->prefixes, leaf->records, leaf->count, prefix, key);
    if (leaf->count == kLeafPlaces) leaf = SplitLeaf(leaf, &place, path, depth);
  }
  OpenPlace(leaf->prefixes, leaf->count, place);
  OpenPlace(leaf->records, leaf->count, place);
  leaf->prefixes[place] = prefix;
  leaf->records[place] = record;
  ++leaf->count;
  ++size_;
}

CellTree::Leaf* CellTree::SplitLeaf(Leaf* leaf, uint32_t* place, Step* path, size_t depth) {
  // At the end of the tree the left half stays full: ascending keys fill every leaf.
  const bool at_end = leaf->next == nullptr && *place == leaf->count;
  const uint32_t keep = at_end ? leaf->count - 1 : leaf->count / 2;
  Leaf* const right = NewLeaf();
  right->count = leaf->count - keep;
  std::memcpy(right->prefixes, leaf->prefixes + keep, right->count * sizeof(uint64_t));
  std::memcpy(right->records, leaf->records + keep, right->count * sizeof(Record));
  leaf->count = keep;
  right->next = leaf->next;
  leaf->next = right;
  if (last_ == leaf) last_ = right;
  InsertSeparator(right->prefixes[0], right->records[0], right, path, depth);
  if (*place <= keep && !at_end) return leaf;
  *place -= keep;
  return right;
}

void CellTree::InsertSeparator(uint64_t prefix, Record separator, Node* right, Step* path, size_t depth) {
  while (depth > 0) {
    Inner* const inner = path[--depth].node;
    const uint32_t place = path[depth].child;
    if (inner->count < kInnerPlaces) {
      OpenPlace(inner->prefixes, inner->count, place);
      OpenPlace(inner->separators, inner->count, place);
      OpenPlace(inner->children, inner->count + 1, place + 1);
      inner->prefixes[place] = prefix;
      inner->separators[place] = separator;
      inner->children[place + 1] = right;
      ++inner->count;
      return;
    }
    // Split the full inner node around its middle separator, put the new one into its half, and go on above.
    const uint32_t keep = place == inner->count ? inner->count - 1 : inner->count / 2;
    Inner* const upper = NewInner();
    const uint64_t up_prefix = inner->prefixes[keep];
    const Record up_separator = inner->separators[keep];
    upper->count = inner->count - keep - 1;
    std::memcpy(upper->prefixes, inner->prefixes + keep + 1, upper->count * sizeof(uint64_t));
    std::memcpy(upper->separators, inner->separators + keep + 1, upper->count * sizeof(Record));
    std::memcpy(upper->children, inner->children + keep + 1, (upper->count + 1) * sizeof(Node*));
    inner->count = keep;
    Step half{place <= keep ? inner : upper, place <= keep ? place : place - keep - 1};
    InsertSeparator(prefix, separator, right, &half, 1);
    prefix = up_prefix;
    separator = up_separator;
    right = upper;
  }
  Inner* const root = NewInner();
  root->count = 1;
  root->prefixes[0] = prefix;
  root->separators[0] = separator;
  root->children[0] = root_;
  root->children[1] = right;
  root_ = root;
}

void CellTree::CopyFrom(std::string_view target, size_t limit, std::vector<Record>* records) const {
  Step path[kMaxDepth];
  size_t depth = 0;
  const uint64_t prefix = InlinePrefix(target);
  const Leaf* leaf = FindLeaf(prefix, target, path, &depth);
  uint32_t place = Find<false>(leaf->prefixes, leaf->records, leaf->count, prefix, target);
  while (limit > 0 && leaf != nullptr) {
    const uint32_t taken = static_cast<uint32_t>(std::min<size_t>(limit, leaf->count - place));
    records->insert(records->end(), leaf->records + place, leaf->records + place + taken);
    limit -= taken;
    place = 0;
    leaf = leaf->next;
  }
}

void CellTree::CheckInvariants() const {
  size_t count = 0;
  std::string_view previous;
  for (const Leaf* leaf = first_; leaf != nullptr; leaf = leaf->next) {
    CHECK(leaf->is_leaf && leaf->count <= kLeafPlaces && (leaf->count > 0 || leaf == root_));
    for (uint32_t i = 0; i < leaf->count; ++i) {
      const std::string_view key = KeyOf(leaf->records[i]);
      CHECK(leaf->prefixes[i] == InlinePrefix(key));
      CHECK(count == 0 || previous < key);
      Step path[kMaxDepth];
      size_t depth = 0;
      CHECK(FindLeaf(leaf->prefixes[i], key, path, &depth) == leaf);
      previous = key;
      ++count;
    }
  }
  CHECK(count == size_ && last_->next == nullptr);
}

}  // namespace cellar::rangeserver

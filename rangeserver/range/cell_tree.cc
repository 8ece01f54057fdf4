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

/// The first place whose key is at or above (prefix, key); above it when `after` is set.
template <bool kAfter, typename Records>
uint32_t Find(const uint64_t* prefixes, const Records& records, uint32_t count, uint64_t prefix, std::string_view key) {
  uint32_t low = static_cast<uint32_t>(std::lower_bound(prefixes, prefixes + count, prefix) - prefixes);
  if (low == count || prefixes[low] != prefix) return low;
  uint32_t high = static_cast<uint32_t>(std::upper_bound(prefixes + low, prefixes + count, prefix) - prefixes);
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

uint64_t CellTree::InlinePrefix(std::string_view key) {
  if (key.size() >= 8) return common::LoadBigEndian64(key.data());
  char padded[8] = {};
  std::memcpy(padded, key.data(), key.size());
  return common::LoadBigEndian64(padded);
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

CellTree::CellTree(common::Arena* arena) : arena_(arena) {
  first_ = NewLeaf();
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

void CellTree::Insert(uint64_t prefix, std::string_view key, Record record) {
  Step path[kMaxDepth];
  size_t depth = 0;
  Leaf* leaf = FindLeaf(prefix, key, path, &depth);
  uint32_t place = Find<false>(leaf->prefixes, leaf->records, leaf->count, prefix, key);
  if (leaf->count == kLeafPlaces) leaf = SplitLeaf(leaf, &place, path, depth);
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
  CHECK(count == size_);
}

}  // namespace cellar::rangeserver

#include "storage/merge_source.h"

#include <utility>

#include "common/base/check.h"

namespace cellar::storage {

MergeSource::MergeSource(std::vector<std::unique_ptr<CellSource>> sources) : sources_(std::move(sources)) {}

void MergeSource::SeekToFirst() {
  for (const auto& source : sources_) source->SeekToFirst();
  Rebuild();
}

void MergeSource::Seek(std::string_view target) {
  for (const auto& source : sources_) source->Seek(target);
  Rebuild();
}

void MergeSource::Rebuild() {
  heap_.clear();
  for (size_t i = 0; i < sources_.size(); ++i) {
    CellSource* const source = sources_[i].get();
    if (source->Valid()) {
      heap_.push_back(Entry{source->key(), source, i});
    } else if (!source->status().ok() && status_.ok()) {
      status_ = source->status();
    }
  }
  for (size_t i = heap_.size() / 2; i-- > 0;) SiftDown(i);
}

void MergeSource::Next() {
  DCHECK(Valid());
  if (heap_.size() == 1) {  // Nothing to merge with: no copy of the key, no comparison.
    AdvanceFirst();
    return;
  }
  previous_key_.assign(heap_.front().key);
  do {
    AdvanceFirst();
  } while (Valid() && heap_.front().key == previous_key_);
}

void MergeSource::AdvanceFirst() {
  Entry& first = heap_.front();
  first.source->Next();
  if (first.source->Valid()) {
    first.key = first.source->key();
  } else {
    if (!first.source->status().ok() && status_.ok()) status_ = first.source->status();
    heap_.front() = heap_.back();
    heap_.pop_back();
  }
  if (heap_.size() > 1) SiftDown(0);
}

bool MergeSource::Less(const Entry& a, const Entry& b) {
  const int order = a.key.compare(b.key);
  return order != 0 ? order < 0 : a.place < b.place;
}

void MergeSource::SiftDown(size_t hole) {
  const Entry moving = heap_[hole];
  while (true) {
    size_t child = 2 * hole + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && Less(heap_[child + 1], heap_[child])) ++child;
    if (!Less(heap_[child], moving)) break;
    heap_[hole] = heap_[child];
    hole = child;
  }
  heap_[hole] = moving;
}

}  // namespace cellar::storage

#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "storage/cell_source.h"

namespace cellar::storage {

/// The cells of several sources in key order, each key once: where sources hold the same key (a row delete is in every
/// access group), the first source's cell is given. Owns its sources. An error of one ends the merge.
///
/// One comparison a cell while cells come from the same source, log2(sources) else.
class MergeSource final : public CellSource {
 public:
  explicit MergeSource(std::vector<std::unique_ptr<CellSource>> sources);

  void SeekToFirst() override;
  void Seek(std::string_view target) override;
  bool Valid() const override { return !heap_.empty() && status_.ok(); }
  void Next() override;
  std::string_view key() const override { return heap_.front().key; }
  std::string_view value() const override { return heap_.front().source->value(); }
  const Status& status() const override { return status_; }

 private:
  struct Entry {
    std::string_view key;  ///< source->key(), kept at hand.
    CellSource* source;
    size_t place;  ///< Among sources_: decides between equal keys.
  };

  void Rebuild();
  void SiftDown(size_t hole);
  static bool Less(const Entry& a, const Entry& b);
  /// Moves the first source on; drops it from the heap at its end.
  void AdvanceFirst();

  std::vector<std::unique_ptr<CellSource>> sources_;
  std::vector<Entry> heap_;  ///< Binary heap, least key first.
  std::string previous_key_;
  Status status_;
};

}  // namespace cellar::storage

#include "storage/merge_source.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "common/random/random.h"

namespace cellar::storage {
namespace {

/// A sorted list as a source; may fail at one key.
class ListSource final : public CellSource {
 public:
  ListSource(std::map<std::string, std::string> cells, std::string bad_key = "none")
      : cells_(std::move(cells)), bad_key_(std::move(bad_key)) {}

  void SeekToFirst() override { Enter(cells_.begin()); }
  void Seek(std::string_view target) override { Enter(cells_.lower_bound(std::string(target))); }
  bool Valid() const override { return status_.ok() && at_ != cells_.end(); }
  void Next() override { Enter(std::next(at_)); }
  std::string_view key() const override { return at_->first; }
  std::string_view value() const override { return at_->second; }
  const Status& status() const override { return status_; }

 private:
  void Enter(std::map<std::string, std::string>::const_iterator at) {
    at_ = at;
    if (at_ != cells_.end() && at_->first == bad_key_) status_ = common::Corruption("bad");
  }

  const std::map<std::string, std::string> cells_;
  const std::string bad_key_;
  std::map<std::string, std::string>::const_iterator at_;
  Status status_;
};

TEST(MergeSourceTest, RandomSources_ComeAsOneInOrderEachKeyOnce) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    common::SeededRandom random(seed);
    std::map<std::string, std::string> expected;
    std::vector<std::unique_ptr<CellSource>> sources;
    for (uint64_t i = 0; i < random.Uniform(7); ++i) {
      std::map<std::string, std::string> cells;
      for (uint64_t j = 0; j < random.Uniform(30); ++j) cells[std::to_string(random.Uniform(100))] = std::to_string(i);
      expected.insert(cells.begin(), cells.end());  // The first source wins.
      sources.push_back(std::make_unique<ListSource>(cells));
    }
    MergeSource merge(std::move(sources));
    for (int round = 0; round < 5; ++round) {
      const std::string target = round == 0 ? "" : std::to_string(random.Uniform(100));
      round == 0 ? merge.SeekToFirst() : merge.Seek(target);
      auto at = expected.lower_bound(target);
      for (; at != expected.end(); ++at, merge.Next()) {
        ASSERT_TRUE(merge.Valid());
        ASSERT_EQ(merge.key(), at->first);
        ASSERT_EQ(merge.value(), at->second);
      }
      ASSERT_FALSE(merge.Valid());
      ASSERT_TRUE(merge.status().ok());
    }
  }
}

TEST(MergeSourceTest, ErrorOfOneSource_EndsTheMerge) {
  std::vector<std::unique_ptr<CellSource>> sources;
  sources.push_back(std::make_unique<ListSource>(std::map<std::string, std::string>{{"a", "1"}, {"c", "1"}}, "c"));
  sources.push_back(std::make_unique<ListSource>(std::map<std::string, std::string>{{"b", "2"}, {"d", "2"}}));
  MergeSource merge(std::move(sources));
  merge.SeekToFirst();
  ASSERT_TRUE(merge.Valid());
  merge.Next();
  EXPECT_FALSE(merge.Valid());
  EXPECT_EQ(merge.status().code(), StatusCode::kCorruption);
}

}  // namespace
}  // namespace cellar::storage

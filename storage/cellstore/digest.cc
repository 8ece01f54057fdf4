#include "storage/cellstore/digest.h"

#include "common/bytes/coding.h"
#include "storage/cellstore/trailer.h"

namespace cellar::storage {

common::Hash128 DigestTree::Root() const {
  std::vector<common::Hash128> level = leaves_;
  while (level.size() > 1) {
    std::vector<common::Hash128> above;
    for (size_t begin = 0; begin < level.size(); begin += kFanOut) {
      std::string run;
      for (size_t i = begin; i < level.size() && i < begin + kFanOut; ++i) run += level[i].ToBytes();
      above.push_back(common::HashTo128(run));
    }
    level = std::move(above);
  }
  std::string root;
  common::PutFixed8(&root, kDigestXxh3);
  common::PutFixed64(&root, leaves_.size());
  if (!level.empty()) root += level.front().ToBytes();
  return common::HashTo128(root);
}

}  // namespace cellar::storage

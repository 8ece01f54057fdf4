#include "tests/support/kept_directory.h"

#include <limits>

#include "common/base/check.h"

namespace cellar::tests {

void KeptDirectory::Keep() {
  const auto entries = disk_.List(directory_);
  if (!entries.ok()) return;  // never there yet
  files_.clear();
  for (const auto& entry : *entries) {
    const std::string path = directory_ + "/" + entry.name;
    const auto file = disk_.Open(path);
    CHECK(file.ok());
    std::string& bytes = files_[path];
    bytes.resize(*(*file)->Length());
    CHECK(*(*file)->Read(0, bytes.size(), bytes.data()) == bytes.size());
  }
}

void KeptDirectory::Empty() {
  const auto entries = disk_.List(directory_);
  if (!entries.ok()) return;
  for (const auto& entry : *entries) CHECK(disk_.Remove(directory_ + "/" + entry.name).ok());
}

void KeptDirectory::PutBack() {
  Empty();
  disk_.set_space_limit_bytes(std::numeric_limits<uint64_t>::max());
  for (const auto& [path, bytes] : files_) {
    const auto file = disk_.Create(path, Incarnation({0, 1}));
    CHECK(file.ok());
    CHECK((*file)->Append(bytes).ok() && (*file)->Sync().ok() && (*file)->Close().ok());
  }
}

}  // namespace cellar::tests

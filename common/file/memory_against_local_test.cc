#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/file/local_file_system.h"
#include "common/file/local_test_directory.h"
#include "common/file/memory_file_system.h"
#include "common/random/random.h"

// The same drawn calls on the file system in memory and on the local one: every answer must be the same.

namespace cellar::common {
namespace {

/// One side: a file system, its open handles, and the text of what each call answered.
class Side {
 public:
  explicit Side(FileSystem& files) : files_(files) {}

  std::string Create(const std::string& path, Incarnation incarnation) {
    auto file = files_.Create(path, incarnation);
    if (file.ok()) writers_[path] = std::move(file).value();
    return Code(file.status());
  }
  std::string Append(const std::string& path, const std::string& bytes) {
    const auto found = writers_.find(path);
    if (found == writers_.end()) return "no handle";
    const auto offset = found->second->Append(bytes);
    return offset.ok() ? std::to_string(*offset) : Code(offset.status());
  }
  std::string Sync(const std::string& path) {
    const auto found = writers_.find(path);
    return found == writers_.end() ? "no handle" : Code(found->second->Sync());
  }
  std::string Close(const std::string& path) {
    const auto found = writers_.find(path);
    if (found == writers_.end()) return "no handle";
    const std::string answer = Code(found->second->Close());
    writers_.erase(found);
    return answer;
  }
  std::string Read(const std::string& path) {
    const auto bytes = ReadWholeFile(files_, path, 1 << 20);
    return bytes.ok() ? *bytes : Code(bytes.status());
  }
  std::string List(const std::string& path) {
    const auto entries = files_.List(path);
    if (!entries.ok()) return Code(entries.status());
    std::string text;
    for (const DirectoryEntry& entry : *entries) {
      text += entry.name + (entry.is_directory ? "/ " : ":" + std::to_string(entry.length_bytes) + " ");
    }
    return text;
  }
  std::string Seal(const std::string& path, Incarnation incarnation) {
    const auto sealed = files_.Seal(path, incarnation);
    if (!sealed.ok()) return Code(sealed.status());
    std::string text = "sealed ";
    for (const SealedFile& file : *sealed) text += file.name + ":" + std::to_string(file.length_bytes) + " ";
    return text;
  }
  std::string Exists(const std::string& path) {
    const auto exists = files_.Exists(path);
    return exists.ok() ? (*exists ? "yes" : "no") : Code(exists.status());
  }
  std::string MakeDirectories(const std::string& path) { return Code(files_.CreateDirectories(path)); }
  std::string Remove(const std::string& path) { return Code(files_.Remove(path)); }
  std::string RemoveDirectory(const std::string& path) { return Code(files_.RemoveDirectory(path)); }

 private:
  static std::string Code(const Status& status) { return std::string(StatusCodeName(status.code())); }

  FileSystem& files_;
  std::map<std::string, std::unique_ptr<WritableFile>> writers_;
};

std::string Step(Side& side, SeededRandom random) {
  const std::vector<std::string> directories = {"", "a", "b", "a/c", "a/c/d"};
  const std::string directory = directories[random.Uniform(directories.size())];
  const std::string name = std::string(1, static_cast<char>('x' + random.Uniform(3)));
  const std::string path = directory.empty() ? name : directory + "/" + name;
  const Incarnation incarnation(FencingNumber{.term = 1, .counter = 1 + random.Uniform(4)});
  switch (random.Uniform(16)) {
    case 0:
    case 1:
    case 2:
      return "create " + path + ": " + side.Create(path, incarnation);
    case 3:
    case 4:
    case 5:
      return "append " + path + ": " + side.Append(path, std::string(random.Uniform(2'000), name[0]));
    case 6:
    case 7:
      return "sync " + path + ": " + side.Sync(path);
    case 8:
      return "close " + path + ": " + side.Close(path);
    case 9:
      return "read " + path + ": " + side.Read(path);
    case 10:
      return "list " + directory + ": " + side.List(directory);
    case 11:
      return "exists " + path + ": " + side.Exists(path);
    case 12:
    case 13:
      return "mkdir " + directory + ": " + side.MakeDirectories(random.OneIn(10) ? path : directory);
    case 14:
      return random.OneIn(3) ? "rmdir " + directory + ": " + side.RemoveDirectory(directory)
                             : "remove " + path + ": " + side.Remove(path);
    default:
      return "seal " + directory + ": " + (random.OneIn(3) ? side.Seal(directory, incarnation) : "not now");
  }
}

TEST(MemoryAgainstLocalTest, SameCalls_SameAnswers) {
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    MemoryFileSystem memory;
    const LocalTestDirectory directory;
    const auto local = LocalFileSystem::OpenRoot(directory.path()).value();
    Side in_memory(memory);
    Side on_disk(*local);
    SeededRandom random(seed);
    for (int i = 0; i < 250; ++i) {
      const SeededRandom draw = random.Fork();
      ASSERT_EQ(Step(in_memory, draw), Step(on_disk, draw)) << "step " << i;
    }
  }
}

}  // namespace
}  // namespace cellar::common

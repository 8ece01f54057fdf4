#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/file/faulty_file_system.h"
#include "common/file/local_file_system.h"
#include "common/file/local_test_directory.h"
#include "common/file/memory_file_system.h"

// Many threads on one object, for the thread sanitizer; and the promise of the seal on real threads.

namespace cellar::common {
namespace {

constexpr int kWriters = 4;

const Incarnation kOldLife(FencingNumber{.term = 1, .counter = 1});
const Incarnation kNewLife(FencingNumber{.term = 1, .counter = 2});

uint64_t WriteUntilFenced(FileSystem& files, const std::string& path, std::atomic<size_t>* created) {
  const auto file = files.Create(path, kOldLife);
  ++*created;
  uint64_t acknowledged = 0;
  while (file.ok() && (*file)->Append("0123456789").ok() && (*file)->Sync().ok()) acknowledged += 10;
  return acknowledged;
}

void ReadUntil(const FileSystem& files, const std::atomic<bool>& stop) {
  while (!stop) {
    for (int i = 0; i < kWriters; ++i) (void)ReadWholeFile(files, "d/log" + std::to_string(i), 1 << 28);
    (void)files.List("d");
  }
}

void SealUnderLoad(FileSystem& files) {
  ASSERT_TRUE(files.CreateDirectories("d").ok());
  std::vector<std::atomic<uint64_t>> acknowledged(kWriters);
  std::atomic<bool> stop = false;
  std::atomic<size_t> created = 0;
  std::vector<std::jthread> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&files, &acknowledged, &created, i] {
      acknowledged[static_cast<size_t>(i)] = WriteUntilFenced(files, "d/log" + std::to_string(i), &created);
    });
  }
  std::jthread reader([&files, &stop] { ReadUntil(files, stop); });
  // Not before the creations have returned: one under way that meets the seal takes its file away again.
  while (created < kWriters) std::this_thread::yield();
  std::jthread other_sealer([&files] { (void)files.Seal("d", kNewLife); });
  const auto sealed = files.Seal("d", kNewLife);
  writers.clear();
  other_sealer.join();
  stop = true;
  reader.join();
  ASSERT_TRUE(sealed.ok()) << sealed.status().ToString();
  ASSERT_EQ(sealed->size(), static_cast<size_t>(kWriters));
  for (size_t i = 0; i < kWriters; ++i) {
    EXPECT_LE(acknowledged[i], (*sealed)[i].length_bytes);
    EXPECT_EQ(ReadWholeFile(files, "d/" + (*sealed)[i].name, 1 << 28).value().size(), (*sealed)[i].length_bytes);
  }
}

TEST(ConcurrentUseTest, Seal_UnderLoad_InMemory) {
  MemoryFileSystem files;
  SealUnderLoad(files);
}

TEST(ConcurrentUseTest, Seal_UnderLoad_OnDisk) {
  const LocalTestDirectory directory;
  const auto files = LocalFileSystem::OpenRoot(directory.path()).value();
  SealUnderLoad(*files);
}

TEST(ConcurrentUseTest, Seal_UnderLoad_WithRulesComingAndGoing) {
  MemoryFileSystem medium;
  FaultyFileSystem files(medium, 1);
  std::atomic<bool> stop = false;
  std::jthread rules([&] {
    while (!stop) files.RemoveRule(files.AddRule({.operation = FileOperation::kRead, .fault = FileFault::kHookOnly}));
  });
  SealUnderLoad(files);
  stop = true;
}

}  // namespace
}  // namespace cellar::common

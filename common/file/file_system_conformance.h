#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "common/file/file_system.h"

namespace cellar::common {

/// One empty storage and two processes that use it (two FileSystem objects; for a broker two connections).
class StorageUnderTest {
 public:
  virtual ~StorageUnderTest() = default;
  virtual FileSystem& files() = 0;
  virtual FileSystem& other_process() = 0;
};

/// Makes a fresh one for each test.
struct StorageFactory {
  StorageFactory(std::string name_in_messages, std::function<std::unique_ptr<StorageUnderTest>()> make_storage);

  std::string name;
  std::function<std::unique_ptr<StorageUnderTest>()> make;
};

/// What every FileSystem must do. A backend's test instantiates it:
///
///     INSTANTIATE_TEST_SUITE_P(Memory, FileSystemConformanceTest, ::testing::Values(StorageFactory{…}));
class FileSystemConformanceTest : public ::testing::TestWithParam<StorageFactory> {
 protected:
  FileSystemConformanceTest();
  ~FileSystemConformanceTest() override;

  FileSystem& files() { return storage_->files(); }
  FileSystem& other_process() { return storage_->other_process(); }

  /// Creates the file with these bytes, synced and closed; fails the test when that does not work.
  void Write(const std::string& path, std::string_view bytes, Incarnation incarnation);

  /// The whole file; "(code: message)" on error.
  std::string ReadAll(const std::string& path);

  /// "name:length" and "directory/", joined by blanks; "(code)" on error.
  std::string ListText(const std::string& path);

 private:
  const std::unique_ptr<StorageUnderTest> storage_;
};

/// So that failures print the backend's name.
inline void PrintTo(const StorageFactory& factory, std::ostream* out) {
  *out << factory.name;
}

}  // namespace cellar::common

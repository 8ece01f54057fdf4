#include "common/file/file_system_conformance.h"
#include "common/file/local_file_system.h"
#include "common/file/local_test_directory.h"

namespace cellar::common {
namespace {

class LocalStorage final : public StorageUnderTest {
 public:
  FileSystem& files() override { return *first_; }
  FileSystem& other_process() override { return *second_; }

 private:
  LocalTestDirectory directory_;
  std::unique_ptr<LocalFileSystem> first_ = LocalFileSystem::OpenRoot(directory_.path()).value();
  std::unique_ptr<LocalFileSystem> second_ = LocalFileSystem::OpenRoot(directory_.path()).value();
};

INSTANTIATE_TEST_SUITE_P(Local, FileSystemConformanceTest,
                         ::testing::Values(StorageFactory{"Local", [] { return std::make_unique<LocalStorage>(); }}));

}  // namespace
}  // namespace cellar::common

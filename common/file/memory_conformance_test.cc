#include "common/file/file_system_conformance.h"
#include "common/file/memory_file_system.h"

namespace cellar::common {
namespace {

class MemoryStorage final : public StorageUnderTest {
 public:
  FileSystem& files() override { return medium_; }
  FileSystem& other_process() override { return *view_; }

 private:
  MemoryFileSystem medium_;
  std::unique_ptr<ProcessView> view_ = medium_.NewProcess();
};

INSTANTIATE_TEST_SUITE_P(Memory, FileSystemConformanceTest,
                         ::testing::Values(StorageFactory{"Memory", [] { return std::make_unique<MemoryStorage>(); }}));

}  // namespace
}  // namespace cellar::common

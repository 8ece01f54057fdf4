#include "lockservice/connect/open_lock_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "common/concurrency/sim_scheduler.h"
#include "common/file/local_test_directory.h"
#include "common/random/random.h"
#include "rpc/memory/memory_transport.h"

namespace cellar::lockservice {
namespace {

using testing::HasSubstr;

/// What is decided before a connection is made.
class OpenLockServiceTest : public testing::Test {
 protected:
  ~OpenLockServiceTest() override { world_.Run(node_, rpc_.Stop()); }

  Status Open(const std::string& url, const std::string& password_file = "") {
    LockServiceSeams seams(node_, rpc_, Logger());
    LockServiceAccess access(url, password_file);
    return world_.Run(node_, OpenLockService(std::move(seams), std::move(access))).status();
  }
  std::string Message(const std::string& url, const std::string& password_file = "") {
    const Status status = Open(url, password_file);
    EXPECT_TRUE(status.Is(StatusCode::kInvalidArgument)) << status.ToString();
    return std::string(status.message());
  }
  std::string MakeFile(const std::string& text, mode_t mode) {
    const std::string path = directory_.Below("password");
    std::ofstream(path, std::ios::trunc) << text;
    EXPECT_EQ(chmod(path.c_str(), mode), 0);
    return path;
  }

  SimScheduler world_{1};
  rpc::MemoryNetwork network_{world_};
  SeededRandom random_{1};
  SimExecutor node_{world_, "client"};
  rpc::MemoryTransport transport_{network_, node_};
  rpc::RpcClient rpc_{node_, transport_, random_};
  common::LocalTestDirectory directory_;
};

TEST_F(OpenLockServiceTest, ServedOne_IsNotAskedAnythingYet) {
  EXPECT_EQ(Open("cellar://nobody:1"), common::OkStatus());
}

TEST_F(OpenLockServiceTest, OnesThatCannotBeOpened_AreRefusedByName) {
  EXPECT_THAT(Message("embedded:"), HasSubstr("'embedded:' is one process's own"));
  EXPECT_THAT(Message("http://x"), HasSubstr("'http://x'"));
}

TEST_F(OpenLockServiceTest, ZooKeeper_WantsAPasswordThatIsItsOwnersAlone) {
  const std::string url = "zookeeper://127.0.0.1:1/cellar";
  EXPECT_THAT(Message(url), HasSubstr("lockservice.password_file must name the file"));
  EXPECT_THAT(Message(url, MakeFile("secret\n", 0644)), HasSubstr("lockservice.password_file: others than its owner"));
  EXPECT_THAT(Message(url, MakeFile("\n", 0600)), HasSubstr("is empty"));
  const Status missing = Open(url, directory_.Below("none"));
  EXPECT_TRUE(missing.Is(StatusCode::kNotFound)) << missing.ToString();
}

}  // namespace
}  // namespace cellar::lockservice

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/check.h"
#include "common/file/file_system_conformance.h"
#include "common/random/random.h"
#include "common/time/system_clock.h"
#include "fsbroker/client/broker_file_system.h"
#include "tests/broker/directory_view.h"

// The suite that every FileSystem passes, against a broker that runs already: for whoever writes one.

namespace cellar::tests {
namespace {

// Where the command line's addresses wait for gtest, which makes the tests' storages without arguments.
constexpr const char* kFirst = "BROKER_CONFORMANCE_FIRST";
constexpr const char* kSecond = "BROKER_CONFORMANCE_SECOND";

/// A directory of the brokers' storage that no test has used yet, removed at the end.
class FreshDirectory final : public common::StorageUnderTest {
 public:
  FreshDirectory() : name_("conformance-" + std::to_string(common::SystemSeed())) {
    CHECK(first_->CreateDirectories(name_).ok());
  }
  ~FreshDirectory() override { EXPECT_TRUE(first_->RemoveDirectory(name_).ok()); }

  FileSystem& files() override { return first_view_; }
  FileSystem& other_process() override { return second_view_; }

 private:
  std::unique_ptr<fsbroker::BrokerFileSystem> Connect(const char* which) const {
    fsbroker::BrokerOptions options;
    options.address = rpc::Address::Parse(::getenv(which)).value();
    options.client = "broker_conformance";
    return fsbroker::BrokerFileSystem::Connect(options, clock_, common::SystemSeed()).value();
  }

  const common::SystemClock clock_;
  const std::string name_;
  const std::unique_ptr<fsbroker::BrokerFileSystem> first_ = Connect(kFirst);
  const std::unique_ptr<fsbroker::BrokerFileSystem> second_ = Connect(kSecond);
  DirectoryView first_view_{*first_, name_};
  DirectoryView second_view_{*second_, name_};
};

int Usage() {
  std::fprintf(stderr, "usage: broker_conformance --address HOST:PORT [--second HOST:PORT] [gtest's options]\n");
  return 1;
}

/// Whether a broker answers at the address of `which`.
bool IsBroker(const char* which) {
  const common::SystemClock clock;
  fsbroker::BrokerOptions options;
  Result<rpc::Address> address = rpc::Address::Parse(::getenv(which));
  Status status = address.status();
  if (status.ok()) {
    options.address = std::move(address).value();
    status = fsbroker::BrokerFileSystem::Connect(options, clock, common::SystemSeed()).status();
  }
  if (!status.ok()) std::fprintf(stderr, "broker_conformance: %s\n", status.ToString().c_str());
  return status.ok();
}

}  // namespace
}  // namespace cellar::tests

namespace cellar::common {

INSTANTIATE_TEST_SUITE_P(Broker, FileSystemConformanceTest,
                         ::testing::Values(StorageFactory{"Broker",
                                                          [] { return std::make_unique<tests::FreshDirectory>(); }}));

}  // namespace cellar::common

int main(int argc, char** argv) {
  using cellar::tests::kFirst;
  using cellar::tests::kSecond;
  ::testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::string_view(argv[i]) == "--address") ::setenv(kFirst, argv[i + 1], 1);
    if (std::string_view(argv[i]) == "--second") ::setenv(kSecond, argv[i + 1], 1);
  }
  if (argc % 2 == 0 || ::getenv(kFirst) == nullptr) return cellar::tests::Usage();
  ::setenv(kSecond, ::getenv(kFirst), 0);
  if (!cellar::tests::IsBroker(kFirst) || !cellar::tests::IsBroker(kSecond)) return 1;
  return RUN_ALL_TESTS();
}

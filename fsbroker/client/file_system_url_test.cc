#include "fsbroker/client/file_system_url.h"

#include <gtest/gtest.h>

#include <string>

#include "common/file/local_test_directory.h"
#include "common/time/system_clock.h"

namespace cellar::fsbroker {
namespace {

TEST(FileSystemUrlTest, Parse_TakesBothKinds) {
  const FileSystemUrl local = ParseFileSystemUrl("local:").value();
  EXPECT_EQ(local.kind, FileSystemUrl::Kind::kLocal);
  EXPECT_EQ(local.ToString(), "local:");
  const FileSystemUrl broker = ParseFileSystemUrl("broker://host-1:99").value();
  EXPECT_EQ(broker.kind, FileSystemUrl::Kind::kBroker);
  EXPECT_EQ(broker.address, rpc::Address("host-1", 99));
  EXPECT_EQ(broker.ToString(), "broker://host-1:99");
}

TEST(FileSystemUrlTest, Parse_KnowsThePort) {
  EXPECT_EQ(ParseFileSystemUrl("broker://host").value().ToString(), "broker://host:15863");
  EXPECT_EQ(ParseFileSystemUrl("broker://[::1]").value().ToString(), "broker://[::1]:15863");
}

TEST(FileSystemUrlTest, Parse_RefusesTheRestByName) {
  for (const std::string text :
       {"", "local", "local:/data", "hdfs://a:1", "broker://", "broker://a:x", "broker://a:0x1"}) {
    const Status status = ParseFileSystemUrl(text).status();
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << text;
    EXPECT_NE(status.message().find("'" + text + "'"), std::string_view::npos) << status.message();
  }
}

TEST(FileSystemUrlTest, Open_OfLocal_IsTheDirectory) {
  const common::LocalTestDirectory directory;
  const common::SystemClock clock;
  FileSystemOpening opening(clock, 1);
  opening.local_root = directory.path();
  const OpenedFileSystem opened = OpenFileSystem(FileSystemUrl(), opening).value();
  EXPECT_FALSE(opened.cluster_id.has_value());
  EXPECT_TRUE(opened.files->CreateDirectories("d").ok());
  EXPECT_TRUE(std::filesystem::is_directory(directory.Below("d")));
}

TEST(FileSystemUrlTest, Open_WithoutABroker_NamesTheAddress) {
  const common::SystemClock clock;
  FileSystemOpening opening(clock, 1);
  opening.broker.connect_timeout = 50 * kMillisecond;
  const Status status = OpenFileSystem(ParseFileSystemUrl("broker://127.0.0.1:9").value(), opening).status();
  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
  EXPECT_NE(status.message().find("127.0.0.1:9"), std::string_view::npos) << status.message();
}

}  // namespace
}  // namespace cellar::fsbroker

#include "common/file/local_secret.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "common/file/local_test_directory.h"

namespace cellar::common {
namespace {

class LocalSecretTest : public testing::Test {
 protected:
  std::string Make(const std::string& text, mode_t mode = 0600) {
    const std::string path = directory_.path() + "/password";
    std::ofstream(path, std::ios::trunc) << text;
    EXPECT_EQ(chmod(path.c_str(), mode), 0);
    return path;
  }
  Status Refusal(const std::string& path) { return ReadLocalSecret(path, "a.file").status(); }

  LocalTestDirectory directory_;
};

TEST_F(LocalSecretTest, FirstLine_IsTheSecret) {
  EXPECT_EQ(ReadLocalSecret(Make("pass word"), "a.file").value(), "pass word");
  EXPECT_EQ(ReadLocalSecret(Make("secret\n"), "a.file").value(), "secret");
  EXPECT_EQ(ReadLocalSecret(Make("secret\r\nmore\n", 0400), "a.file").value(), "secret");
}

TEST_F(LocalSecretTest, OpenToOthers_IsRefused) {
  for (const mode_t mode : {0640, 0604, 0620, 0666}) {
    const std::string path = Make("secret", mode);
    EXPECT_EQ(Refusal(path).ToString(),
              "invalid argument: a.file: others than its owner may use '" + path + "': chmod 600 " + path);
  }
}

TEST_F(LocalSecretTest, OtherThings_AreRefused) {
  EXPECT_TRUE(Refusal(directory_.path() + "/none").Is(StatusCode::kNotFound));
  EXPECT_TRUE(Refusal(directory_.path()).Is(StatusCode::kInvalidArgument));
  EXPECT_TRUE(Refusal(Make("")).Is(StatusCode::kInvalidArgument));
  EXPECT_TRUE(Refusal(Make("\nsecret")).Is(StatusCode::kInvalidArgument));
  EXPECT_TRUE(Refusal(Make(std::string(kMaxSecretBytes + 1, 'x'))).Is(StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace cellar::common

#include "server/load_settings.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "server/settings.h"

namespace cellar::server {
namespace {

TEST(LoadSettingsTest, FileEnvironmentAndOverrides_AreRead) {
  const std::string path = testing::TempDir() + "cellar_load_settings_test.toml";
  std::FILE* file = std::fopen(path.c_str(), "w");
  ASSERT_NE(file, nullptr);
  std::fputs("[server]\naddress = \"::1\"\n[server.http]\nport = 1\n[server.log]\nlevel = \"debug\"\n", file);
  std::fclose(file);
  ::setenv("CELLAR_SERVER_HTTP_PORT", "2", 1);
  ::setenv("CELLAR_TEST_SEED", "2", 1);
  SettingArguments arguments;
  arguments.tables = {kServerSettings};
  arguments.config_path = path;
  arguments.overrides = {"server.log.level=error"};
  Result<Settings> settings = LoadSettings(arguments);
  ::unsetenv("CELLAR_SERVER_HTTP_PORT");
  ::unsetenv("CELLAR_TEST_SEED");
  std::remove(path.c_str());
  ASSERT_TRUE(settings.ok()) << settings.status().ToString();
  EXPECT_EQ(settings->Get(kAddressSetting), "::1");
  EXPECT_EQ(settings->Get(kHttpPortSetting), 2);
  EXPECT_EQ(settings->Get(kLogLevelSetting), "error");
}

TEST(LoadSettingsTest, MissingFile_IsNamed) {
  SettingArguments arguments;
  arguments.tables = {kServerSettings};
  arguments.config_path = "/no/such/file.toml";
  EXPECT_EQ(LoadSettings(arguments).status().ToString(),
            "not found: configuration file /no/such/file.toml: No such file or directory");
  arguments.config_path = "/";
  EXPECT_TRUE(LoadSettings(arguments).status().Is(StatusCode::kIoError));
}

}  // namespace
}  // namespace cellar::server

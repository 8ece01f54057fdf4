#include "common/config/settings.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "common/config/toml_file.h"

namespace cellar::common {
namespace {

constexpr auto kFragmentBytes = BytesSetting("rangeserver.log.fragment_bytes", 64 << 20, 1 << 20, 1 << 30, "why");
constexpr auto kLease = DurationSetting("lockservice.lease_ms", 10 * kSecond, kSecond, 60 * kSecond, "why");
constexpr auto kUrl = TextSetting("lockservice.url", "embedded:", "why");
constexpr auto kVerify = BoolSetting("rangeserver.verify", true, "why");
constexpr auto kShare = RealSetting("rangeserver.cache_share", 0.5, 0, 1, "why");

constexpr const SettingDeclaration* kRangeServerSettings[] = {&kFragmentBytes, &kVerify, &kShare};
constexpr const SettingDeclaration* kLockServiceSettings[] = {&kLease, &kUrl};

SettingSources Sources() {
  SettingSources sources;
  sources.tables = {kRangeServerSettings, kLockServiceSettings};
  sources.config_name = "cellar.toml";
  return sources;
}

std::string LoadError(SettingSources sources) {
  Result<Settings> settings = Settings::Load(sources);
  EXPECT_FALSE(settings.ok());
  EXPECT_TRUE(settings.status().Is(StatusCode::kInvalidArgument));
  return std::string(settings.status().message());
}

std::string FileError(std::string toml) {
  SettingSources sources = Sources();
  sources.config_text = std::move(toml);
  return LoadError(sources);
}

TEST(SettingsTest, NoSources_GiveTheDefaults) {
  Result<Settings> settings = Settings::Load(Sources());
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(settings->Get(kFragmentBytes), 64 << 20);
  EXPECT_EQ(settings->Get(kLease), 10 * kSecond);
  EXPECT_EQ(settings->Get(kUrl), "embedded:");
  EXPECT_TRUE(settings->Get(kVerify));
  EXPECT_EQ(settings->Get(kShare), 0.5);
}

TEST(SettingsTest, File_TablesAndDottedKeysAreTheSame) {
  SettingSources sources = Sources();
  sources.config_text =
      "lockservice.url = \"cellar://host:1\"\n"
      "[rangeserver]\nverify = false\ncache_share = 0.25\n"
      "[rangeserver.log]\nfragment_bytes = \"2MiB\"\n"
      "[lockservice]\nlease_ms = 3000\n";
  // TOML refuses a table that a dotted key has already opened.
  EXPECT_NE(LoadError(sources).find("cellar.toml:7:"), std::string::npos) << LoadError(sources);
  sources.config_text = sources.config_text.substr(0, sources.config_text.find("[lockservice]"));
  Result<Settings> settings = Settings::Load(sources);
  ASSERT_TRUE(settings.ok()) << settings.status().ToString();
  EXPECT_EQ(settings->Get(kFragmentBytes), 2 << 20);
  EXPECT_EQ(settings->Get(kUrl), "cellar://host:1");
  EXPECT_FALSE(settings->Get(kVerify));
  EXPECT_EQ(settings->Get(kShare), 0.25);
}

TEST(SettingsTest, LaterSource_Wins) {
  SettingSources sources = Sources();
  sources.config_text = "lockservice.lease_ms = 2000\nlockservice.url = \"a\"\nrangeserver.verify = false";
  sources.environment = {"PATH=/bin", "CELLAR_LOCKSERVICE_LEASE_MS=4s", "CELLAR_LOCKSERVICE_URL=b"};
  sources.overrides = {"lockservice.lease_ms=5s", "lockservice.lease_ms=6s"};
  Result<Settings> settings = Settings::Load(sources);
  ASSERT_TRUE(settings.ok()) << settings.status().ToString();
  EXPECT_EQ(settings->Get(kLease), 6 * kSecond);
  EXPECT_EQ(settings->Get(kUrl), "b");
  ASSERT_EQ(settings->all().size(), 5u);
  EXPECT_EQ(settings->all()[0].declaration->name, "lockservice.lease_ms");
  EXPECT_EQ(settings->all()[0].source, "--set");
  EXPECT_EQ(settings->all()[1].source, "CELLAR_LOCKSERVICE_URL");
  EXPECT_EQ(settings->all()[2].source, "default");
  EXPECT_EQ(settings->all()[4].source, "cellar.toml:3");
}

TEST(SettingsTest, BadFile_ErrorNamesFileAndLine) {
  EXPECT_EQ(FileError("\n\nrangeserver.log.fragment_bytes = 12\n"),
            "cellar.toml:3: rangeserver.log.fragment_bytes: 12 is out of bounds: from 1MiB to 1GiB");
  EXPECT_EQ(FileError("# x\n[rangeserver]\nverifi = true\n"),
            "cellar.toml:3: there is no setting 'rangeserver.verifi'; the nearest is 'rangeserver.verify'");
  EXPECT_EQ(FileError("a = \"\n").substr(0, 14), "cellar.toml:1:");
  EXPECT_EQ(FileError("\nlockservice.url = 12\n"), "cellar.toml:2: lockservice.url: 12 must be in quotes");
  EXPECT_EQ(FileError("lockservice.url = [1]\n"),
            "cellar.toml:1: lockservice.url: no setting takes an array, a date or a time");
  EXPECT_EQ(FileError("lockservice.lease_ms = 2.5\n").substr(0, 44), "cellar.toml:1: lockservice.lease_ms: '2.5' i");
  EXPECT_EQ(FileError(std::string(kMaxConfigBytes + 1, '\n')), "cellar.toml: larger than 1048576 bytes");
}

TEST(SettingsTest, BadEnvironment_ErrorNamesTheVariable) {
  SettingSources sources = Sources();
  sources.environment = {"CELLAR_LOCKSERVICE_LEES_MS=1s"};
  EXPECT_EQ(LoadError(sources),
            "environment: CELLAR_LOCKSERVICE_LEES_MS is not a setting; the nearest is CELLAR_LOCKSERVICE_LEASE_MS");
  sources.environment_ignored = {"CELLAR_LOCKSERVICE_LEES_MS"};
  EXPECT_TRUE(Settings::Load(sources).ok());
  sources.environment = {"CELLAR_LOCKSERVICE_LEASE_MS"};
  EXPECT_EQ(LoadError(sources).substr(0, 53), "CELLAR_LOCKSERVICE_LEASE_MS: lockservice.lease_ms: ''");
}

TEST(SettingsTest, BadOverride_ErrorNamesIt) {
  SettingSources sources = Sources();
  sources.overrides = {"lockservice.url"};
  EXPECT_EQ(LoadError(sources), "--set lockservice.url: expected NAME=VALUE");
  sources.overrides = {"fragment_bytes=3"};
  EXPECT_EQ(LoadError(sources),
            "--set: there is no setting 'fragment_bytes'; the nearest is 'rangeserver.log.fragment_bytes'");
  sources.overrides = {"=3"};
  EXPECT_EQ(LoadError(sources), "--set: there is no setting ''");
  sources.overrides = {"quite.something.else.altogether=3"};
  EXPECT_EQ(LoadError(sources), "--set: there is no setting 'quite.something.else.altogether'");
  sources.overrides = {"lockservice.lease_ms=61s"};
  EXPECT_EQ(LoadError(sources), "--set: lockservice.lease_ms: 61s is out of bounds: from 1s to 1min");
}

TEST(SettingsDeathTest, UndeclaredOrTwiceDeclared_StopsTheProcess) {
  static constexpr auto kOther = BoolSetting("other.flag", true, "why");
  Result<Settings> settings = Settings::Load(Sources());
  ASSERT_TRUE(settings.ok());
  EXPECT_DEATH((void)settings->Get(kOther), "CHECK");
  SettingSources twice = Sources();
  twice.tables.push_back(kLockServiceSettings);
  EXPECT_DEATH((void)Settings::Load(twice), "CHECK");
}

}  // namespace
}  // namespace cellar::common

#include "common/config/reference.h"

#include <gtest/gtest.h>

#include <string>

#include "common/config/settings.h"

namespace cellar::common {
namespace {

constexpr auto kPort = IntegerSetting("zeta.port", 15861, 0, 65535, "0 takes a free one");
constexpr auto kBuffer =
    BytesSetting("alpha.buffer_bytes", 1 << 20, 4096, 1 << 30, "memory against calls", SettingStability::kExperimental);
constexpr auto kKind = ChoiceSetting("alpha.kind", "tcp", "tcp|memory", "how to reach others");
constexpr auto kSecret = BoolSetting("alpha.secret", false, "breaks things", SettingStability::kTestOnly);
constexpr const SettingDeclaration* kZeta[] = {&kPort};
constexpr const SettingDeclaration* kAlpha[] = {&kKind, &kBuffer, &kSecret};
constexpr SettingTable kTables[] = {kZeta, kAlpha};

TEST(SettingsReferenceTest, Page_ListsAllInOrder) {
  const std::string page = SettingsReferencePage(kTables);
  EXPECT_EQ(page.substr(page.find("\n## ")),
            "\n## alpha\n\n"
            "| Name | Default | Bounds | Stability | Why |\n|---|---|---|---|---|\n"
            "| `alpha.buffer_bytes` | `1MiB` | from 4KiB to 1GiB | experimental | memory against calls |\n"
            "| `alpha.kind` | `tcp` | one of tcp, memory | stable | how to reach others |\n"
            "| `alpha.secret` | `false` | true or false | for tests | breaks things |\n"
            "\n## zeta\n\n"
            "| Name | Default | Bounds | Stability | Why |\n|---|---|---|---|---|\n"
            "| `zeta.port` | `15861` | from 0 to 65535 | stable | 0 takes a free one |\n");
}

TEST(SettingsReferenceTest, Sample_UncommentedGivesTheDefaults) {
  std::string sample = SampleConfig(kTables);
  EXPECT_EQ(sample.find("secret"), std::string::npos);
  std::string uncommented;
  for (size_t begin = 0; begin < sample.size();) {
    const size_t end = sample.find('\n', begin);
    std::string line = sample.substr(begin, end - begin);
    if (line.find(" = ") != std::string::npos) uncommented += line.substr(2) + "\n";
    begin = end + 1;
  }
  SettingSources sources;
  sources.tables = {kZeta, kAlpha};
  sources.config_name = "sample";
  sources.config_text = uncommented;
  Result<Settings> settings = Settings::Load(sources);
  ASSERT_TRUE(settings.ok()) << settings.status().ToString();
  EXPECT_EQ(settings->Get(kBuffer), 1 << 20);
  EXPECT_EQ(settings->all()[0].source, "sample:1");
  EXPECT_EQ(settings->Get(kPort), 15861);
}

}  // namespace
}  // namespace cellar::common

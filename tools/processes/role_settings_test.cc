#include "tools/processes/role_settings.h"

#include <gtest/gtest.h>

#include "common/config/reference.h"
#include "tests/support/golden.h"

namespace cellar::tools {
namespace {

TEST(SettingsTest, ReferencePage_IsWhatTheDeclarationsSay) {
  EXPECT_TRUE(tests::MatchesGolden(common::SettingsReferencePage(kAllSettings), "../../docs/reference/settings.md"));
}

TEST(SettingsTest, SampleFile_IsWhatTheDeclarationsSay) {
  EXPECT_TRUE(tests::MatchesGolden(common::SampleConfig(kAllSettings), "../../conf/cellar.toml"));
}

}  // namespace
}  // namespace cellar::tools

#include "tools/start_settings.h"

#include <gtest/gtest.h>

#include "common/config/reference.h"
#include "tests/support/golden.h"

namespace cellar::tools {
namespace {

TEST(SettingsTest, ReferencePage_IsWhatTheDeclarationsSay) {
  EXPECT_TRUE(tests::MatchesGolden(common::SettingsReferencePage(kAllSettings), "../docs/reference/settings.md"));
}

}  // namespace
}  // namespace cellar::tools

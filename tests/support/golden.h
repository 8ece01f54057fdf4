#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace cellar::tests {

/// Compares `text` with the file `path`, relative to the test's source folder (where ctest runs it). With
/// CELLAR_REWRITE_GOLDEN=1 in the environment the file is written instead: look at the difference before committing.
///
///     EXPECT_TRUE(MatchesGolden(dump, "testdata/one_group.txt"));
testing::AssertionResult MatchesGolden(std::string_view text, const std::string& path);

/// 16 bytes a line: offset, hex, printable characters. For golden files of formats.
std::string HexDump(std::string_view bytes);

}  // namespace cellar::tests

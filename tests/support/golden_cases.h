#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace cellar::tests {

/// A golden file that holds its inputs too: "> " begins an input, "| " goes on with it in the next line, what follows
/// up to the next blank line or input is the answer, lines that begin with '#' are comments.
///
///     # Limits
///     > SELECT * FROM t LIMIT 5
///     row_limit=5
///
/// Runs `answer` on every input and compares the file made of that with `path`, as MatchesGolden does.
testing::AssertionResult MatchesGoldenCases(const std::string& path,
                                            const std::function<std::string(const std::string& input)>& answer);

}  // namespace cellar::tests

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/status.h"
#include "hql/token.h"

namespace cellar::hql {

/// Something that the grammar would have taken at some place.
struct Expectation {
  enum class Kind : uint8_t {
    kKeyword,    ///< `text` is the keyword.
    kSymbol,     ///< `text` is the symbol.
    kTable,      ///< The name of a table that exists.
    kNamespace,  ///< The name of a namespace that exists.
    kFamily,     ///< The name of a column family that exists.
    kTopic,      ///< What HELP takes.
    kFile,       ///< The name of a local file, quoted.
    kOther,      ///< `text` says what: "a string".
  };

  Kind kind = Kind::kOther;
  std::string text;

  std::string ToString() const;  ///< For messages: FROM, ',', a table name.
  friend bool operator==(const Expectation&, const Expectation&) = default;
};

/// Why a statement does not parse, in parts, for a shell that points at the place.
struct ParseError {
  Position position;
  size_t offset = 0;  ///< In the statement's text, of the token found.
  size_t length = 0;  ///< Of the token found; 0 at the end.
  std::vector<Expectation> expected;

  ParseError() = default;
};

/// "line 1, column 7: `message`" with public code `detail`; kInvalidArgument.
Status ErrorAt(Position position, const std::string& message, int32_t detail);

}  // namespace cellar::hql

#pragma once

#include <string>
#include <utility>

#include "hql/token.h"

namespace cellar::hql {

/// A name as written in a statement, decoded, and where.
struct Name {
  std::string text;
  Position position;

  Name() = default;
  Name(std::string text_in, Position position_in) : text(std::move(text_in)), position(position_in) {}
};

}  // namespace cellar::hql

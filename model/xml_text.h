#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.h"

namespace cellar::model {

/// An element of XML as it was read: a tree of plain values.
struct XmlElement {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::vector<XmlElement> children;
  std::string text;  ///< Between the children too, with entities decoded and blanks at both ends taken off.
  uint32_t line = 0;

  XmlElement() = default;
};

/// Reads the part of XML that schemas need: elements, attributes, text, comments, CDATA, the five named entities and
/// numbered ones, a prolog. No DOCTYPE and no entities of its own, so a document cannot grow while it is read; elements
/// are nested at most 16 deep. kInvalidArgument (34) names the line.
Result<XmlElement> ParseXml(std::string_view text);

}  // namespace cellar::model

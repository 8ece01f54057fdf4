#pragma once

#include <cstdint>
#include <string_view>

namespace cellar::thrift {

/// The ancestor's text for a public error number: "HYPERTABLE table does not exist". "ERROR NOT REGISTERED" for others.
std::string_view PublicErrorText(int32_t code);

}  // namespace cellar::thrift

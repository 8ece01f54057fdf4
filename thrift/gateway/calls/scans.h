#pragma once

#include <memory>
#include <string>
#include <vector>

#include "thrift/gateway/calls/call_site.h"
#include "thrift/gateway/translate/cells_out.h"

namespace cellar::thrift {

/// A scan of the table with this name, opened again when what is remembered of the table is out of date.
Result<std::shared_ptr<OpenScanner>> OpenScan(const CallSite& site, int64_t namespace_id, const std::string& table,
                                              const model::ScanSpec& spec, int32_t cells_version);

/// All cells of the scan, in the form of the answer.
Status ReadAll(OpenScanner& scanner, std::vector<api::Cell>* cells);
Status ReadAll(OpenScanner& scanner, std::vector<api::CellAsArray>* cells);
Status ReadAll(OpenScanner& scanner, std::string* packed);

}  // namespace cellar::thrift

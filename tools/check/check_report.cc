#include "tools/check/check_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace cellar::check {
namespace {

std::string_view AdviceOf(Actor actor) {
  switch (actor) {
    case Actor::kOperator:
      return "needs an operator";
    case Actor::kMaster:
      return "the master will mend it; an operator, if it stays";
    case Actor::kRangeServer:
      return "the range server will mend it; an operator, if it stays";
  }
  return "";
}

std::string Plural(uint64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

}  // namespace

std::string_view SeverityName(Severity severity) {
  return severity == Severity::kError ? "error" : "warning";
}

std::string_view ActorName(Actor actor) {
  switch (actor) {
    case Actor::kOperator:
      return "operator";
    case Actor::kMaster:
      return "master";
    case Actor::kRangeServer:
      return "range server";
  }
  return "";
}

std::string ReportAsText(const CheckReport& report) {
  std::string text;
  for (const Finding& finding : report.findings) {
    text += fmt::format("{} [{}] {}", SeverityName(finding.severity), finding.rule, finding.subject);
    if (!finding.file.empty()) text += " " + finding.file;
    text += fmt::format(": {}\n    {}\n", finding.text, AdviceOf(finding.actor));
  }
  const CheckCounts& counts = report.counts;
  text += fmt::format("{}, {}, {} with {} cells in {} bytes, {} with {} bytes of cells", Plural(counts.tables, "table"),
                      Plural(counts.ranges, "range"), Plural(counts.stores, "file"), counts.cells, counts.store_bytes,
                      Plural(counts.logs, "log"), counts.log_bytes);
  if (counts.dropped_files > 0) text += fmt::format("; {} dropped, in grace", Plural(counts.dropped_files, "file"));
  if (counts.files_under_way > 0) text += fmt::format("; {} being written", Plural(counts.files_under_way, "file"));
  text += report.clean() ? ": all is well\n" : fmt::format(": {}\n", Plural(report.findings.size(), "finding"));
  return text;
}

std::string ReportAsJson(const CheckReport& report) {
  nlohmann::ordered_json json;
  json["clean"] = report.clean();
  json["findings"] = nlohmann::ordered_json::array();
  for (const Finding& finding : report.findings) {
    nlohmann::ordered_json one;
    one["severity"] = SeverityName(finding.severity);
    one["rule"] = finding.rule;
    one["subject"] = finding.subject;
    if (!finding.file.empty()) one["file"] = finding.file;
    one["text"] = finding.text;
    one["actor"] = ActorName(finding.actor);
    json["findings"].push_back(std::move(one));
  }
  const CheckCounts& counts = report.counts;
  json["counts"] = {{"tables", counts.tables},
                    {"ranges", counts.ranges},
                    {"stores", counts.stores},
                    {"store_bytes", counts.store_bytes},
                    {"cells", counts.cells},
                    {"logs", counts.logs},
                    {"log_bytes", counts.log_bytes},
                    {"dropped_files", counts.dropped_files},
                    {"files_under_way", counts.files_under_way},
                    {"passes", counts.passes}};
  // Names may hold bytes that are no UTF-8.
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace cellar::check

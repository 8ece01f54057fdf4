#include "tests/hql/golden_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "hql/parser.h"
#include "hql/shell/error_text.h"

namespace cellar::tests {

namespace {

/// Everything as text, notices behind what was answered, as two pipes show it.
class TextSink final : public hql::AnswerSink {
 public:
  Status Lines(std::string_view lines) override {
    answer_ += std::string(lines) + "\n";
    return Status();
  }
  Status Cell(const hql::CellFormat& format, const model::CellView& cell, std::string_view family) override {
    AppendCellLine(format, cell, family, &answer_);
    return Status();
  }
  void Notice(std::string_view notice) override { notices_ += "-- " + std::string(notice) + "\n"; }
  void Progress(const hql::LoadProgress&) override {}
  void Progress(const hql::RebuildProgress&) override {}

  std::string Text() const { return answer_ + notices_; }

 private:
  std::string answer_;
  std::string notices_;
};

}  // namespace

GoldenSession::GoldenSession(hql::Database& database, std::function<void()> before_statement)
    : before_statement_(std::move(before_statement)), session_(database, files_, random_) {
  setenv("TZ", "UTC", 1);
}

std::string GoldenSession::Answer(const std::string& input) {
  if (input.starts_with("FILE ")) return files_.contents[input.substr(5)];
  if (input.starts_with("WRITE ")) {
    const size_t end = input.find('\n');
    files_.contents[input.substr(6, end - 6)] = input.substr(end + 1) + "\n";
    return "ok";
  }
  before_statement_();
  const Result<hql::Statement> statement = hql::ParseStatement(input);
  if (!statement.ok()) return hql::ErrorText(statement.status());
  TextSink sink;
  const Result<hql::StatementOutcome> outcome = session_.Execute(*statement, sink);
  const std::string text = sink.Text();
  if (!outcome.ok()) return text + hql::ErrorText(outcome.status());
  return text.empty() ? "ok" : text;
}

Status GoldenSession::Enter(const std::string& name) {
  TextSink sink;
  for (const std::string& statement : {"CREATE NAMESPACE '/" + name + "'", "USE '/" + name + "'"}) {
    RETURN_IF_ERROR(session_.Execute(*hql::ParseStatement(statement), sink).status());
  }
  return Status();
}

std::vector<std::string> GoldenFiles() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator("golden")) files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

std::string NamespaceOf(const std::string& file) {
  return std::filesystem::path(file).stem().string();
}

}  // namespace cellar::tests

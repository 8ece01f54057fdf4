#include <fmt/format.h>

#include "hql/executor/statement_run.h"
#include "hql/scan_translation.h"

namespace cellar::hql {

namespace {

std::string Count(uint64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

/// What is read of files, summed up.
struct ReadSum {
  uint64_t files = 0;
  uint64_t files_to_read = 0;
  uint64_t blocks = 0;
  uint64_t blocks_to_read = 0;
  uint64_t bytes_to_read = 0;

  void Add(const client::ExplainedFile& file) {
    ++files;
    files_to_read += file.left_out.empty() ? 1 : 0;
    blocks += file.blocks;
    blocks_to_read += file.blocks_to_read;
    bytes_to_read += file.bytes_to_read;
  }

  void Add(const ReadSum& sum) {
    files += sum.files;
    files_to_read += sum.files_to_read;
    blocks += sum.blocks;
    blocks_to_read += sum.blocks_to_read;
    bytes_to_read += sum.bytes_to_read;
  }

  std::string Text() const {
    return fmt::format("{} of {}, {} of {}, {}", files_to_read, Count(files, "file"), blocks_to_read,
                       Count(blocks, "block"), Count(bytes_to_read, "byte"));
  }
};

std::string FileLine(const client::ExplainedFile& file) {
  if (file.left_out == "rows") return fmt::format("    {}: has none of the rows", file.path);
  if (file.left_out == "filter") return fmt::format("    {}: its filter excludes the row", file.path);
  return fmt::format("    {}: {} of {}, {}", file.path, file.blocks_to_read, Count(file.blocks, "block"),
                     Count(file.bytes_to_read, "byte"));
}

/// The lines of one range; adds to `sum`.
std::string RangeText(const client::ExplainedRange& range, ReadSum* sum) {
  std::string text = fmt::format("range {} on {}", range.range.ToString(), range.server);
  for (const client::ExplainedGroup& group : range.groups) {
    ReadSum of_group;
    std::string files;
    for (const client::ExplainedFile& file : group.files) {
      of_group.Add(file);
      files += "\n" + FileLine(file);
    }
    text += fmt::format("\n  access group {}: {} in memory, {}{}", group.name, Count(group.caches, "cache"),
                        of_group.Text(), files);
    sum->Add(of_group);
  }
  return text;
}

/// The lines of all, and one with their sum.
std::string RangesText(const std::vector<client::ExplainedRange>& ranges, std::string_view what) {
  std::string text;
  ReadSum sum;
  for (const client::ExplainedRange& range : ranges) text += RangeText(range, &sum) + "\n";
  return text + fmt::format("{}: {}: {}", what, Count(ranges.size(), "range"), sum.Text());
}

}  // namespace

/// Reads everything and gives none of it.
Status StatementRun::Analyze(DatabaseTable& table, model::ScanSpec spec) {
  outcome.is_scan = true;
  ASSIGN_OR_RETURN(const std::shared_ptr<CellScanner> scanner, table.NewScanner(std::move(spec), /*count_reads=*/true));
  {
    common::MutexLock lock(session.mutex_);
    session.scanner_ = scanner;
  }
  model::CellView cell;
  while (scanner->Next(&cell)) {
    RETURN_IF_ERROR(CheckNotCancelled());
    ++outcome.cell_count;
    outcome.key_bytes += cell.key.row.size() + cell.key.qualifier.size();
    outcome.value_bytes += cell.value.size();
  }
  RETURN_IF_ERROR(CheckNotCancelled());
  RETURN_IF_ERROR(scanner->status());
  const client::ScanReads reads = scanner->reads();
  return sink.Lines(fmt::format("read: {}, {} of them from the cache, {} unpacked; given: {}, {}",
                                Count(reads.blocks, "block"), reads.cached_blocks, Count(reads.block_bytes, "byte"),
                                Count(outcome.cell_count, "cell"),
                                Count(outcome.key_bytes + outcome.value_bytes, "byte")));
}

Status StatementRun::Run(const Explain& explain) {
  ASSIGN_OR_RETURN(const model::ScanSpec spec, ToScanSpec(explain.select));
  ASSIGN_OR_RETURN(const std::unique_ptr<DatabaseTable> table, Open(explain.select.table));
  ASSIGN_OR_RETURN(const client::Explanation explanation, table->Explain(spec));
  const bool by_index = !explanation.indexes.empty();
  RETURN_IF_ERROR(sink.Lines("index: " + (by_index ? explanation.indexes : "none")));
  for (const client::ExplainedLookup& lookup : explanation.lookups) {
    RETURN_IF_ERROR(sink.Lines(RangesText(lookup.ranges, "to read of " + lookup.index)));
  }
  RETURN_IF_ERROR(sink.Lines(
      RangesText(explanation.ranges, by_index ? "to read, of rows that the index leads to, at most" : "to read")));
  return explain.analyze ? Analyze(*table, spec) : Status();
}

}  // namespace cellar::hql

#pragma once

#include <deque>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "common/file/file_system.h"
#include "common/random/random.h"
#include "model/cell_codec.h"
#include "storage/commitlog/log_dump.h"
#include "storage/commitlog/log_reader.h"
#include "storage/commitlog/log_writer.h"

// What the tests of this folder share: a log of a made-up server, groups of sections, and what is read back as text.

namespace cellar::storage {

inline constexpr char kTestLogDirectory[] = "servers/rs1/0000000001.0000000002/log/user";

inline LogIdentity TestIdentity() {
  LogIdentity identity;
  identity.cluster = *ClusterId::Parse("00112233445566778899aabbccddeeff");
  identity.log_class = LogClass::kUser;
  identity.incarnation = Incarnation(FencingNumber{.term = 1, .counter = 2});
  return identity;
}

inline LoggedRange TestRange(uint32_t table, std::optional<std::string> start, std::optional<std::string> end,
                             uint64_t epoch = 1) {
  LoggedRange range;
  range.table = model::TableId{.space = 1, .number = table};
  range.start_row = std::move(start);
  range.end_row = std::move(end);
  range.epoch = Epoch(FencingNumber{.term = 1, .counter = epoch});
  return range;
}

/// A group that owns what its sections point to.
class TestGroup {
 public:
  TestGroup& Add(const LoggedRange& range, int64_t base, std::string cells, uint32_t revision_count = 1) {
    ranges_.push_back(range);
    texts_.push_back(std::move(cells));
    Section section;
    section.range = &ranges_.back();
    section.base = model::Revision(base);
    section.revision_count = revision_count;
    section.session = model::SessionId(7);
    section.sequence = model::SequenceNumber(base);
    section.expires_at = base + 1000;
    section.cells = texts_.back();
    sections_.push_back(section);
    return *this;
  }

  std::vector<Section>& sections() { return sections_; }
  const std::vector<Section>& sections() const { return sections_; }

 private:
  std::deque<LoggedRange> ranges_;
  std::deque<std::string> texts_;
  std::vector<Section> sections_;
};

inline std::string TestCells(std::string_view row, std::string_view value) {
  std::string prefix;
  model::AppendKeyPrefix(row, model::FamilyId{3}, "q", model::KeyFlag::kInsert, &prefix);
  std::string cells;
  model::AppendCell(prefix, value, 0, false, model::kAutomaticTimestamp, &cells);
  return cells;
}

/// One section as a line: all that must come back unchanged.
inline std::string Line(const Section& section) {
  std::ostringstream line;
  line << section.range->ToString() << " base " << section.base << "+" << section.revision_count << " session "
       << section.session << ":" << section.sequence << " expires " << section.expires_at << " flags " << section.flags
       << " result " << section.result << " cells " << section.cells;
  return line.str();
}

inline ReplaySelection SelectTable(uint32_t table) {
  ReplaySelection selection;
  selection.table = model::TableId{.space = 1, .number = table};
  return selection;
}

/// What a replay gave, as text.
struct ReplayedLog {
  std::vector<std::string> lines;  ///< In the order of replay.
  std::vector<Status> statuses;    ///< One a table asked for.
};

/// Replays tables 1 … `table_count`, each as one selection.
inline ReplayedLog ReplayTables(const LogReader& reader, uint32_t table_count) {
  ReplayedLog log;
  std::vector<ReplaySelection> selections;
  for (uint32_t table = 1; table <= table_count; ++table) selections.push_back(SelectTable(table));
  log.statuses = reader.Replay(selections, [&log](size_t, const ReplayedSection& replayed) {
    log.lines.push_back(Line(replayed.section));
    return common::OkStatus();
  });
  return log;
}

inline std::string Dump(const FileSystem& files) {
  std::ostringstream out;
  const Status status = DumpLog(files, kTestLogDirectory, TestIdentity(), LogDumpOptions(), out);
  if (!status.ok()) out << status.ToString() << '\n';
  return out.str();
}

}  // namespace cellar::storage

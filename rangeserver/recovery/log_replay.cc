#include "rangeserver/recovery/log_replay.h"

#include <optional>
#include <utility>

#include "model/cell_codec.h"
#include "storage/commitlog/log_reader.h"

namespace cellar::rangeserver {
namespace {

/// Replays logs, one after the other, into those targets that name them.
class LogReplayer {
 public:
  LogReplayer(const ReplaySeams& seams, storage::LogClass log_class, std::span<const ReplayTarget> targets)
      : seams_(seams), log_class_(log_class), targets_(targets), results_(targets.size()), done_(targets.size()) {}

  std::vector<ReplayResult> Run() {
    while (const std::optional<model::LogRef> ref = NextLog()) {
      const Status status = ReplayLog(*ref);
      for (size_t target = 0; target < targets_.size(); ++target) {
        if (!IsNext(target, *ref)) continue;
        if (results_[target].status.ok()) results_[target].status = status;
        ++done_[target];
      }
      if (seams_.progress != nullptr) ++seams_.progress->log_count;
    }
    return std::move(results_);
  }

 private:
  /// Whether the target's next log is that one.
  bool IsNext(size_t target, const model::LogRef& ref) const {
    const std::vector<model::LogRef>& refs = targets_[target].log_refs;
    return done_[target] < refs.size() && refs[done_[target]] == ref;
  }

  /// Each target wants its logs in the order of its owners. That is not the order of incarnations: a server that was
  /// there before may take a range over from a newer one. So a log is read again where the orders of targets cross; the
  /// oldest of those that are next comes first, so that few are.
  std::optional<model::LogRef> NextLog() const {
    const model::LogRef* next = nullptr;
    for (size_t target = 0; target < targets_.size(); ++target) {
      const std::vector<model::LogRef>& refs = targets_[target].log_refs;
      if (done_[target] == refs.size()) continue;
      const model::LogRef& ref = refs[done_[target]];
      if (next == nullptr || ref.incarnation < next->incarnation) next = &ref;
    }
    if (next == nullptr) return std::nullopt;
    return *next;
  }

  Status ReplayLog(const model::LogRef& ref) {
    RETURN_IF_ERROR(FAULT_POINT(seams_.faults, "recovery.log.before_open"));
    storage::LogIdentity identity;
    identity.cluster = seams_.cluster;
    identity.log_class = log_class_;
    identity.incarnation = ref.incarnation;
    ASSIGN_OR_RETURN(const auto reader,
                     storage::LogReader::Open(seams_.files, LogDirectory(ref, log_class_), identity));
    Remark(*reader, ref);
    std::vector<storage::ReplaySelection> selections;
    std::vector<size_t> selected;  // Which target each selection is for.
    for (size_t target = 0; target < targets_.size(); ++target) {
      if (!IsNext(target, ref) || !results_[target].status.ok()) continue;
      selections.push_back(SelectionFor(*targets_[target].range));
      selected.push_back(target);
    }
    const std::vector<Status> statuses =
        reader->Replay(selections, [&](size_t selection, const storage::ReplayedSection& replayed) {
          return ReplaySection(selected[selection], replayed);
        });
    for (size_t i = 0; i < statuses.size(); ++i) {
      if (results_[selected[i]].status.ok()) results_[selected[i]].status = statuses[i];
    }
    static_cast<void>(reader->WriteMissingIndexes(seams_.files, seams_.incarnation));  // A help, not a need.
    return FAULT_POINT(seams_.faults, "recovery.log.replayed");
  }

  void Remark(const storage::LogReader& reader, const model::LogRef& ref) {
    std::vector<std::string> remarks = reader.notes();
    for (const storage::LogDamage& damage : reader.damage()) remarks.push_back(damage.ToStatus().ToString());
    if (const auto& tail = reader.torn_tail()) {
      remarks.push_back(tail->file + ": torn tail of " + std::to_string(tail->bytes) + " bytes cut at offset " +
                        std::to_string(tail->offset));
    }
    for (size_t target = 0; target < targets_.size(); ++target) {
      if (!IsNext(target, ref)) continue;
      results_[target].remarks.insert(results_[target].remarks.end(), remarks.begin(), remarks.end());
    }
  }

  static storage::ReplaySelection SelectionFor(const Range& range) {
    storage::ReplaySelection selection;
    selection.table = range.key().table;
    selection.start_row = range.key().start_row;
    selection.end_row = range.key().end_row;
    // Whoever owned it before did so under a lower epoch; the range was opened under the one just granted.
    selection.epochs.push_back({.first = Epoch(), .last = range.epoch()});
    selection.flushed = range.manifest().min_flushed();
    return selection;
  }

  Status ReplaySection(size_t target, const storage::ReplayedSection& replayed) {
    RETURN_IF_ERROR(FAULT_POINT(seams_.faults, "recovery.section.before_apply"));
    if (seams_.stopping != nullptr && seams_.stopping->load()) return common::Cancelled("the replay was stopped");
    Range& range = *targets_[target].range;
    storage::Section section = replayed.section;
    std::string half;
    if (seams_.faults.Planted(Defect::kBatchHalfReplayed)) section.cells = FirstHalf(section.cells, &half);
    if (seams_.faults.Planted(Defect::kDedupWindowLost)) section.session = model::SessionId();
    ASSIGN_OR_RETURN(const bool applied, range.Replay(section));
    if (seams_.faults.Planted(Defect::kReplayTwiceAppliesTwice)) RETURN_IF_ERROR(ReplayAgain(range, section));
    if (!applied) return common::OkStatus();
    ReplayResult& result = results_[target];
    ++result.section_count;
    result.cells_bytes += section.cells.size();
    result.unproven |= !replayed.proven_durable;
    if (seams_.progress != nullptr) {
      ++seams_.progress->section_count;
      seams_.progress->cells_bytes += section.cells.size();
    }
    return common::OkStatus();
  }

  /// The defect: cells get new revisions, so that nothing shows that they were applied before.
  static Status ReplayAgain(Range& range, storage::Section section) {
    section.base = model::Revision{range.revision_floor().get() + 1};
    return range.Replay(section).status();
  }

  /// The defect: only the first half of a section's cells, at least one.
  static std::string_view FirstHalf(std::string_view cells, std::string* half) {
    size_t count = 0;
    model::EncodedCell cell;
    for (model::CellReader reader(cells); reader.Next(&cell);) ++count;
    model::CellReader reader(cells);
    for (size_t i = 0; i < (count + 1) / 2 && reader.Next(&cell); ++i) half->append(cell.bytes);
    return *half;
  }

  const ReplaySeams& seams_;
  const storage::LogClass log_class_;
  const std::span<const ReplayTarget> targets_;
  std::vector<ReplayResult> results_;
  std::vector<size_t> done_;  ///< By target: how many of its logs are replayed.
};

}  // namespace

std::string LogDirectory(const model::LogRef& ref, storage::LogClass log_class) {
  return ref.Directory() + "/" + std::string(storage::LogClassName(log_class));
}

std::vector<ReplayResult> ReplayLogs(const ReplaySeams& seams, storage::LogClass log_class,
                                     std::span<const ReplayTarget> targets) {
  return LogReplayer(seams, log_class, targets).Run();
}

}  // namespace cellar::rangeserver

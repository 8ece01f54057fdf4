#pragma once

#include <memory>
#include <optional>
#include <string>

#include "client/cpp/include/resumable_scan.h"
#include "client/cpp/include/table.h"
#include "common/concurrency/turn.h"
#include "thrift/gateway/objects/client_objects.h"
#include "thrift/gateway/translate/cells_out.h"

namespace cellar::thrift {

/// Cells that one batch or row of a scan may hold, about.
struct BatchLimits {
  size_t batch_bytes = 512 << 10;
  size_t answer_bytes = 60 << 20;  ///< Of a row or a whole scan in one answer: more is refused.

  BatchLimits() = default;
};

/// A scan that a client reads in batches and rows. One call at a time, others wait for it.
class OpenScanner final : public GatewayObject {
 public:
  static constexpr ObjectKind kKind = ObjectKind::kScanner;

  /// kInvalidArgument (30, 0x5000A) for a spec that the table cannot answer.
  static Result<std::shared_ptr<OpenScanner>> Open(std::shared_ptr<client::Table> table, model::ScanSpec spec,
                                                   int32_t cells_version, BatchLimits limits);

  /// One that gives tokens, and goes on after one unless `token` is empty.
  static Result<std::shared_ptr<OpenScanner>> OpenResumable(std::shared_ptr<client::Table> table, model::ScanSpec spec,
                                                            std::string_view token, BatchLimits limits);

  /// A batch of at least one cell unless it ended, of about `batch_bytes` (0: as configured), with the token that goes
  /// on after it. kInvalidArgument (0x90001) when it was not opened for that.
  Status ReadResumable(size_t batch_bytes, PackedList* list, std::string* token, bool* ended);

  int32_t cells_version() const { return cells_version_; }

  /// Adds about a batch of cells to `list`; nothing at the end.
  template <typename List>
  Status ReadBatch(List* list, bool* ended) {
    return Read(list, ended, Until::kBatchIsFull);
  }
  Status ReadBatch(PackedList* list, bool* ended);
  /// Adds what is left of one row.
  template <typename List>
  Status ReadRow(List* list, bool* ended) {
    return Read(list, ended, Until::kRowEnds);
  }
  /// Adds all that is left.
  template <typename List>
  Status ReadAll(List* list, bool* ended) {
    return Read(list, ended, Until::kScanEnds);
  }

  /// Ends a read that waits in another thread, too.
  void Cancel();
  void Abandon() override { Cancel(); }

 private:
  enum class Until : uint8_t { kBatchIsFull, kRowEnds, kScanEnds };

  OpenScanner(std::shared_ptr<client::Table> table, std::unique_ptr<client::Scanner> scanner,
              std::unique_ptr<client::ResumableScan> resumable, bool shows_updates, int32_t cells_version,
              BatchLimits limits);
  const Status& status() const;
  const std::shared_ptr<const model::Schema>& schema() const;

  template <typename List>
  Status Read(List* list, bool* ended, Until until);
  bool Next(model::CellView* cell);
  std::string_view FamilyName(model::FamilyId id);
  Status TooLarge() const;

  const std::shared_ptr<client::Table> table_;  ///< Outlives the scanner.
  const bool shows_updates_;
  const int32_t cells_version_;
  const BatchLimits limits_;
  const std::unique_ptr<client::Scanner> scanner_;          ///< Either this
  const std::unique_ptr<client::ResumableScan> resumable_;  ///< or this one.

  Turn turn_;                             ///< What follows is used by whoever has it.
  std::optional<model::Cell> held_back_;  ///< The next row's first cell, met when a row ended.
  std::string row_;
  std::string update_text_;
  model::FamilyId family_;                              ///< Looked up last,
  std::shared_ptr<const model::Schema> family_schema_;  ///< in this one,
  std::string_view family_name_;                        ///< and its name.
  size_t batch_room_ = 0;                               ///< For a list as large as the batch before.
  bool ended_ = false;
};

extern template Status OpenScanner::Read(CellList*, bool*, Until);
extern template Status OpenScanner::Read(ArrayList*, bool*, Until);
extern template Status OpenScanner::Read(PackedList*, bool*, Until);

}  // namespace cellar::thrift

#pragma once

#include <memory>
#include <set>
#include <span>
#include <string>

#include "client/cpp/include/mutator.h"
#include "client/cpp/include/table_cache.h"
#include "common/concurrency/turn.h"
#include "common/logging/logger.h"
#include "thrift/gateway/objects/client_objects.h"
#include "thrift/gateway/translate/cells_in.h"

namespace cellar::thrift {

/// A named namespace.
class OpenNamespace final : public GatewayObject {
 public:
  static constexpr ObjectKind kKind = ObjectKind::kNamespace;

  explicit OpenNamespace(std::string path) : path_(std::move(path)) {}
  const std::string& path() const { return path_; }  ///< Absolute.

 private:
  const std::string path_;
};

/// Buffered writes to one table by name. One call at a time, others wait for it. What servers refused is told by the
/// next call, once. A table that was altered, or dropped and made again, is noticed when nothing is buffered.
class OpenMutator final : public GatewayObject {
 public:
  static constexpr ObjectKind kKind = ObjectKind::kMutator;

  /// Borrows `tables`.
  static Result<std::shared_ptr<OpenMutator>> Open(client::TableCache& tables, std::string path,
                                                   client::MutatorOptions options, Logger logger);

  /// Checks and buffers, in order, up to the first cell that is refused: those before it are buffered.
  template <typename Cell>
  Status Set(std::span<const Cell> cells) {
    const Turn::Hold turn(turn_);
    RETURN_IF_ERROR(Begin());
    PackedCell packed;
    for (const Cell& cell : cells) {
      RETURN_IF_ERROR(ToPackedCell(cell, &packed));
      RETURN_IF_ERROR(Add(packed));
    }
    return Status();
  }
  /// The same; flushes too if asked to by the buffer, or by `flush`.
  /// `refused`, when given, gets the rows that a flush was refused, at most 1,000.
  Status SetPacked(std::string_view buffer, bool flush, std::set<std::string>* refused = nullptr);

  /// What Set would refuse at once.
  Status Check(const PackedCell& cell);

  /// A cell of the table that Open opened, with the family's id, a counter's update encoded.
  Status SetEncoded(const model::CellView& cell);

  /// Returns when all that was set is acknowledged, or one is refused.
  Status Flush();

  /// Flush, for nobody who waits: a failure is kept for the next call.
  void FlushInBackground();

  void Abandon() override;

 private:
  OpenMutator(client::TableCache& tables, std::string path, client::MutatorOptions options, Logger logger)
      : tables_(tables), path_(std::move(path)), options_(options), logger_(std::move(logger)) {}

  Status Begin();
  Status Add(const PackedCell& cell);
  Status Translate(const PackedCell& packed, model::CellView* cell);
  Status FlushHeld(std::set<std::string>* refused = nullptr);
  Status Adopt(std::shared_ptr<client::Table> table);

  client::TableCache& tables_;
  const std::string path_;
  const client::MutatorOptions options_;
  const Logger logger_;

  Turn turn_;  ///< What follows is used by whoever has it.
  std::shared_ptr<client::Table> table_;
  std::unique_ptr<client::Mutator> mutator_;
  bool buffered_ = false;  ///< Something was set since the last flush.
  Status failure_;         ///< Of a flush in the background.
  CellTranslator translator_;
};

}  // namespace cellar::thrift

#pragma once

#include <string_view>

#include "common/base/status.h"

namespace cellar::storage {

/// An ordered stream of cells: one CellCache, one CellStore, or a merge of several. Used by one thread at a time; the
/// owner keeps what it reads from (cache, file) alive. Calls may read files, so they are made from worker jobs.
///
/// Keys are whole encoded keys (model/key_codec.h), strictly ascending by memcmp. key() and value() are valid until the
/// next call that is not const. A new source is not positioned: call Seek or SeekToFirst.
class CellSource {
 public:
  virtual ~CellSource() = default;

  virtual void SeekToFirst() = 0;

  /// To the first cell with a key at or after `target`, which need not be a key itself.
  virtual void Seek(std::string_view target) = 0;

  /// True on a cell; false at the end and after an error: look at status() then.
  virtual bool Valid() const = 0;

  virtual void Next() = 0;  ///< Requires Valid().

  virtual std::string_view key() const = 0;    ///< Requires Valid().
  virtual std::string_view value() const = 0;  ///< Requires Valid().

  /// The first error met; the source stays invalid afterwards.
  virtual const Status& status() const = 0;
};

}  // namespace cellar::storage

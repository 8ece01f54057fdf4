#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/cluster_id.h"
#include "common/base/result.h"
#include "common/file/file_system.h"
#include "model/metadata_row.h"
#include "storage/metalog/entity.h"

namespace cellar::storage {

// The root range's row: the only entity of the root metalog, which its owner keeps in `root/<incarnation>/`
// (docs/internals/roles.md).

inline constexpr std::string_view kRootDirectory = "root";
inline constexpr EntityKey kRootRecord{1, 0};

/// "root/0000000001.0000000002"
std::string RootMetaLogDirectory(Incarnation owner);

/// The record as its cells, in the form in which they would travel.
std::string EncodeRootRecord(const model::RangeRecord& record);
/// nullopt when there is none.
Result<std::optional<model::RangeRecord>> DecodeRootRecord(const Entities& entities);

/// The newest record that any owner has written; nullopt when the root range never had one. For those who only look:
/// the owner may be about to write another one.
Result<std::optional<model::RangeRecord>> ReadRootRecord(const FileSystem& files, const ClusterId& cluster);

}  // namespace cellar::storage

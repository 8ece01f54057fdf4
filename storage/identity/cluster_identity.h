#pragma once

#include "common/base/cluster_id.h"
#include "common/base/result.h"
#include "common/file/file_system.h"

namespace cellar::storage {

inline constexpr std::string_view kIdentityDirectory = "cluster";

/// The cluster that `files` belong to. kNotFound when nobody has named it yet, kUnsupported for a newer format,
/// kCorruption for a file that does not read as one; each names the file.
Result<ClusterId> ReadClusterIdentity(const FileSystem& files);

/// The same, and names the cluster `proposed` when it has no name. Of several callers, also crashed and stopped ones,
/// one wins, and what any of them is answered is the answer for ever. kBusy when others came between too often.
///
///     read → found: done
///          → none: create cluster/1 exclusively, write, sync
///          → cluster/N without contents: seal against its writer, read again; still none: the same with cluster/N+1
Result<ClusterId> EnsureClusterIdentity(FileSystem& files, const ClusterId& proposed);

}  // namespace cellar::storage

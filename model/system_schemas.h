#pragma once

#include <memory>

#include "model/schema.h"

namespace cellar::model {

// Schemas of the system tables, compiled in (protocols.md L4). Family ids are fixed for ever.

/// Families of METADATA (`0/0`).
namespace metadata_family {
inline constexpr FamilyId kStartRow{3};
inline constexpr FamilyId kLocation{4};
inline constexpr FamilyId kManifest{8};
inline constexpr FamilyId kEpoch{9};
inline constexpr FamilyId kState{10};
inline constexpr FamilyId kIncarnation{11};
inline constexpr FamilyId kLogRefs{12};
inline constexpr FamilyId kIntent{13};
}  // namespace metadata_family

/// Families of CATALOG (`0/1`).
namespace catalog_family {
inline constexpr FamilyId kEntry{1};
inline constexpr FamilyId kPath{2};
inline constexpr FamilyId kSchema{3};
inline constexpr FamilyId kIncarnation{4};
}  // namespace catalog_family

std::shared_ptr<const Schema> MetadataSchema();
std::shared_ptr<const Schema> CatalogSchema();

}  // namespace cellar::model

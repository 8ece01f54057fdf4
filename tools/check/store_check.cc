#include "tools/check/store_check.h"

#include <fmt/format.h>

#include <utility>

#include "storage/cellstore/cellstore_reader.h"
#include "storage/cellstore/cellstore_verify.h"

namespace cellar::check {
namespace {

Finding& Add(const StoreRef& store, std::string_view rule, std::string text, Findings* findings) {
  Finding& finding = findings->emplace_back();
  finding.rule = rule;
  finding.subject = store.subject;
  finding.file = store.path();
  finding.text = std::move(text);
  return finding;
}

/// How the file and its manifest differ; empty: not at all.
std::string Difference(const StoreRef& store, const storage::CellStoreTrailer& trailer, uint64_t size_bytes) {
  const model::ManifestFile& file = store.file;
  if (trailer.identity.table != store.range.table) {
    return "belongs to table " + trailer.identity.table.ToString();
  }
  if (trailer.identity.access_group != store.group) {
    return fmt::format("holds access group {}, the manifest says {}", trailer.identity.access_group, store.group);
  }
  if (size_bytes != file.size_bytes) {
    return fmt::format("has {} bytes, the manifest says {}", size_bytes, file.size_bytes);
  }
  if (trailer.cell_count != file.cell_count) {
    return fmt::format("has {} cells, the manifest says {}", trailer.cell_count, file.cell_count);
  }
  if (!file.revision && trailer.max_revision > store.flushed) {
    return fmt::format("has revision {}, but the manifest says flushed up to {}", trailer.max_revision.get(),
                       store.flushed.get());
  }
  if (store.newest_generation.get() != 0 && trailer.identity.generation > store.newest_generation) {
    return fmt::format("was written under schema generation {}, the newest is {}", trailer.identity.generation.get(),
                       store.newest_generation.get());
  }
  const bool is_shared = file.start_row || file.end_row;
  if (!is_shared && (!store.range.Contains(trailer.first_row) || !store.range.Contains(trailer.last_row))) {
    return fmt::format("holds the rows {} to {}, which are not all the range's", model::QuoteBytes(trailer.first_row),
                       model::QuoteBytes(trailer.last_row));
  }
  return "";
}

}  // namespace

std::vector<StoreRef> LiveStores(const RangeImage& image) {
  std::vector<StoreRef> stores;
  for (const CheckedRange& range : image.ranges) {
    if (!range.manifest) continue;
    for (const model::ManifestGroup& group : range.manifest->groups) {
      for (const model::ManifestFile& file : group.files) {
        StoreRef& store = stores.emplace_back();
        store.subject = "range " + range.record.range.ToString();
        store.range = range.record.range;
        store.group = group.name;
        store.flushed = group.flushed;
        if (range.schema != nullptr) store.newest_generation = range.schema->generation();
        store.file = file;
      }
    }
  }
  return stores;
}

Result<const storage::CellStoreTrailer*> StoreVerifier::Read(const StoreRef& store) {
  const auto known = verified_.find(store.file.id);
  if (known != verified_.end()) return &known->second.trailer;
  storage::CellStoreReadOptions options;
  options.file = store.file.id;
  options.cluster = cluster_;
  ASSIGN_OR_RETURN(const auto reader, storage::CellStoreReader::Open(files_, store.path(), options));
  RETURN_IF_ERROR(storage::VerifyCellStore(*reader).status());
  Verified& verified = verified_[store.file.id];
  verified.trailer = reader->trailer();
  verified.size_bytes = reader->file_size_bytes();
  return &verified.trailer;
}

void StoreVerifier::Verify(const StoreRef& store, Findings* findings) {
  const auto trailer = Read(store);
  if (trailer.status().Is(StatusCode::kNotFound)) {
    Add(store, rule::kStoreMissing, "the manifest names it and it does not exist", findings);
  } else if (trailer.status().Is(StatusCode::kCancelled)) {
    return;  // the checker itself is being stopped
  } else if (!trailer.ok()) {
    Add(store, rule::kStoreDamaged, trailer.status().ToString(), findings);
  } else {
    std::string difference = Difference(store, **trailer, verified_.at(store.file.id).size_bytes);
    if (!difference.empty()) Add(store, rule::kStoreMismatch, std::move(difference), findings);
  }
}

}  // namespace cellar::check

#include "storage/cellstore/cellstore_dump.h"

#include <fmt/format.h>

#include <iterator>
#include <string>

#include "model/cell.h"

namespace cellar::storage {

namespace {

using Write = std::function<void(std::string_view)>;

std::string_view CodecName(model::Compressor codec) {
  static constexpr std::string_view kNames[] = {"none", "snappy", "lz4", "zlib", "zstd"};
  return kNames[static_cast<size_t>(codec)];
}

std::string_view FilterName(model::BloomSpec::Mode mode) {
  static constexpr std::string_view kNames[] = {"none", "rows", "rows+cols"};
  return kNames[static_cast<size_t>(mode)];
}

void DumpIdentity(const CellStoreReader& reader, std::string* out) {
  const CellStoreTrailer& trailer = reader.trailer();
  const CellStoreIdentity& identity = trailer.identity;
  auto to = std::back_inserter(*out);
  fmt::format_to(to, "file            {:016x}, {} bytes\n", identity.file.get(), reader.file_size_bytes());
  fmt::format_to(to, "cluster         {}\n", identity.cluster.ToString());
  fmt::format_to(to, "table           {}, access group \"{}\", schema generation {}\n", identity.table.ToString(),
                 identity.access_group, identity.generation.get());
  fmt::format_to(to, "flags          {}{}{}\n", identity.major ? " major" : "", identity.in_memory ? " in-memory" : "",
                 identity.major || identity.in_memory ? "" : " none");
  fmt::format_to(to, "layout          block size {}, {}, filter {}, restart interval {}\n", trailer.block_size_bytes,
                 CodecName(trailer.codec), FilterName(trailer.filter_mode), trailer.restart_interval);
}

void DumpStatistics(const CellStoreTrailer& trailer, std::string* out) {
  auto to = std::back_inserter(*out);
  fmt::format_to(to, "cells           {} in {} rows, {} data blocks, {} leaves; {} bytes before compression\n",
                 trailer.cell_count, trailer.row_count, trailer.block_count, trailer.leaf_count, trailer.raw_bytes);
  fmt::format_to(to, "delete markers  {} rows, {} families, {} cells, {} versions\n", trailer.marker_count[0],
                 trailer.marker_count[1], trailer.marker_count[2], trailer.marker_count[3]);
  fmt::format_to(to, "timestamps      {} to {}\n", trailer.min_timestamp, trailer.max_timestamp);
  fmt::format_to(to, "revisions       {} to {}\n", trailer.min_revision.get(), trailer.max_revision.get());
  fmt::format_to(to, "rows            {} to {}\n", model::QuoteBytes(trailer.first_row),
                 model::QuoteBytes(trailer.last_row));
  for (const FamilyStats& family : trailer.families) {
    fmt::format_to(to, "family {:<8} {} cells, {} key bytes, {} value bytes\n", family.family.get(), family.cell_count,
                   family.key_bytes, family.value_bytes);
  }
  fmt::format_to(to, "samples         {}\n", trailer.samples.size());
  fmt::format_to(to, "digest          xxh3-128 {} over {} pieces; cells {:016x}\n", trailer.digest_root.ToHex(),
                 trailer.frame_count, trailer.cells_digest);
}

Status DumpLeaf(const CellStoreReader& reader, const IndexEntry& entry, const Write& write) {
  ASSIGN_OR_RETURN(const BlockRef block, reader.ReadBlock(entry.block, BlockKind::kIndexLeaf, false));
  ASSIGN_OR_RETURN(const IndexBlock leaf, IndexBlock::Parse(block->view(), false));
  for (uint32_t i = 0; i < leaf.entry_count(); ++i) {
    ASSIGN_OR_RETURN(const IndexEntry data, leaf.Entry(i));
    ASSIGN_OR_RETURN(const BlockRef raw, reader.ReadBlock(data.block, BlockKind::kData, false));
    write(fmt::format("data    offset {} length {} raw {} from {}\n", data.block.offset, data.block.length, raw->size,
                      model::QuoteBytes(data.start)));
  }
  if (entry.filter.length > 0)
    write(fmt::format("filter  offset {} length {}\n", entry.filter.offset, entry.filter.length));
  write(fmt::format("leaf    offset {} length {} blocks {} from {}\n", entry.block.offset, entry.block.length,
                    leaf.entry_count(), model::QuoteBytes(entry.start)));
  return Status();
}

Status DumpBlocks(const CellStoreReader& reader, const Write& write) {
  for (uint32_t i = 0; i < reader.index_root().entry_count(); ++i) {
    ASSIGN_OR_RETURN(const IndexEntry entry, reader.index_root().Entry(i));
    RETURN_IF_ERROR(DumpLeaf(reader, entry, write));
  }
  const BlockHandle root = reader.trailer().index_root;
  write(fmt::format("root    offset {} length {} leaves {}\n", root.offset, root.length,
                    reader.index_root().entry_count()));
  return Status();
}

Status DumpCells(const CellStoreReader& reader, const Write& write) {
  const model::KeyCodec codec = reader.trailer().key_codec();
  SourceOptions options;
  options.fill_cache = false;
  const auto source = reader.NewSource({}, options);
  model::Cell cell;
  for (source->SeekToFirst(); source->Valid(); source->Next()) {
    RETURN_IF_ERROR(codec.Decode(source->key(), &cell));
    cell.value.assign(source->value());
    write(cell.ToString() + "\n");
  }
  return source->status();
}

}  // namespace

Status DumpCellStore(const CellStoreReader& reader, const CellStoreDumpOptions& options, const Write& write) {
  std::string head;
  DumpIdentity(reader, &head);
  DumpStatistics(reader.trailer(), &head);
  write(head);
  if (options.blocks) {
    if (Status status = DumpBlocks(reader, write); !status.ok()) return reader.Named(std::move(status));
  }
  return options.cells ? DumpCells(reader, write) : Status();
}

}  // namespace cellar::storage

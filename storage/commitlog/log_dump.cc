#include "storage/commitlog/log_dump.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/bytes/coding.h"
#include "model/cell_codec.h"
#include "model/key_codec.h"

namespace cellar::storage {
namespace {

std::string FlagsText(uint32_t flags) {
  std::string text;
  if ((flags & kSectionConditional) != 0) text += " conditional";
  if ((flags & kSectionFlushClass) != 0) text += " flush";
  return text;
}

/// Walks all blocks of a log that count, verifying every byte, and writes them as text.
class LogDumper {
 public:
  LogDumper(const LogReader& reader, const LogDumpOptions& options, std::ostream& out)
      : reader_(reader), options_(options), out_(out) {}

  Status Dump() {
    for (const LogFragment& fragment : reader_.fragments()) RETURN_IF_ERROR(DumpFragment(fragment));
    for (const LogDamage& damage : reader_.damage())
      out_ << fmt::format("damage {} offset {} bytes {}\n", damage.file, damage.offset, damage.bytes);
    if (reader_.torn_tail())
      out_ << fmt::format("torn tail {} offset {} bytes {}\n", reader_.torn_tail()->file, reader_.torn_tail()->offset,
                          reader_.torn_tail()->bytes);
    for (const std::string& note : reader_.notes()) out_ << "note " << note << '\n';
    return common::OkStatus();
  }

 private:
  Status DumpFragment(const LogFragment& fragment) {
    out_ << fmt::format("fragment {}", fragment.file->number());
    if (fragment.header) {
      const FragmentHeader& header = *fragment.header;
      out_ << fmt::format(" class {} incarnation {} predecessor {}:{} pruned {} sequence {}",
                          LogClassName(header.identity.log_class), header.identity.incarnation.get().ToString(),
                          header.predecessor_number, header.predecessor_bytes, header.pruned_up_to,
                          header.first_sequence);
    }
    out_ << fmt::format(" valid {}{}\n", fragment.valid_bytes, fragment.scanned ? " scanned" : " indexed");
    for (const FragmentIndex::Block& place : fragment.index.blocks()) {
      ASSIGN_OR_RETURN(const auto block, fragment.file->ReadBlockHeader(place.offset, place.end()));
      const Status status = block ? DumpBlock(*fragment.file, *block) : common::Corruption("header does not verify");
      if (status.ok()) continue;
      if (!status.Is(StatusCode::kCorruption)) return status;
      out_ << fmt::format("block at {} damaged: {}\n", place.offset, status.message());
    }
    return common::OkStatus();
  }

  Status DumpBlock(const FragmentFile& file, const BlockHeader& block) {
    ASSIGN_OR_RETURN(const std::string directory, file.ReadDirectory(block));
    const std::string head = fmt::format("block {} at {} bytes {} durable {}", block.sequence, block.offset,
                                         block.end() - block.offset, block.durable_up_to);
    if (block.kind == LogBlockKind::kIndex) {
      out_ << head << " index\n";
    } else if (block.kind == LogBlockKind::kPrune) {
      uint64_t number = 0;
      common::Reader in(directory);
      static_cast<void>(in.GetVarint64(&number));
      out_ << head << " prune up to " << number << '\n';
    } else {
      ASSIGN_OR_RETURN(const GroupDirectory group, file.DecodeGroup(block, directory));
      out_ << head << fmt::format(" group revisions {}..{}\n", block.min_revision.get(), block.max_revision.get());
      RETURN_IF_ERROR(DumpGroup(file, block, group));
    }
    return file.VerifyBlock(block);
  }

  Status DumpGroup(const FragmentFile& file, const BlockHeader& block, const GroupDirectory& group) {
    std::string stored;
    std::string raw;
    const LoggedRange* last_range = nullptr;
    uint32_t expanded = UINT32_MAX;
    for (const DirectorySection& entry : group.sections) {
      const Section& section = entry.section;
      if (section.range != last_range) out_ << "  range " << section.range->ToString() << '\n';
      last_range = section.range;
      const DirectoryChunk& chunk = group.chunks[entry.chunk_index];
      out_ << fmt::format("    section base {} count {} session {} sequence {} expires {}{} cells {} chunk {} {}\n",
                          section.base.get(), section.revision_count, section.session.get(), section.sequence.get(),
                          section.expires_at, FlagsText(section.flags), entry.cells_bytes, entry.chunk_index,
                          chunk.coding == ChunkCoding::kLz4 ? "lz4" : "stored");
      if (!options_.show_cells) continue;
      if (expanded != entry.chunk_index) RETURN_IF_ERROR(file.ReadChunk(block, chunk, &stored, &raw));
      expanded = entry.chunk_index;
      DumpCells(std::string_view(raw).substr(entry.cells_offset, entry.cells_bytes), section.base);
    }
    return common::OkStatus();
  }

  void DumpCells(std::string_view cells, model::Revision base) {
    model::CellReader reader(cells);
    model::EncodedCell cell;
    while (reader.Next(&cell)) {
      model::EncodedKeyParts parts;
      const int64_t revision = base.get() + cell.ordinal;
      if (!model::ParseKeyPrefix(cell.key_prefix, &parts)) {
        out_ << "      malformed key prefix\n";
        continue;
      }
      out_ << fmt::format("      {} {}:{} {} t={} r={} value {} bytes\n", model::QuoteBytes(parts.row),
                          parts.family.get(), model::QuoteBytes(parts.qualifier), model::KeyFlagName(parts.flag),
                          cell.has_timestamp ? cell.timestamp : revision, revision, cell.value.size());
    }
    if (!reader.status().ok()) out_ << "      " << reader.status().ToString() << '\n';
  }

  const LogReader& reader_;
  const LogDumpOptions options_;
  std::ostream& out_;
};

Status VerifyFragment(const LogFragment& fragment, LogVerification* verification) {
  ++verification->fragment_count;
  for (const FragmentIndex::Block& place : fragment.index.blocks()) {
    ++verification->block_count;
    ASSIGN_OR_RETURN(const auto block, fragment.file->ReadBlockHeader(place.offset, place.end()));
    const Status status = block ? fragment.file->VerifyBlock(*block)
                                : common::Corruption(fmt::format("{}: header of a block does not verify at offset {}",
                                                                 fragment.file->path(), place.offset));
    if (!status.ok() && !status.Is(StatusCode::kCorruption)) return status;
    if (!status.ok()) verification->problems.emplace_back(status.message());
  }
  for (const auto& [range, entry] : fragment.index.ranges()) {
    verification->section_count += entry.section_count;
    verification->cells_bytes += entry.cells_bytes;
  }
  return common::OkStatus();
}

}  // namespace

Status DumpLog(const FileSystem& files, const std::string& directory, const LogIdentity& identity,
               const LogDumpOptions& options, std::ostream& out) {
  ASSIGN_OR_RETURN(const auto reader, LogReader::Open(files, directory, identity));
  return LogDumper(*reader, options, out).Dump();
}

Result<LogVerification> VerifyLog(const FileSystem& files, const std::string& directory, const LogIdentity& identity) {
  ASSIGN_OR_RETURN(const auto reader, LogReader::Open(files, directory, identity));
  LogVerification verification;
  for (const LogFragment& fragment : reader->fragments()) RETURN_IF_ERROR(VerifyFragment(fragment, &verification));
  for (const LogDamage& damage : reader->damage()) verification.problems.emplace_back(damage.ToStatus().message());
  if (reader->torn_tail())
    verification.remarks.push_back(fmt::format("{}: torn tail of {} bytes at offset {}, cut", reader->torn_tail()->file,
                                               reader->torn_tail()->bytes, reader->torn_tail()->offset));
  verification.remarks.insert(verification.remarks.end(), reader->notes().begin(), reader->notes().end());
  return verification;
}

Result<LogIdentity> ReadLogIdentity(const FileSystem& files, const std::string& directory) {
  ASSIGN_OR_RETURN(const auto entries, files.List(directory));
  for (const common::DirectoryEntry& entry : entries) {
    if (!ParseFragmentName(entry.name)) continue;
    const std::string path = directory + "/" + entry.name;
    ASSIGN_OR_RETURN(const auto file, files.Open(path));
    std::string bytes(kFragmentHeaderBytes, '\0');
    ASSIGN_OR_RETURN(const size_t size, file->Read(0, bytes.size(), bytes.data()));
    bytes.resize(size);
    const Result<FragmentHeader> header = DecodeFragmentHeader(bytes, path);
    if (header.ok()) return header->identity;
  }
  return common::NotFound(directory + ": no readable log fragment");
}

}  // namespace cellar::storage

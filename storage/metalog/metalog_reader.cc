#include "storage/metalog/metalog_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/key.h"

namespace cellar::storage {
namespace {

constexpr uint64_t kAlignment = 8;

/// One file, taken apart as far as it counts.
struct MetaLogFile {
  std::string bytes;
  std::optional<MetaLogHeader> header;  ///< Absent: never came to use.
  std::vector<MetaLogBlock> blocks;     ///< Borrow `bytes`.
  bool complete = false;                ///< Its snapshot ends.
  uint64_t valid_bytes = 0;
};

/// The largest "durable up to" of a valid block header behind `from`.
uint64_t DurableBehind(const MetaLogFile& file, uint64_t from) {
  uint64_t durable = 0;
  const uint64_t first = (from / kAlignment + 1) * kAlignment;
  for (uint64_t at = first; at + kMetaLogBlockHeaderBytes <= file.bytes.size(); at += kAlignment) {
    bool records_verify = false;
    const auto block = DecodeMetaLogBlock(file.bytes, at, *file.header, &records_verify);
    if (block) durable = std::max(durable, block->durable_up_to);
  }
  return durable;
}

bool IsInOrder(const MetaLogFile& file, const MetaLogBlock& block) {
  if (block.sequence != file.blocks.size() + 1) return false;
  return file.complete == (block.kind == MetaLogBlockKind::kUpdate);
}

Status ReadBlocks(std::string_view path, MetaLogFile* file) {
  uint64_t at = kMetaLogHeaderBytes;
  while (at < file->bytes.size()) {
    bool records_verify = false;
    const auto block = DecodeMetaLogBlock(file->bytes, at, *file->header, &records_verify);
    if (!block || !records_verify) {
      if (DurableBehind(*file, at) > at)
        return common::Corruption(fmt::format("{}: metalog does not verify at offset {}", path, at));
      break;
    }
    if (!IsInOrder(*file, *block))
      return common::Corruption(fmt::format("{}: block out of order at offset {}", path, at));
    file->blocks.push_back(*block);
    file->complete |= block->kind == MetaLogBlockKind::kLastOfSnapshot;
    at = block->end();
  }
  file->valid_bytes = at;
  return common::OkStatus();
}

Result<std::unique_ptr<MetaLogFile>> ReadFile(const FileSystem& files, const std::string& path, uint64_t number) {
  auto file = std::make_unique<MetaLogFile>();
  ASSIGN_OR_RETURN(file->bytes, common::ReadWholeFile(files, path, kMaxMetaLogFileBytes));
  Result<MetaLogHeader> header = DecodeMetaLogHeader(file->bytes, path);
  if (!header.ok()) {
    // The header is durable before anything follows it: in a longer file it is damaged, in a shorter one torn.
    if (header.status().Is(StatusCode::kCorruption) && file->bytes.size() <= kMetaLogHeaderBytes) return file;
    return std::move(header).status();
  }
  if (header->number != number)
    return common::InvalidArgument(
        fmt::format("{}: is metalog file {}, which does not belong here", path, header->number));
  file->header = *header;
  RETURN_IF_ERROR(ReadBlocks(path, file.get()));
  return file;
}

Status Replay(const MetaLogFile& file, std::string_view path, Entities* entities) {
  for (const MetaLogBlock& block : file.blocks) {
    Result<std::vector<MetaLogRecord>> records = DecodeRecords(block.records, block.record_count);
    if (!records.ok()) return records.status().WithContext(fmt::format("{} at offset {}", path, block.offset));
    for (const MetaLogRecord& record : *records) record.ApplyTo(entities);
  }
  return common::OkStatus();
}

Result<std::vector<uint64_t>> ListNumbers(const FileSystem& files, const std::string& directory) {
  std::vector<uint64_t> numbers;
  const auto entries = files.List(directory);
  if (entries.status().Is(StatusCode::kNotFound)) return numbers;
  if (!entries.ok()) return entries.status();
  for (const common::DirectoryEntry& entry : *entries) {
    const std::optional<uint64_t> number = ParseMetaLogFileName(entry.name);
    if (number && !entry.is_directory) numbers.push_back(*number);
  }
  return numbers;
}

}  // namespace

Result<MetaLogState> ReadMetaLog(const FileSystem& files, const std::string& directory, const ClusterId& cluster) {
  MetaLogState state;
  ASSIGN_OR_RETURN(const std::vector<uint64_t> numbers, ListNumbers(files, directory));
  if (numbers.empty()) return state;
  state.highest_number = numbers.back();
  for (auto number = numbers.rbegin(); number != numbers.rend(); ++number) {
    const std::string path = directory + "/" + MetaLogFileName(*number);
    ASSIGN_OR_RETURN(const auto file, ReadFile(files, path, *number));
    if (file->header && file->header->cluster != cluster)
      return common::InvalidArgument(fmt::format("{}: belongs to cluster {}", path, file->header->cluster.ToString()));
    if (!file->complete) {
      state.remarks.push_back(path + ": never came to use");
      continue;
    }
    if (file->valid_bytes < file->bytes.size())
      state.remarks.push_back(fmt::format("{}: torn tail of {} bytes at offset {}, cut", path,
                                          file->bytes.size() - file->valid_bytes, file->valid_bytes));
    state.file_number = *number;
    state.incarnation = file->header->incarnation;
    state.valid_bytes = file->valid_bytes;
    RETURN_IF_ERROR(Replay(*file, path, &state.entities));
    return state;
  }
  if (numbers.front() != 1)  // What came before was removed, which only a complete file allows.
    return common::Corruption(directory + ": no file of the metalog is complete");
  return state;
}

Status DumpMetaLog(const FileSystem& files, const std::string& directory, std::ostream& out) {
  ASSIGN_OR_RETURN(const std::vector<uint64_t> numbers, ListNumbers(files, directory));
  for (const uint64_t number : numbers) {
    const std::string path = directory + "/" + MetaLogFileName(number);
    const auto file = ReadFile(files, path, number);
    out << "file " << number;
    if (!file.ok()) {
      out << ' ' << file.status().ToString() << '\n';
      continue;
    }
    if ((*file)->header) out << " incarnation " << (*file)->header->incarnation.get().ToString();
    out << " valid " << (*file)->valid_bytes << " of " << (*file)->bytes.size()
        << ((*file)->complete ? "\n" : " incomplete\n");
    for (const MetaLogBlock& block : (*file)->blocks) {
      out << fmt::format("block {} at {} durable {} {}\n", block.sequence, block.offset, block.durable_up_to,
                         block.kind == MetaLogBlockKind::kUpdate ? "update" : "snapshot");
      ASSIGN_OR_RETURN(const auto records, DecodeRecords(block.records, block.record_count));
      for (const MetaLogRecord& record : records) {
        out << fmt::format("  {} {}:{}", record.is_remove() ? "remove" : "update", record.key().type, record.key().id);
        out << (record.is_remove() ? "" : " " + model::QuoteBytes(record.body())) << '\n';
      }
    }
  }
  return common::OkStatus();
}

}  // namespace cellar::storage

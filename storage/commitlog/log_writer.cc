#include "storage/commitlog/log_writer.h"

#include <algorithm>
#include <utility>

#include "common/base/check.h"
#include "common/bytes/coding.h"
#include "storage/commitlog/fragment_header.h"
#include "storage/commitlog/index_footer.h"

namespace cellar::storage {
namespace {

constexpr char kZeros[kBlockAlignment] = {};

}  // namespace

LogWriter::LogWriter(FileSystem& files, std::string directory, const LogIdentity& identity,
                     const LogWriterOptions& options)
    : files_(files),
      directory_(std::move(directory)),
      identity_(identity),
      options_(options),
      faults_(options.faults != nullptr ? *options.faults : no_faults_),
      binding_(identity, 0) {}

Result<std::unique_ptr<LogWriter>> LogWriter::Open(FileSystem& files, std::string directory,
                                                   const LogIdentity& identity, const LogWriterOptions& options) {
  RETURN_IF_ERROR(files.CreateDirectories(directory));
  ASSIGN_OR_RETURN(const auto entries, files.List(directory));
  if (!entries.empty()) return common::AlreadyExists(directory + ": this incarnation has logged before");
  std::unique_ptr<LogWriter> writer(new LogWriter(files, std::move(directory), identity, options));
  RETURN_IF_ERROR(writer->OpenNext());
  return writer;
}

std::string LogWriter::PathOf(uint64_t number) const {
  return directory_ + "/" + FragmentName(number);
}

Status LogWriter::Die(Status status) {
  if (file_ != nullptr) static_cast<void>(file_->Close());
  file_ = nullptr;
  return status;
}

Status LogWriter::OpenNext() {
  CHECK(file_ == nullptr);
  FragmentHeader header;
  header.identity = identity_;
  header.number = ++last_number_;
  header.predecessor_number = number_;
  header.predecessor_bytes = durable_end_;
  header.pruned_up_to = pruned_up_to_;
  header.first_sequence = durable_sequence_ + 1;

  RETURN_IF_ERROR(FAULT_POINT(faults_, "commitlog.fragment.before_create"));
  ASSIGN_OR_RETURN(file_, files_.Create(PathOf(header.number), identity_.incarnation));
  const std::string bytes = EncodeFragmentHeader(header);
  const Result<uint64_t> offset = file_->Append(bytes);
  if (!offset.ok()) return Die(offset.status().WithContext(PathOf(header.number)));
  CHECK(*offset == 0);
  Status status = SyncFile();
  if (!status.ok()) return Die(std::move(status).WithContext(PathOf(header.number)));
  status = FAULT_POINT(faults_, "commitlog.fragment.header_synced");
  if (!status.ok()) return Die(std::move(status));

  // Only now is the fragment before this one closed: until its successor's header is durable it is the log's tip.
  if (number_ != 0) closed_.push_back({.number = number_, .bytes = durable_end_, .ranges = index_.ranges()});
  number_ = header.number;
  binding_ = FragmentBinding(identity_, number_);
  end_ = durable_end_ = kFragmentHeaderBytes;
  appended_sequence_ = durable_sequence_;
  index_ = FragmentIndex();
  index_.set_first_sequence(header.first_sequence);
  return common::OkStatus();
}

BlockHeader LogWriter::NextBlock(LogBlockKind kind) const {
  BlockHeader header;
  header.kind = kind;
  header.sequence = appended_sequence_ + 1;
  header.offset = end_;
  header.durable_up_to = durable_end_;
  return header;
}

Status LogWriter::AppendPieces(std::span<const std::string_view> pieces, const BlockHeader& header) {
  Status induced = FAULT_POINT(faults_, "commitlog.append.before");
  if (!induced.ok()) return Die(std::move(induced));
  const Result<uint64_t> offset = file_->Append(pieces);
  if (!offset.ok()) return Die(offset.status().WithContext(PathOf(number_)));
  CHECK(*offset == header.offset);
  end_ = header.end();
  appended_sequence_ = header.sequence;
  induced = FAULT_POINT(faults_, "commitlog.append.after");
  return induced.ok() ? std::move(induced) : Die(std::move(induced));
}

Status LogWriter::Append(std::span<const Section> sections) {
  if (dead()) return common::IoError(PathOf(number_) + ": append to a log file that failed");
  BlockHeader header = NextBlock(LogBlockKind::kGroup);
  encoder_.Encode(sections, options_.compress, binding_, &header);
  RETURN_IF_ERROR(AppendPieces(encoder_.pieces(), header));
  index_.AddBlock(header, encoder_.extents());
  return common::OkStatus();
}

Status LogWriter::AppendPlain(BlockHeader header, std::string_view directory, std::string_view payload) {
  header.directory_bytes = static_cast<uint32_t>(directory.size());
  header.payload_bytes = payload.size();
  header.directory_crc = binding_.Crc(header.directory_offset(), directory);
  char bytes[kBlockHeaderBytes];
  EncodeBlockHeader(header, binding_, bytes);
  const std::string_view pieces[] = {{bytes, kBlockHeaderBytes}, directory, payload, {kZeros, header.padding_bytes()}};
  RETURN_IF_ERROR(AppendPieces(pieces, header));
  index_.AddBlock(header, {});
  return common::OkStatus();
}

Status LogWriter::Sync() {
  if (dead()) return common::IoError(PathOf(number_) + ": sync of a log file that failed");
  if (durable_end_ == end_) return common::OkStatus();
  Status status = SyncFile();
  if (!status.ok()) return Die(std::move(status).WithContext(PathOf(number_)));
  durable_end_ = end_;
  durable_sequence_ = appended_sequence_;
  return common::OkStatus();
}

Status LogWriter::SyncFile() {
  Status status = FAULT_POINT(faults_, "commitlog.sync.before");
  if (status.ok()) status = file_->Sync();
  if (!status.ok() && faults_.Planted(Defect::kRetryFailedSync)) status = file_->Sync();
  if (status.ok()) status = FAULT_POINT(faults_, "commitlog.sync.after");
  return status;
}

bool LogWriter::full() const {
  return end_ >= options_.max_fragment_bytes || index_.encoded_bytes_bound() >= options_.max_index_bytes;
}

Status LogWriter::Roll() {
  if (!dead() && Sync().ok()) CloseInOrder();
  static_cast<void>(Die(common::OkStatus()));
  return OpenNext();
}

void LogWriter::CloseInOrder() {
  const std::string directory = index_.Encode();
  if (directory.size() > kMaxDirectoryBytes) return;  // The reader scans such a fragment.
  BlockHeader header = NextBlock(LogBlockKind::kIndex);
  header.directory_bytes = static_cast<uint32_t>(directory.size());
  const std::string payload = EncodeIndexFooter(header, binding_);
  if (!AppendPlain(header, directory, payload).ok()) return;  // As above: the index is a help, not a need.
  if (Sync().ok()) return;
}

Status LogWriter::AppendPruneRecord(uint64_t number) {
  std::string directory;
  common::PutVarint64(&directory, number);
  RETURN_IF_ERROR(AppendPlain(NextBlock(LogBlockKind::kPrune), directory, {}));
  index_.set_pruned_up_to(number);
  return Sync();
}

Result<size_t> LogWriter::Prune(const FlushedTest& is_flushed) {
  size_t count = 0;
  for (const ClosedFragment& fragment : closed_) {
    const bool flushed = std::all_of(fragment.ranges.begin(), fragment.ranges.end(), [&](const auto& entry) {
      return is_flushed(entry.first, entry.second.max_revision);
    });
    if (!flushed) break;
    ++count;
  }
  if (count > 0) {
    if (dead()) return common::IoError(PathOf(number_) + ": prune of a log whose file failed");
    const uint64_t number = closed_[count - 1].number;
    RETURN_IF_ERROR(AppendPruneRecord(number));
    RETURN_IF_ERROR(FAULT_POINT(faults_, "commitlog.prune.recorded"));
    pruned_up_to_ = number;
    closed_.erase(closed_.begin(), closed_.begin() + static_cast<ptrdiff_t>(count));
  }
  RemovePruned();
  return count;
}

void LogWriter::RemovePruned() {
  for (uint64_t number = removed_up_to_ + 1; number <= pruned_up_to_; ++number) {
    const Status status = files_.Remove(PathOf(number));
    if (!status.ok() && !status.Is(StatusCode::kNotFound)) return;
    removed_up_to_ = number;
  }
}

uint64_t LogWriter::unpruned_bytes() const {
  uint64_t bytes = dead() ? durable_end_ : end_;
  for (const ClosedFragment& fragment : closed_) bytes += fragment.bytes;
  return bytes;
}

std::vector<LoggedRange> LogWriter::PinnedBy(const FlushedTest& is_flushed) const {
  std::vector<LoggedRange> ranges;
  if (closed_.empty()) return ranges;
  for (const auto& [range, entry] : closed_.front().ranges) {
    if (!is_flushed(range, entry.max_revision)) ranges.push_back(range);
  }
  return ranges;
}

}  // namespace cellar::storage

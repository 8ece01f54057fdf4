#include "fsbroker/broker/handle_table.h"

#include <utility>

namespace cellar::fsbroker {

void HandleTable::Attach(const std::string& session) {
  const MutexLock lock(mutex_);
  ++sessions_[session].connection_count;
}

void HandleTable::Detach(const std::string& session) {
  const MutexLock lock(mutex_);
  const auto found = sessions_.find(session);
  if (found == sessions_.end() || --found->second.connection_count > 0) return;
  found->second.lease_end = clock_.MonotonicNow() + options_.lease;
  const Session& left = found->second;
  const bool has_files = !left.readers.empty() || !left.writers.empty();
  if (!has_files && left.creates.empty() && left.removes.empty()) sessions_.erase(found);
}

void HandleTable::Sweep() {
  Dropped dropped;
  const MutexLock lock(mutex_);
  const Nanos now = clock_.MonotonicNow();
  for (auto at = sessions_.begin(); at != sessions_.end();) {
    Session& session = at->second;
    const bool is_over = session.connection_count == 0 && now >= session.lease_end;
    if (is_over) {
      DropReaders(session, &dropped);
      for (auto& [file, writer] : session.writers) dropped.writers.push_back(std::move(writer));
    }
    at = is_over ? sessions_.erase(at) : std::next(at);
  }
}

void HandleTable::DropReaders(Session& session, Dropped* dropped) {
  for (auto& [file, entry] : session.readers) {
    readers_by_use_.erase(entry.use);
    dropped->readers.push_back(std::move(entry.reader));
  }
  session.readers.clear();
}

std::shared_ptr<OpenReader> HandleTable::DropLeastUsedReader() {
  for (auto use = readers_by_use_.begin(); use != readers_by_use_.end(); ++use) {
    Session& session = sessions_[use->first];
    const auto found = session.readers.find(use->second);
    if (found->second.reader.use_count() > 1) continue;  // A call is at it: letting it go frees nothing now.
    std::shared_ptr<OpenReader> reader = std::move(found->second.reader);
    session.readers.erase(found);
    readers_by_use_.erase(use);
    return reader;
  }
  return nullptr;
}

Result<OpenFileSlot> HandleTable::TakeSlot() {
  std::shared_ptr<OpenReader> dropped;
  const MutexLock lock(mutex_);
  OpenFileSlot slot(open_count_);  // Counts are raised under the lock only.
  if (open_count_ <= options_.max_open_files) return slot;
  dropped = DropLeastUsedReader();
  if (dropped != nullptr) return slot;
  return common::Busy(std::to_string(options_.max_open_files) + " files are open (fsbroker.max_open_files)");
}

int64_t HandleTable::AddReader(const std::string& session, std::shared_ptr<OpenReader> reader) {
  const MutexLock lock(mutex_);
  const int64_t file = ++last_file_;
  const auto use = readers_by_use_.insert(readers_by_use_.end(), {session, file});
  sessions_[session].readers[file] = {.reader = std::move(reader), .use = use};
  return file;
}

std::shared_ptr<OpenReader> HandleTable::FindReader(const std::string& session, int64_t file) {
  const MutexLock lock(mutex_);
  const auto of = sessions_.find(session);
  if (of == sessions_.end()) return nullptr;
  const auto found = of->second.readers.find(file);
  if (found == of->second.readers.end()) return nullptr;
  readers_by_use_.splice(readers_by_use_.end(), readers_by_use_, found->second.use);
  return found->second.reader;
}

std::optional<int64_t> HandleTable::BeginCreate(const std::string& session, const std::string& token) {
  const MutexLock lock(mutex_);
  while (true) {
    const auto [found, is_new] = sessions_[session].creates.try_emplace(token);
    if (is_new) return std::nullopt;
    if (found->second.file != 0) return found->second.file;
    call_ended_.Wait(mutex_);
  }
}

int64_t HandleTable::EndCreate(const std::string& session, const std::string& token,
                               std::shared_ptr<OpenWriter> writer) {
  int64_t file = 0;
  {
    const MutexLock lock(mutex_);
    Session& of = sessions_[session];
    if (writer == nullptr) {
      of.creates.erase(token);
    } else {
      file = ++last_file_;
      of.creates[token].file = file;
      of.writers[file] = std::move(writer);
    }
  }
  call_ended_.NotifyAll();
  return file;
}

std::optional<Status> HandleTable::BeginRemove(const std::string& session, const std::string& token) {
  const MutexLock lock(mutex_);
  while (true) {
    const auto [found, is_new] = sessions_[session].removes.try_emplace(token);
    if (is_new) return std::nullopt;
    if (found->second) return found->second;
    call_ended_.Wait(mutex_);
  }
}

void HandleTable::EndRemove(const std::string& session, const std::string& token, const Status& status) {
  {
    const MutexLock lock(mutex_);
    Session& of = sessions_[session];
    of.removes[token] = status;
    of.removed.push_back(token);
    if (of.removed.size() > kMaxRemembered) {
      of.removes.erase(of.removed.front());
      of.removed.pop_front();
    }
  }
  call_ended_.NotifyAll();
}

std::shared_ptr<OpenWriter> HandleTable::FindWriter(const std::string& session, int64_t file) {
  const MutexLock lock(mutex_);
  const auto of = sessions_.find(session);
  if (of == sessions_.end()) return nullptr;
  const auto found = of->second.writers.find(file);
  return found == of->second.writers.end() ? nullptr : found->second;
}

void HandleTable::Close(const std::string& session, const std::vector<int64_t>& files) {
  Dropped dropped;
  const MutexLock lock(mutex_);
  const auto of = sessions_.find(session);
  if (of == sessions_.end()) return;
  for (const int64_t file : files) {
    const auto reader = of->second.readers.find(file);
    if (reader != of->second.readers.end()) {
      readers_by_use_.erase(reader->second.use);
      dropped.readers.push_back(std::move(reader->second.reader));
      of->second.readers.erase(reader);
    }
    const auto writer = of->second.writers.find(file);
    if (writer != of->second.writers.end()) {
      dropped.writers.push_back(std::move(writer->second));
      of->second.writers.erase(writer);
      std::erase_if(of->second.creates, [file](const auto& create) { return create.second.file == file; });
    }
  }
}

size_t HandleTable::session_count() const {
  const MutexLock lock(mutex_);
  return sessions_.size();
}

}  // namespace cellar::fsbroker

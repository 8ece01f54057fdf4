#pragma once

#include <memory>
#include <string>

#include "hql/files/file_streams.h"
#include "hql/load/byte_stream.h"

namespace cellar::hql {

/// The user's files, by the rights of the process. "~/" in front is the home directory, "-" the given input.
///
/// A file is written under another name, ".NAME.PID.N.part" beside it, and takes the place of the old one with
/// ByteSink::Finish: who reads it sees the old or the whole new one, and a statement that fails leaves nothing. Pipes
/// and devices are written as they are.
class LocalFiles final : public FileOpener {
 public:
  /// `input`: the descriptor behind "-"; -1 when statements come from there.
  explicit LocalFiles(int input);
  ~LocalFiles() override;
  LocalFiles(const LocalFiles&) = delete;
  LocalFiles& operator=(const LocalFiles&) = delete;

  Result<std::unique_ptr<ByteSource>> OpenForReading(const std::string& name) override;
  Result<std::unique_ptr<ByteSink>> OpenForWriting(const std::string& name) override;

  /// From any thread: reads of pipes and terminals that wait, and later ones, fail with kCancelled, until Resume.
  void Cancel();
  void Resume();

  const FileTraffic& traffic() const { return traffic_; }

 private:
  const int input_;
  const int cancel_fd_;  ///< An eventfd, readable when cancelled.
  FileTraffic traffic_;
};

/// `name` with the home directory in place of a leading "~/".
std::string ExpandHome(const std::string& name);

}  // namespace cellar::hql

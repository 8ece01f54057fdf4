#pragma once

#include <memory>
#include <string>

#include "hql/load/byte_stream.h"
#include "hql/load/line_reader.h"
#include "hql/shell/interrupt_watch.h"
#include "hql/shell/line_input.h"

namespace cellar::hql {

/// Lines of a file, a text, or a pipe. An interrupt while a pipe has nothing ends the input.
class StreamInput final : public LineInput {
 public:
  /// `fd`: what to wait for before reading, with `watch`; -1: reading does not wait. Borrows `watch`.
  StreamInput(std::unique_ptr<ByteSource> source, int fd, InterruptWatch& watch);

  Outcome Read(const std::string& prompt, std::string* line) override;

 private:
  class WaitingSource;

  std::unique_ptr<ByteSource> source_;
  LineReader lines_;
};

/// What can be read from a descriptor, borrowed.
std::unique_ptr<ByteSource> NewDescriptorSource(int fd);

}  // namespace cellar::hql

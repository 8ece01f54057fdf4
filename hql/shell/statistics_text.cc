#include "hql/shell/statistics_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace cellar::hql {

namespace {

constexpr double kMegabyte = 1e6;
constexpr size_t kBarWidth = 20;

double Seconds(Nanos nanos) {
  return static_cast<double>(std::max<Nanos>(nanos, 1)) / static_cast<double>(kSecond);
}

std::string Bar(double share) {
  const auto filled = static_cast<size_t>(share * kBarWidth);
  std::string bar(filled, '=');
  if (filled < kBarWidth) bar += '>';
  bar.resize(kBarWidth, ' ');
  return "[" + bar + "]";
}

std::string TimeText(double seconds) {
  const auto whole = static_cast<uint64_t>(seconds + 0.5);
  if (whole >= 3600) return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

}  // namespace

std::string WithThousands(uint64_t number) {
  std::string text = std::to_string(number);
  for (size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}

std::string TimingLine(const StatementOutcome& outcome, Nanos elapsed) {
  const double seconds = Seconds(elapsed);
  if (!outcome.is_scan && outcome.cell_count == 0) return fmt::format("{:.3f} s", seconds);
  const auto cells = static_cast<double>(outcome.cell_count);
  std::string text = fmt::format("{} cell{} in {:.3f} s", WithThousands(outcome.cell_count),
                                 outcome.cell_count == 1 ? "" : "s", seconds);
  if (outcome.cell_count == 0) return text;
  text += fmt::format("; {} cells/s", WithThousands(static_cast<uint64_t>(cells / seconds)));
  if (!outcome.is_scan) return text;
  const auto bytes = static_cast<double>(outcome.key_bytes + outcome.value_bytes);
  return text + fmt::format(", {:.1f} MB/s; on average {:.1f} bytes of key, {:.1f} of value",
                            bytes / kMegabyte / seconds, static_cast<double>(outcome.key_bytes) / cells,
                            static_cast<double>(outcome.value_bytes) / cells);
}

std::string WrittenLine(uint64_t bytes, Nanos elapsed, size_t width) {
  const double seconds = Seconds(elapsed);
  const double megabytes = static_cast<double>(bytes) / kMegabyte;
  const std::string line =
      fmt::format("{:.1f} MB written  {:.1f} MB/s  {}", megabytes, megabytes / seconds, TimeText(seconds));
  return line.substr(0, width);
}

std::string WaitingLine(Nanos elapsed, size_t width) {
  return fmt::format("working  {}  Ctrl-C ends it", TimeText(Seconds(elapsed))).substr(0, width);
}

namespace {

std::string LeftText(double seconds, double share) {
  return share > 0 ? "  " + TimeText(seconds / share * (1 - share)) + " left" : "";
}

std::string CellsText(uint64_t count, double seconds) {
  return fmt::format("{} cells  {} cells/s", WithThousands(count),
                     WithThousands(static_cast<uint64_t>(static_cast<double>(count) / seconds)));
}

}  // namespace

std::string ProgressLine(const RebuildProgress& progress, Nanos elapsed, size_t width) {
  const double seconds = Seconds(elapsed);
  std::string line = CellsText(progress.cell_count, seconds);
  if (progress.share) {
    const double share = std::min(*progress.share, 1.0);
    line = fmt::format("{} {:3} %  {}{}", Bar(share), static_cast<int>(share * 100), line, LeftText(seconds, share));
  }
  return line.substr(0, width);
}

std::string ProgressLine(const LoadProgress& progress, Nanos elapsed, size_t width) {
  const double seconds = Seconds(elapsed);
  const auto read = static_cast<double>(progress.bytes_read);
  std::string line;
  std::string left;
  if (progress.total_bytes && *progress.total_bytes > 0) {
    const auto total = static_cast<double>(*progress.total_bytes);
    const double share = std::min(read / total, 1.0);
    line = fmt::format("{} {:3} %  {:.1f} of {:.1f} MB", Bar(share), static_cast<int>(share * 100), read / kMegabyte,
                       total / kMegabyte);
    left = LeftText(seconds, share);
  } else {
    line = fmt::format("{:.1f} MB", read / kMegabyte);
  }
  line += "  " + CellsText(progress.cell_count, seconds) + left;
  if (line.size() > width) line.resize(width);
  return line;
}

}  // namespace cellar::hql

#include "tests/sim/workloads/scan_workload.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <utility>

#include "common/concurrency/sleep.h"
#include "model/scan_block.h"

namespace cellar::sim {

namespace {

constexpr Nanos kLongestWait = 12 * kSecond;
constexpr Nanos kPauseOfLooks = 400 * kMillisecond;
constexpr Nanos kPatienceOfLookup = 20 * kSecond;  ///< Longer than a server stands still that another one replaces.

}  // namespace

std::string ScanWorkload::RowOf(size_t which) {
  std::string number = std::to_string(which);
  number.insert(0, 3 - number.size(), '0');
  return "row" + number;
}

Task<void> ScanWorkload::Begin() {
  model::SchemaDefinition definition;
  AddFamily(&definition, "v", "lz4");
  definition.groups[0].options.block_size_bytes = 300;
  const bool made = co_await MakeTable(clients_.front(), "/sim/scans", std::move(definition), &table_);
  if (!made) co_return;
  for (size_t writer = 0; writer < kWriters; ++writer) {
    SimClient* client = clients_[writer % clients_.size()];
    SpawnActor(*client, Write(client, writer, kWriters));
    SpawnActor(*client, Read(client));
  }
}

/// All its rows once, then some of them again and again. Each row has one writer.
Task<void> ScanWorkload::Write(SimClient* client, size_t first, size_t step) {
  SimWriter writer(*client);
  for (int i = 0; i < kWrites; ++i) {
    std::vector<size_t> chosen;
    for (size_t which = first; which < kRows; which += step) {
      if (i == 0 || random_.OneIn(6)) chosen.push_back(which);
    }
    std::vector<model::Cell> cells;
    for (const size_t which : chosen) {
      const std::string filler(150 + random_.Uniform(150), 'x');
      std::string value = std::to_string(++rows_[which].asked) + " " + filler;
      cells.push_back(Insert(RowOf(which), table_.family("v"), "q", std::move(value)));
    }
    if (cells.empty()) continue;
    const Nanos patience = DrawPatience();
    const Status status = co_await writer.Write(table_, std::move(cells), patience);
    for (const size_t which : chosen) {
      if (status.ok()) rows_[which].acknowledged = rows_[which].asked;
    }
    // What may still be on its way has no effect after its expiry and the bound of the clocks.
    if (status.Is(StatusCode::kTimedOut)) co_await common::SleepFor(client->node(), patience + 2 * kSecond);
    CountOperation();
    co_await common::SleepFor(client->node(), DrawPause());
  }
}

Task<void> ScanWorkload::Read(SimClient* client) {
  for (int i = 0; i < kScans; ++i) {
    co_await ReadAll(client, DrawPatience(), false);
    CountOperation();
    co_await common::SleepFor(client->node(), DrawPause());
  }
}

/// What METADATA says now; nullopt when nobody can be asked.
Task<std::optional<client::RangeLocation>> ScanWorkload::Owner(SimClient* client) {
  client::RangeLocator& locator = client->core().locator();
  locator.Forget(table_.id, RowOf(0));
  auto found = co_await locator.Locate(table_.id, RowOf(0), client->In(kPatienceOfLookup));
  if (!found.ok()) co_return std::nullopt;
  co_return std::move(found).value();
}

/// Until METADATA gives the range to somebody in a later epoch, or for a while.
Task<void> ScanWorkload::AwaitSuccessor(SimClient* client, Epoch before) {
  const common::Deadline end = client->In(kLongestWait);
  while (!end.Expired(client->node().clock())) {
    const auto owner = co_await Owner(client);
    if (owner && before < owner->epoch) co_return;
    co_await common::SleepFor(client->node(), kPauseOfLooks);
  }
}

Task<void> ScanWorkload::ReadAll(SimClient* client, Nanos patience, bool is_last) {
  Seen seen;
  for (const Row& row : rows_) seen.at_least.push_back(row.acknowledged);
  client::ScanStream stream(client->core().scans(), table_.id, table_.schema, NewestOf(std::nullopt), kBlockBytes);
  bool waits = !is_last && random_.OneIn(2);  // for its server to lose the range, once
  int opened = 0;
  Epoch of_opened;  // Not before that of the server that the stream was opened at.
  while (true) {
    bool is_elsewhere = false;
    if (stream.opened_count() > 0) {
      const auto owner = co_await Owner(client);
      if (owner && opened == stream.opened_count()) {
        // The address alone may be an older one, of a lock service that was set back.
        is_elsewhere = of_opened < owner->epoch && owner->address != stream.address();
      } else if (owner) {
        opened = stream.opened_count();
        of_opened = owner->epoch;
      }
    }
    const auto block = co_await stream.Next(client->In(patience));
    if (!block.ok()) {
      if (is_last) Violate("the last scan: " + block.status().ToString());
      co_return;
    }
    if (is_elsewhere && *block && stream.opened_count() == opened)
      Violate("the range was given to another server, and " + stream.address() + " still answers scans of it");
    if (!*block) break;
    auto cells = model::DecodeScanBlock(**block);
    if (!cells.ok()) Violate("a block of a scan: " + cells.status().ToString());
    if (!cells.ok()) co_return;
    std::move(cells->begin(), cells->end(), std::back_inserter(seen.cells));
    if (is_last) continue;
    co_await common::SleepFor(client->node(), static_cast<Nanos>(random_.Uniform(800)) * kMillisecond);
    if (waits && opened > 0) {
      waits = false;
      co_await AwaitSuccessor(client, of_opened);
    }
  }
  Check(seen);
}

void ScanWorkload::Check(const Seen& seen) {
  size_t next = 0;
  for (size_t which = 0; which < kRows; ++which) {
    const bool is_there = next < seen.cells.size() && seen.cells[next].row == RowOf(which);
    const size_t version = is_there ? std::strtoull(seen.cells[next].value.c_str(), nullptr, 10) : 0;
    if (is_there) ++next;
    if (version < seen.at_least[which] || version > rows_[which].asked) {
      Violate(RowOf(which) + (is_there ? " is of version " + std::to_string(version) : " is missing") + ", version " +
              std::to_string(seen.at_least[which]) + " was acknowledged");
    }
  }
  if (next < seen.cells.size()) Violate("out of order, or twice: " + seen.cells[next].ToString());
}

Task<void> ScanWorkload::Verify() {
  co_await ReadAll(clients_.front(), kLongPatience, true);
}

}  // namespace cellar::sim

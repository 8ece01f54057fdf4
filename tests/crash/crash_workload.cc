// The writing and verifying side of tests/crash/kill9.py.
//
//   crash_workload load URL LEDGER ROWS_PER_FLUSH     writes rows until killed or told to stop by end of standard
//   input;
//                                                     after each acknowledged flush appends the count so far to LEDGER
//   crash_workload verify URL LEDGER                  every row that LEDGER knows as acknowledged is there, as written,
//                                                     and all families of a row agree
//   crash_workload create URL                         makes the table

#include <poll.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

#include "client/cpp/include/client.h"
#include "common/bytes/hash.h"
#include "tests/support/grouped_families.h"

namespace cellar::tests {
namespace {

constexpr char kTable[] = "/crash";
constexpr const char* kFamilies[] = {"a", "b", "c"};  // each in an access group of its own

/// Row `index` of the sequence: spread over the key space, so that every flush touches all of it.
std::string RowOf(uint64_t index) {
  char text[40];
  std::snprintf(text, sizeof(text), "%016llx-%llu",
                static_cast<unsigned long long>(common::Hash64(std::to_string(index))),
                static_cast<unsigned long long>(index));
  return text;
}

std::string ValueOf(uint64_t index) {
  std::string value = std::to_string(index) + ":";
  while (value.size() < 100) value += std::to_string(common::Hash64(value, index));
  return value;
}

int Fail(const std::string& what) {
  std::fprintf(stderr, "crash_workload: %s\n", what.c_str());
  return 1;
}

Status Create(client::Client& client) {
  return client.CreateTable(kTable, GroupedFamilies(kFamilies));
}

/// The count in the ledger's last whole line; 0 when there is none.
uint64_t Acknowledged(const std::string& ledger) {
  std::ifstream in(ledger);
  uint64_t count = 0;
  uint64_t next = 0;
  while (in >> next) count = next;
  return count;
}

bool StandardInputEnded() {
  pollfd input{0, POLLIN, 0};
  return poll(&input, 1, 0) > 0;
}

int Load(client::Client& client, const std::string& ledger, uint64_t rows_per_flush) {
  auto table = client.OpenTable(kTable);
  if (!table.ok()) return Fail(table.status().ToString());
  std::unique_ptr<client::Mutator> mutator = (*table)->NewMutator();
  std::ofstream out(ledger, std::ios::app);
  uint64_t next = Acknowledged(ledger);
  while (!StandardInputEnded()) {
    for (uint64_t i = 0; i < rows_per_flush; ++i, ++next) {
      const std::string row = RowOf(next);
      const std::string value = ValueOf(next);
      for (const char* family : kFamilies) {
        const Status set = mutator->Set(row, family, "", value);
        if (!set.ok()) return Fail("set: " + set.ToString());
      }
    }
    const Status flushed = mutator->Flush();
    if (!flushed.ok()) return Fail("flush: " + flushed.ToString());
    out << next << "\n" << std::flush;
  }
  return 0;
}

/// Reads every row once; marks which were there. Counts what is wrong.
struct Verification {
  explicit Verification(uint64_t acknowledged_count) : found(acknowledged_count, 0) {}

  void Take(const model::CellView& cell) {
    const std::string row(cell.key.row);
    const size_t dash = row.find('-');
    const uint64_t index = dash == std::string::npos ? UINT64_MAX : std::strtoull(row.c_str() + dash + 1, nullptr, 10);
    if (index == UINT64_MAX || row != RowOf(index) || cell.value != ValueOf(index)) ++wrong;
    if (index < found.size()) found[index] |= static_cast<uint8_t>(1u << (cell.key.family.get() % 8));
    ++cells;
  }

  std::vector<uint8_t> found;  ///< By row: which families.
  uint64_t wrong = 0;
  uint64_t cells = 0;
};

int Verify(client::Client& client, const std::string& ledger) {
  auto table = client.OpenTable(kTable);
  if (!table.ok()) return Fail(table.status().ToString());
  Verification verification(Acknowledged(ledger));
  auto scanner = (*table)->NewScanner(model::ScanSpec());
  if (!scanner.ok()) return Fail(scanner.status().ToString());
  model::CellView cell;
  while ((*scanner)->Next(&cell)) verification.Take(cell);
  if (!(*scanner)->status().ok()) return Fail((*scanner)->status().ToString());
  uint8_t all = 0;
  for (const char* name : kFamilies) {
    all |= static_cast<uint8_t>(1u << ((*table)->schema()->FindFamily(name)->id.get() % 8));
  }
  uint64_t lost = 0;
  for (const uint8_t families : verification.found) lost += families == all ? 0 : 1;
  std::printf("acknowledged %zu rows, read %llu cells, lost %llu, wrong %llu\n", verification.found.size(),
              static_cast<unsigned long long>(verification.cells), static_cast<unsigned long long>(lost),
              static_cast<unsigned long long>(verification.wrong));
  return lost == 0 && verification.wrong == 0 ? 0 : 1;
}

int Run(int argc, char** argv) {
  if (argc < 3) return Fail("usage: crash_workload create|load|verify URL [LEDGER [ROWS_PER_FLUSH]]");
  client::ClientOptions options;
  options.lock_service_url = argv[2];
  auto client = client::Client::Connect(options);
  if (!client.ok()) return Fail(client.status().ToString());
  const std::string verb = argv[1];
  if (verb == "create") {
    const Status created = Create(**client);
    return created.ok() ? 0 : Fail(created.ToString());
  }
  if (verb == "load" && argc == 5) return Load(**client, argv[3], std::strtoull(argv[4], nullptr, 10));
  if (verb == "verify" && argc == 4) return Verify(**client, argv[3]);
  return Fail("unknown verb or wrong number of arguments");
}

}  // namespace
}  // namespace cellar::tests

int main(int argc, char** argv) {
  return cellar::tests::Run(argc, argv);
}

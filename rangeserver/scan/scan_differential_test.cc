#include <gtest/gtest.h>

#include <algorithm>

#include "common/file/memory_file_system.h"
#include "model/evaluator.h"
#include "rangeserver/scan/scan.h"
#include "storage/cellstore/cellstore_reader.h"
#include "storage/cellstore/cellstore_writer.h"
#include "tests/support/random_cells.h"

namespace cellar::rangeserver {
namespace {

using model::Cell;
using model::RowInterval;
using storage::CellSource;
using storage::KeyBounds;

using EncodedCells = std::vector<std::pair<std::string, std::string>>;

/// Cells in memory as a source.
class ListSource final : public CellSource {
 public:
  ListSource(const EncodedCells& cells, KeyBounds bounds) : cells_(cells), bounds_(std::move(bounds)) {}

  void SeekToFirst() override { Seek({}); }
  void Seek(std::string_view target) override {
    const std::string_view from = std::max<std::string_view>(target, bounds_.start);
    next_ = std::lower_bound(cells_.begin(), cells_.end(), from,
                             [](const auto& cell, std::string_view key) { return cell.first < key; });
  }
  bool Valid() const override { return next_ != cells_.end() && !bounds_.is_past_end(next_->first); }
  void Next() override { ++next_; }
  std::string_view key() const override { return next_->first; }
  std::string_view value() const override { return next_->second; }
  const Status& status() const override { return status_; }

 private:
  const EncodedCells& cells_;
  const KeyBounds bounds_;
  EncodedCells::const_iterator next_;
  Status status_;
};

/// Everything ever written to one table, spread over lists and files at random; a row delete may be in several.
class World {
 public:
  explicit World(uint64_t seed) : cells_(seed), schema_(std::make_shared<const model::Schema>(cells_.NewSchema())) {
    cells_.UseRowPredicates();
    const size_t count = 1 + dice().Uniform(120);
    for (size_t i = 0; i < count; ++i) {
      last_revision_ += static_cast<int64_t>(1 + dice().Uniform(3)) * kSecond;
      history_.push_back(tests::Written(cells_.NewCell(*schema_, last_revision_), model::Revision{last_revision_}));
    }
    Spread();
  }

  Random& dice() { return cells_.random(); }
  tests::RandomCells& cells() { return cells_; }
  const std::shared_ptr<const model::Schema>& schema() const { return schema_; }
  const std::vector<Cell>& history() const { return history_; }
  int64_t last_revision() const { return last_revision_; }

  OpenSources Sources() const {
    return [this](const model::FamilySet&, const RowInterval& rows) {
      std::vector<std::unique_ptr<CellSource>> sources;
      for (const EncodedCells& list : lists_)
        sources.push_back(std::make_unique<ListSource>(list, KeyBounds::Of(rows)));
      for (const auto& file : stores_) sources.push_back(file->NewSource(KeyBounds::Of(rows)));
      return Result<std::vector<std::unique_ptr<CellSource>>>(std::move(sources));
    };
  }

 private:
  void Spread() {
    std::vector<EncodedCells> parts(1 + dice().Uniform(5));
    for (const Cell& cell : history_) {
      std::string key;
      schema_->key_codec().Encode(cell.key(), &key);
      parts[dice().Uniform(parts.size())].emplace_back(key, cell.value);
      if (cell.flag == model::KeyFlag::kDeleteRow) parts[dice().Uniform(parts.size())].emplace_back(key, cell.value);
    }
    for (EncodedCells& part : parts) {
      std::sort(part.begin(), part.end());
      part.erase(std::unique(part.begin(), part.end()), part.end());
      if (part.empty()) continue;
      if (dice().OneIn(2)) {
        lists_.push_back(std::move(part));
      } else {
        stores_.push_back(Store(part));
      }
    }
  }

  std::shared_ptr<const storage::CellStoreReader> Store(const EncodedCells& part) {
    const std::string path = "cs" + std::to_string(stores_.size());
    storage::CellStoreOptions options;
    options.block_size_bytes = static_cast<uint32_t>(64 + dice().Uniform(500));
    options.restart_interval = static_cast<uint8_t>(1 + dice().Uniform(5));
    auto writer = storage::CellStoreWriter::Create(files_, path, Incarnation(FencingNumber{1, 1}), {}, options,
                                                   schema_->key_codec());
    CHECK(writer.ok());
    for (const auto& [key, value] : part) CHECK((*writer)->Add(key, value).ok());
    CHECK((*writer)->Finish().ok());
    auto reader = storage::CellStoreReader::Open(files_, path, {});
    CHECK(reader.ok());
    return std::move(reader).value();
  }

  tests::RandomCells cells_;
  std::shared_ptr<const model::Schema> schema_;
  MemoryFileSystem files_;
  int64_t last_revision_ = 1'700'000'000 * kSecond;
  std::vector<Cell> history_;
  std::vector<EncodedCells> lists_;
  std::vector<std::shared_ptr<const storage::CellStoreReader>> stores_;
};

std::string Describe(const std::vector<Cell>& cells) {
  std::string text;
  for (const Cell& cell : cells) text += cell.ToString() + "\n";
  return text;
}

/// Ranges that tile the table, cut at random rows.
std::vector<RowInterval> Ranges(World& world, size_t cut_count) {
  std::vector<std::string> cuts;
  for (size_t i = 0; i < cut_count; ++i) cuts.push_back(world.cells().NewRow());
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  std::vector<RowInterval> ranges;
  std::optional<std::string> start;
  for (const std::string& cut : cuts) {
    ranges.push_back(RowInterval::Range(start, cut));
    start = cut;
  }
  ranges.push_back(RowInterval::Range(start, std::nullopt));
  return ranges;
}

struct Attempt {
  std::shared_ptr<const ScanPlan> plan;
  model::Revision snapshot;
  Nanos now = 0;
  size_t block_bytes = 1;
  bool reopens = false;  ///< Another scan for each block, from the position of the one before.
};

ScanInput InputOf(const World& world, const Attempt& attempt, const RowInterval& rows) {
  ScanInput input;
  input.open_sources = world.Sources();
  input.rows = rows;
  input.snapshot = attempt.snapshot;
  input.now = attempt.now;
  return input;
}

/// What a client would collect, range by range and block by block.
std::vector<Cell> Collect(const World& world, const Attempt& attempt, const std::vector<RowInterval>& ranges) {
  std::vector<Cell> collected;
  std::string position;
  for (const RowInterval& rows : ranges) {
    auto scan = Scan::Open(attempt.plan, InputOf(world, attempt, rows), position);
    ScanProgress progress;
    do {
      EXPECT_TRUE(scan.ok()) << scan.status().ToString();
      model::ScanBlockWriter block;
      const auto filled = (*scan)->Fill(attempt.block_bytes, &block);
      EXPECT_TRUE(filled.ok()) << filled.status().ToString();
      progress = *filled;
      const std::vector<Cell> cells = model::DecodeScanBlock(block.Finish()).value();
      collected.insert(collected.end(), cells.begin(), cells.end());
      position = (*scan)->position();
      if (progress.more && attempt.reopens) scan = Scan::Open(attempt.plan, InputOf(world, attempt, rows), position);
    } while (progress.more);
    if (progress.finished) break;
  }
  return collected;
}

void RunSeed(uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  World world(seed);
  for (int i = 0; i < 25; ++i) {
    SCOPED_TRACE("request " + std::to_string(i));
    model::ScanSpec spec = world.cells().NewSpec(*world.schema(), world.last_revision());
    spec.return_deletes = world.dice().OneIn(6);
    spec.expired_too = spec.return_deletes && world.dice().OneIn(3);
    Attempt attempt;
    attempt.snapshot = world.history()[world.dice().Uniform(world.history().size())].revision;
    if (world.dice().OneIn(2)) attempt.snapshot = model::Revision{world.last_revision()};
    attempt.now = world.last_revision() + static_cast<Nanos>(world.dice().Uniform(30)) * kSecond;
    attempt.block_bytes = 1 + world.dice().Uniform(300);
    attempt.reopens = world.dice().OneIn(2);
    const auto expected = model::Evaluate(*world.schema(), world.history(), spec, attempt.snapshot, attempt.now);
    const auto plan = ScanPlan::Make(world.schema(), spec);
    ASSERT_EQ(plan.ok(), expected.ok());
    if (!plan.ok()) {
      EXPECT_EQ(plan.status().detail(), expected.status().detail());
      continue;
    }
    attempt.plan = *plan;
    const bool one_range = spec.interval_mode == model::IntervalMode::kEachInOrder;
    const std::vector<Cell> found = Collect(world, attempt, Ranges(world, one_range ? 0 : world.dice().Uniform(4)));
    ASSERT_EQ(Describe(found), Describe(*expected)) << "history:\n" << Describe(world.history());
  }
}

TEST(ScanDifferentialTest, AnyRequestOverAnyCells_EqualsTheEvaluator) {
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    RunSeed(seed);
    if (HasFatalFailure()) return;
  }
}

TEST(ScanDifferentialTest, ARowOfTwoIntervals_ThatIsDecidedOn_IsReadForBoth) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World world(seed);
    const std::string row = world.cells().NewRow();
    const std::string family = world.schema()->families()[0].name;
    const auto exists = model::ColumnPredicate::Value::kExists;
    model::ScanSpec spec;
    spec.scan_and_filter_rows = true;
    spec.predicates = model::PredicateTree(model::ColumnPredicate(family, model::QualifierMatch(), exists, ""));
    spec.cell_intervals.emplace_back().end = model::CellBound::AtFamily(row, family, true);
    const std::string& second = world.schema()->families()[1].name;
    spec.cell_intervals.emplace_back().start = model::CellBound::AtColumn(row, second, "", false);
    Attempt attempt;
    attempt.snapshot = model::Revision{world.last_revision()};
    attempt.now = world.last_revision();
    attempt.block_bytes = 1000;
    const auto expected = model::Evaluate(*world.schema(), world.history(), spec, attempt.snapshot, attempt.now);
    const auto plan = ScanPlan::Make(world.schema(), spec);
    ASSERT_EQ(plan.ok(), expected.ok());
    if (!plan.ok()) continue;  // a counter
    attempt.plan = *plan;
    ASSERT_EQ(Describe(Collect(world, attempt, {RowInterval::All()})), Describe(*expected));
  }
}

TEST(ScanDifferentialTest, DroppedFamily_IsOutOfSight) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World world(seed);
    const auto altered = world.schema()->Alter({model::DropFamilies{{world.schema()->families()[0].name}}});
    ASSERT_TRUE(altered.ok()) << altered.status().ToString();
    const auto schema = std::make_shared<const model::Schema>(*altered);
    for (const bool return_deletes : {false, true}) {
      model::ScanSpec spec;
      spec.return_deletes = return_deletes;
      Attempt attempt;
      attempt.plan = ScanPlan::Make(schema, spec).value();
      attempt.snapshot = model::Revision{world.last_revision()};
      attempt.now = world.last_revision();
      attempt.block_bytes = 1000;
      const auto expected = model::Evaluate(*schema, world.history(), spec, attempt.snapshot, attempt.now);
      EXPECT_EQ(Describe(Collect(world, attempt, {RowInterval::All()})), Describe(*expected));
    }
  }
}

}  // namespace
}  // namespace cellar::rangeserver

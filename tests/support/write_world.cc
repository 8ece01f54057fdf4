#include "tests/support/write_world.h"

#include <algorithm>
#include <utility>

#include "model/cell_codec.h"
#include "rangeserver/range/state_source.h"
#include "storage/merge_source.h"

namespace cellar::tests {

using model::Manifest;
using rangeserver::LoadedRange;
using rangeserver::Range;

namespace {

Incarnation IncarnationOf(uint64_t counter) {
  return Incarnation(FencingNumber{.term = 1, .counter = counter});
}

model::LogRef RefOf(uint64_t counter) {
  model::LogRef ref;
  ref.location = model::Location("rs1");
  ref.incarnation = IncarnationOf(counter);
  return ref;
}

model::Schema NewSchema(model::Durability durability) {
  model::SchemaDefinition definition;
  definition.durability = durability;
  definition.groups.resize(1);
  definition.groups[0].name = "other";
  definition.families.resize(3);
  definition.families[0].name = "a";
  definition.families[1].name = "b";
  definition.families[1].access_group = "other";
  definition.families[2].name = "n";
  definition.families[2].options.counter = true;
  Result<model::Schema> schema = model::Schema::Create(std::move(definition));
  CHECK(schema.ok());
  return std::move(schema).value();
}

}  // namespace

WriteWorld::WriteWorld(uint64_t seed, model::Durability durability)
    : scheduler_(seed),
      faults_(std::make_unique<FaultPoints>()),
      schema_(std::make_shared<const model::Schema>(NewSchema(durability))) {
  log_options_.max_fragment_bytes = 4000;
}

WriteWorld::~WriteWorld() {
  if (life_ != nullptr) Crash(false);
}

storage::LogIdentity WriteWorld::Identity() const {
  storage::LogIdentity identity;
  identity.cluster.bytes.fill(5);
  identity.incarnation = IncarnationOf(incarnation_);
  return identity;
}

Status WriteWorld::Start() {
  ++incarnation_;
  life_ = std::make_unique<WriteWorldLife>();
  life_->view = disk_.NewProcess();
  life_->files = std::make_unique<FaultyFileSystem>(*life_->view, scheduler_.random().Next());
  life_->node = std::make_unique<SimExecutor>(scheduler_, "rs" + std::to_string(incarnation_));
  life_->lease = std::make_unique<lockservice::Lease>(life_->node->clock(), 1000 * kSecond);
  life_->lease->Extend(life_->node->clock().BootNow());
  life_->file_ids = std::make_unique<rangeserver::FileIdSequence>(static_cast<uint32_t>(incarnation_));
  life_->clients = std::make_unique<TaskGroup>(*life_->node);
  for (const model::LogRef& ref : log_refs_) {
    auto sealed = life_->files->Seal(ref.Directory(), IncarnationOf(incarnation_));
    if (!sealed.ok()) return std::move(sealed).status();
  }
  RETURN_IF_ERROR(OpenRange());
  return OpenPipeline();
}

Status WriteWorld::OpenRange() {
  rangeserver::RangeEnvironment environment;
  environment.files = life_->files.get();
  environment.clock = &life_->node->clock();
  environment.file_ids = life_->file_ids.get();
  environment.cluster = Identity().cluster;
  environment.incarnation = IncarnationOf(incarnation_);
  life_->loaded = std::make_shared<LoadedRange>();
  life_->loaded->record.range = model::RangeKey(kTable, std::nullopt, std::nullopt);
  const Epoch epoch(FencingNumber{.term = 1, .counter = log_refs_.size() + 1});
  ASSIGN_OR_RETURN(std::unique_ptr<Range> range,
                   Range::Open(environment, life_->loaded->record.range, epoch, schema_, manifest_));
  life_->loaded->range = std::move(range);

  const rangeserver::ReplaySeams seams(*life_->files, Identity().cluster, IncarnationOf(incarnation_), *faults_);
  const rangeserver::ReplayTarget target{.range = life_->loaded->range, .log_refs = log_refs_};
  const auto results = rangeserver::ReplayLogs(seams, storage::LogClass::kUser, {&target, 1});
  RETURN_IF_ERROR(results[0].status);
  if (results[0].unproven) RETURN_IF_ERROR(Flush());
  return life_->ranges.Insert(life_->loaded);
}

Status WriteWorld::OpenPipeline() {
  log_refs_.push_back(RefOf(incarnation_));
  ASSIGN_OR_RETURN(auto log,
                   rangeserver::GroupLog::Open(*life_->files,
                                               rangeserver::LogDirectory(RefOf(incarnation_), storage::LogClass::kUser),
                                               Identity(), log_options_, *faults_));
  rangeserver::WriteSeams seams(*life_->node, life_->ranges, *life_->lease, *faults_);
  seams.check_writable = [this] { return writable_; };
  seams.on_dead = [life = life_.get()](const Status&) { life->dead = true; };
  life_->pipeline = std::make_unique<rangeserver::WritePipeline>(seams, std::move(log), options_);
  life_->pipeline->AddRange(*life_->loaded->range);
  life_->loaded->state = LoadedRange::State::kServing;
  return common::OkStatus();
}

void WriteWorld::Crash(bool power_cut) {
  life_->node->Kill();
  life_->view->Kill();
  if (power_cut) disk_.PowerCut(scheduler_.random());
  life_->node->RunOutJobs();
  life_.reset();
}

Status WriteWorld::Stop() {
  const Status status = scheduler_.Run(*life_->node, life_->pipeline->Close());
  Crash(false);
  return status;
}

model::Cell WriteWorld::Cell(std::string_view row, std::string_view family, std::string_view qualifier,
                             std::string_view value) {
  model::Cell cell;
  cell.row = row;
  cell.family = schema_->FindFamily(family)->id;
  cell.qualifier = qualifier;
  cell.value = value;
  return cell;
}

rangeserver::WriteBatch WriteWorld::Batch(const std::vector<model::Cell>& cells) {
  model::FrameBuilder builder(schema_->key_codec());
  for (const model::Cell& cell : cells) builder.Add(cell.view());
  rangeserver::WriteBatch batch;
  batch.table = kTable;
  batch.generation = schema_->generation();
  batch.session = model::SessionId(77);
  batch.sequence = model::SequenceNumber(++sequence_);
  batch.expires_at = life_->node->clock().WallNow() + 60 * kSecond;
  batch.durability = model::Durability::kNone;
  batch.resumes = true;
  batch.frame = builder.Build();
  return batch;
}

Result<rangeserver::WriteOutcome> WriteWorld::Write(rangeserver::WriteBatch batch) {
  return scheduler_.Run(*life_->node, life_->pipeline->Write(std::move(batch)));
}

Result<rangeserver::MutationOutcome> WriteWorld::Mutate(rangeserver::WriteBatch batch,
                                                        std::vector<rangeserver::CellCondition> conditions) {
  return scheduler_.Run(
      *life_->node, life_->pipeline->MutateRow(std::move(batch), rangeserver::MutationRequest(std::move(conditions))));
}

Status WriteWorld::Flush(rangeserver::CompactionKind kind) {
  Range& range = *life_->loaded->range;
  ASSIGN_OR_RETURN(const std::optional<rangeserver::ManifestEdit> edit, range.Compact(kind));
  if (!edit) return common::OkStatus();
  manifest_ = edit->manifest;
  range.Installed(*edit);
  return common::OkStatus();
}

std::vector<model::Cell> WriteWorld::ReadAll() {
  const rangeserver::RangeSnapshot snapshot = range().Snapshot();
  auto sources = snapshot.Sources(model::FamilySet().set(), model::RowInterval::All());
  CHECK(sources.ok());
  rangeserver::StateSource::Options options;
  options.snapshot = snapshot.revision();
  options.now = life_->node->clock().WallNow();
  rangeserver::StateSource state(snapshot.schema(), std::make_unique<storage::MergeSource>(std::move(sources).value()),
                                 options);
  std::vector<model::Cell> cells;
  for (state.SeekToFirst(); state.Valid(); state.Next()) {
    model::Cell cell;
    CHECK(schema_->key_codec().Decode(state.key(), &cell).ok());
    cell.value = std::string(state.value());
    cells.push_back(std::move(cell));
  }
  CHECK(state.status().ok());
  return cells;
}

std::optional<std::string> WriteWorld::Read(std::string_view row, std::string_view family, std::string_view qualifier) {
  for (const model::Cell& cell : ReadAll()) {
    if (cell.row == row && cell.family == schema_->FindFamily(family)->id && cell.qualifier == qualifier)
      return cell.value;
  }
  return std::nullopt;
}

}  // namespace cellar::tests

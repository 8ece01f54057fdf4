#include "tests/support/master_world.h"

#include <gtest/gtest.h>

#include <utility>

#include "storage/metalog/metalog.h"
#include "storage/metalog/root_record.h"

namespace cellar::master {
namespace {

constexpr Nanos kPatience = 20 * kSecond;

/// Ends the session that holds the lock on `/master`. The caller keeps both alive.
Task<Status> EndHolder(lockservice::LockServer* server, LockService* locks) {
  const lockservice::SessionOptions session_options("test");
  CO_TRY(const std::unique_ptr<LockSession> session, co_await locks->OpenSession(session_options));
  CO_TRY(const lockservice::NodeState node, co_await session->Read("/master"));
  CO_RETURN_IF_ERROR(co_await server->CloseSession(node.holds.at(0).session));
  co_return co_await session->Close();
}

}  // namespace

MasterWorld::Process::Process(MasterWorld& outer)
    : files(outer.disk.NewProcess()),
      random{3 + outer.lives_++},
      node(outer.world, "master"),
      transport(outer.network, node),
      rpc(node, transport, random),
      tasks(node) {}

MasterWorld::MasterWorld()
    : faults(FaultPoints::Hooks{[this](std::string_view) {
                                  process_->files->Kill();
                                  process_->node.Kill();
                                  network.CutAll("master");
                                },
                                {}},
             1),
      stub(client_) {
  options.unlocked_patience = 3600 * kSecond;  // the fake one holds no lock
  range_server = std::make_unique<FakeRangeServer>(server_node, server_transport_, "server", 15865);
}

MasterWorld::~MasterWorld() {
  if (dead()) BuryMaster();
  if (process_ != nullptr) StopMaster();
  world.Run(client_node, client_.Stop());
  world.Run(server_node, range_server->Stop());
}

Task<void> MasterWorld::RunProcess() {
  Process& process = *process_;
  lockservice::LockServerParts parts(process.node, faults, process.metrics, Logger());
  auto journal = std::make_unique<lockservice::MemoryLockJournal>(process.node, lock_store, 0);
  auto lock_server =
      co_await lockservice::LockServer::Open(std::move(parts), std::move(journal), lock_store.Entities());
  CHECK(lock_server.ok());
  process.lock_server = std::move(lock_server).value();
  process.locks = std::make_unique<lockservice::EmbeddedLockService>(*process.lock_server, process.node);
  MasterSeams seams{process.node,    *process.files, *process.files, process.transport,
                    process.rpc,     *process.locks, process.random, Logger(),
                    process.metrics, faults,         ClusterId()};
  MasterOptions master_options = options;
  master_options.listen = rpc::Address("master", 15862);
  auto on_fatal = [this](Status why) { fatal = std::move(why); };
  auto master = co_await Master::Start(std::move(seams), std::move(master_options), std::move(on_fatal));
  if (!master.ok()) refusal = master.status();
  if (master.ok()) process.master = std::move(master).value();
}

bool MasterWorld::StartMaster() {
  refusal = Status();
  process_ = std::make_unique<Process>(*this);
  process_->node.Post([this] { process_->tasks.Spawn(RunProcess(), "process"); });
  world.RunUntil([this] { return dead() || process_->master != nullptr || !refusal.ok(); });
  return !dead() && refusal.ok();
}

void MasterWorld::StopMaster() {
  if (process_->master != nullptr) world.Run(process_->node, process_->master->Stop());
  world.Run(process_->node, process_->rpc.Stop());
  world.Run(process_->node, process_->tasks.Join());
  process_->master.reset();
  world.Run(process_->node, process_->lock_server->Stop());
  process_.reset();
  world.RunFor(5 * kSecond);  // its peers see the connections end
}

void MasterWorld::EndMasterSession() {
  CHECK(world.Run(process_->node, EndHolder(process_->lock_server.get(), process_->locks.get())).ok());
}

void MasterWorld::BuryMaster() {
  process_->tasks.DestroyAll();
  process_->master.reset();
  process_.reset();
  faults.DisarmAll();
  world.RunFor(5 * kSecond);
}

bool MasterWorld::StartRangeServer(const std::string& location) {
  protocol::RegisterServerRequest request;
  if (!location.empty()) request.__set_location(location);
  request.address = range_server->address();
  request.wall_clock = process_->node.clock().WallNow();  // a new node begins its own
  auto registered = Ask(stub.RegisterServer(kMasterAddress, std::move(request), In(kPatience)));
  EXPECT_TRUE(registered.ok() || dead()) << registered.status().ToString();
  if (!registered.ok()) return false;
  FencingNumber incarnation;
  incarnation.term = static_cast<uint32_t>(registered->incarnation.term);
  incarnation.counter = static_cast<uint64_t>(registered->incarnation.counter);
  CHECK(disk.CreateDirectories(
                model::IncarnationDirectory(model::Location(registered->location), Incarnation(incarnation)) + "/log")
            .ok());
  WriteRootRecord(model::Location(registered->location), Incarnation(incarnation));
  range_server->BeginLife(registered->location, Incarnation(incarnation));
  protocol::ServerReadyRequest ready;
  ready.location = registered->location;
  ready.incarnation = registered->incarnation;
  const Status answer = Ask(stub.ServerReady(kMasterAddress, std::move(ready), In(kPatience)));
  EXPECT_TRUE(answer.ok() || dead()) << answer.ToString();
  return answer.ok();
}

void MasterWorld::WriteRootRecord(const model::Location& location, Incarnation incarnation) {
  const std::string directory = storage::RootMetaLogDirectory(incarnation);
  CHECK(disk.CreateDirectories(directory).ok());
  auto log = storage::MetaLog::Open(disk, directory, ClusterId(), incarnation);
  CHECK(log.ok());
  model::RangeRecord record;
  record.range = model::RootRange();
  record.location = location;
  record.incarnation = incarnation;
  record.epoch = Epoch(incarnation.get());
  CHECK((*log)->Update(storage::MetaLogRecord::Update(storage::kRootRecord, storage::EncodeRootRecord(record))).ok());
}

void MasterWorld::AwaitCollection() {
  world.RunUntil([this] { return dead() || process_->master->collected(); }, world.now() + 60 * kSecond);
}

void MasterWorld::AwaitRecovery() {
  world.RunUntil([this] { return dead() || process_->master->recovered(); }, world.now() + 60 * kSecond);
}

void MasterWorld::StartAll() {
  CHECK(StartMaster());
  CHECK(StartRangeServer("rs1"));
  AwaitRecovery();
  CHECK(master().recovered());
}

protocol::RequestId MasterWorld::IdOf(int64_t request) {
  protocol::RequestId id;
  id.session = 5;
  id.sequence = request;
  return id;
}

model::SchemaDefinition MasterWorld::Definition(const std::vector<std::string>& families) {
  model::SchemaDefinition definition;
  for (const std::string& name : families) definition.families.emplace_back().name = name;
  return definition;
}

Result<protocol::CreateTableResponse> MasterWorld::CreateTable(const std::string& path, int64_t request) {
  protocol::CreateTableRequest message;
  message.id = IdOf(request);
  message.path = path;
  message.schema = Definition({"a", "b"}).Encode();
  return Ask(stub.CreateTable(kMasterAddress, std::move(message), In(kPatience)));
}

Status MasterWorld::RenameTable(const std::string& path, const std::string& new_path, int64_t request) {
  protocol::RenameTableRequest message;
  message.id = IdOf(request);
  message.path = path;
  message.new_path = new_path;
  return Ask(stub.RenameTable(kMasterAddress, std::move(message), In(kPatience)));
}

Status MasterWorld::DropTable(const std::string& path, int64_t request, bool if_exists) {
  protocol::DropTableRequest message;
  message.id = IdOf(request);
  message.path = path;
  message.if_exists = if_exists;
  return Ask(stub.DropTable(kMasterAddress, std::move(message), In(kPatience)));
}

Status MasterWorld::CreateNamespace(const std::string& path, int64_t request, bool if_not_exists) {
  protocol::CreateNamespaceRequest message;
  message.id = IdOf(request);
  message.path = path;
  message.if_not_exists = if_not_exists;
  return Ask(stub.CreateNamespace(kMasterAddress, std::move(message), In(kPatience)));
}

Status MasterWorld::DropNamespace(const std::string& path, int64_t request, bool if_exists) {
  protocol::DropNamespaceRequest message;
  message.id = IdOf(request);
  message.path = path;
  message.if_exists = if_exists;
  return Ask(stub.DropNamespace(kMasterAddress, std::move(message), In(kPatience)));
}

Result<protocol::AlterTableResponse> MasterWorld::AlterTable(const std::string& path, int64_t request,
                                                             const model::SchemaDefinition& wanted,
                                                             int64_t generation) {
  protocol::AlterTableRequest message;
  message.id = IdOf(request);
  message.path = path;
  message.schema = wanted.Encode();
  message.expected_generation = generation;
  return Ask(stub.AlterTable(kMasterAddress, std::move(message), In(kPatience)));
}

Status MasterWorld::SetReadOnly(std::optional<bool> read_only, int64_t request) {
  protocol::SetVariablesRequest message;
  message.id = IdOf(request);
  if (read_only) message.__set_read_only(*read_only);
  return Ask(stub.SetVariables(kMasterAddress, std::move(message), In(kPatience)));
}

Result<protocol::OpenTableResponse> MasterWorld::OpenTable(const std::string& path) {
  protocol::OpenTableRequest message;
  message.path = path;
  return Ask(stub.OpenTable(kMasterAddress, std::move(message), In(kPatience)));
}

std::vector<std::string> MasterWorld::List(const std::string& path) {
  protocol::ListNamespaceRequest message;
  message.path = path;
  auto listing = Ask(stub.ListNamespace(kMasterAddress, std::move(message), In(kPatience)));
  CHECK(listing.ok());
  std::vector<std::string> names;
  for (const auto& entry : listing->entries) names.push_back(entry.name + (entry.is_namespace ? "/" : ""));
  return names;
}

protocol::MasterStatusResponse MasterWorld::MasterStatus() {
  const protocol::MasterStatusRequest nothing;
  return Ask(stub.MasterStatus(kMasterAddress, nothing, In(kPatience))).value();
}

}  // namespace cellar::master

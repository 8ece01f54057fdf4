#include "master/state/master_entities.h"

#include <charconv>
#include <utility>

#include "common/bytes/coding.h"

namespace cellar::master {
namespace {

constexpr uint8_t kVersion = 1;
constexpr uint8_t kOperationVersion = 3;    ///< 1 had no new path, 2 no index tables.
constexpr uint8_t kWithoutIndexTables = 2;  ///< Of operations that have none, to this day.

Status Malformed(const char* what) {
  return common::Corruption(std::string("the master's log holds a malformed ") + what);
}

bool GetVersion(common::Reader* in) {
  uint8_t version = 0;
  return in->GetFixed8(&version) && version == kVersion;
}

bool GetText(common::Reader* in, std::string* text) {
  std::string_view view;
  if (!in->GetLengthPrefixed(&view)) return false;
  text->assign(view);
  return true;
}

bool GetFlag(common::Reader* in, bool* flag) {
  uint8_t value = 0;
  if (!in->GetFixed8(&value) || value > 1) return false;
  *flag = value == 1;
  return true;
}

void PutNumber(std::string* out, const FencingNumber& number) {
  common::PutVarint32(out, number.term);
  common::PutVarint64(out, number.counter);
}

bool GetNumber(common::Reader* in, FencingNumber* number) {
  return in->GetVarint32(&number->term) && in->GetVarint64(&number->counter);
}

void PutIndexTables(std::string* out, const std::vector<IndexTable>& tables) {
  common::PutVarint64(out, tables.size());
  for (const IndexTable& table : tables) {
    common::PutFixed8(out, static_cast<uint8_t>(table.kind));
    common::PutVarint32(out, table.table.space);
    common::PutVarint32(out, table.table.number);
  }
}

bool GetIndexTables(common::Reader* in, std::vector<IndexTable>* tables) {
  uint64_t count = 0;
  if (!in->GetVarint64(&count) || count > std::size(model::kIndexKinds)) return false;
  for (uint64_t i = 0; i < count; ++i) {
    IndexTable& table = tables->emplace_back();
    uint8_t kind = 0;
    if (!in->GetFixed8(&kind) || kind > static_cast<uint8_t>(model::IndexKind::kQualifier) ||
        !in->GetVarint32(&table.table.space) || !in->GetVarint32(&table.table.number)) {
      return false;
    }
    table.kind = static_cast<model::IndexKind>(kind);
  }
  return true;
}

}  // namespace

std::string_view OperationKindName(OperationKind kind) {
  switch (kind) {
    case OperationKind::kCreateNamespace:
      return "create namespace";
    case OperationKind::kDropNamespace:
      return "drop namespace";
    case OperationKind::kCreateTable:
      return "create table";
    case OperationKind::kDropTable:
      return "drop table";
    case OperationKind::kAlterTable:
      return "alter table";
    case OperationKind::kRenameTable:
      return "rename table";
    case OperationKind::kSetVariables:
      return "set variables";
  }
  return "unknown";
}

std::string CountersEntity::Encode() const {
  std::string out;
  common::PutFixed8(&out, kVersion);
  common::PutVarint64(&out, next_operation);
  common::PutVarint32(&out, next_table);
  common::PutVarint32(&out, next_file_id_block);
  common::PutVarint32(&out, next_location);
  common::PutFixed8(&out, bootstrapped ? 1 : 0);
  return out;
}

Result<CountersEntity> CountersEntity::Decode(std::string_view bytes) {
  common::Reader in(bytes);
  CountersEntity counters;
  if (!GetVersion(&in) || !in.GetVarint64(&counters.next_operation) || !in.GetVarint32(&counters.next_table) ||
      !in.GetVarint32(&counters.next_file_id_block) || !in.GetVarint32(&counters.next_location) ||
      !GetFlag(&in, &counters.bootstrapped) || !in.empty()) {
    return Malformed("record of counters");
  }
  return counters;
}

std::string OperationEntity::Encode() const {
  std::string out;
  const bool has_tables = !new_index_tables.empty() || !old_index_tables.empty() || !interim_schema.empty();
  common::PutFixed8(&out, has_tables ? kOperationVersion : kWithoutIndexTables);
  common::PutVarint64(&out, id);
  common::PutFixed8(&out, static_cast<uint8_t>(kind));
  common::PutVarint32(&out, step);
  common::PutFixed8(&out, done ? 1 : 0);
  common::PutFixed64(&out, static_cast<uint64_t>(session));
  common::PutFixed64(&out, static_cast<uint64_t>(sequence));
  common::PutLengthPrefixed(&out, path);
  common::PutVarint32(&out, table.space);
  common::PutVarint32(&out, table.number);
  common::PutLengthPrefixed(&out, schema);
  common::PutFixed8(&out, lenient ? 1 : 0);
  common::PutFixed8(&out, code);
  common::PutFixed32(&out, static_cast<uint32_t>(detail));
  common::PutLengthPrefixed(&out, message);
  common::PutLengthPrefixed(&out, new_path);
  if (!has_tables) return out;
  PutIndexTables(&out, new_index_tables);
  PutIndexTables(&out, old_index_tables);
  common::PutLengthPrefixed(&out, interim_schema);
  return out;
}

Result<OperationEntity> OperationEntity::Decode(std::string_view bytes) {
  common::Reader in(bytes);
  OperationEntity operation;
  uint8_t version = 0;
  uint8_t kind = 0;
  uint64_t session = 0;
  uint64_t sequence = 0;
  uint32_t detail = 0;
  const bool whole =
      in.GetFixed8(&version) && in.GetVarint64(&operation.id) && in.GetFixed8(&kind) &&
      in.GetVarint32(&operation.step) && GetFlag(&in, &operation.done) && in.GetFixed64(&session) &&
      in.GetFixed64(&sequence) && GetText(&in, &operation.path) && in.GetVarint32(&operation.table.space) &&
      in.GetVarint32(&operation.table.number) && GetText(&in, &operation.schema) && GetFlag(&in, &operation.lenient) &&
      in.GetFixed8(&operation.code) && in.GetFixed32(&detail) && GetText(&in, &operation.message) &&
      (version < 2 || GetText(&in, &operation.new_path)) &&
      (version < 3 || (GetIndexTables(&in, &operation.new_index_tables) &&
                       GetIndexTables(&in, &operation.old_index_tables) && GetText(&in, &operation.interim_schema))) &&
      in.empty();
  constexpr uint8_t kFirst = static_cast<uint8_t>(OperationKind::kCreateNamespace);
  constexpr uint8_t kLast = static_cast<uint8_t>(OperationKind::kSetVariables);
  if (!whole || version < kVersion || version > kOperationVersion || kind < kFirst || kind > kLast ||
      operation.code > static_cast<uint8_t>(StatusCode::kCancelled)) {
    return Malformed("record of an operation");
  }
  operation.kind = static_cast<OperationKind>(kind);
  operation.session = static_cast<int64_t>(session);
  operation.sequence = static_cast<int64_t>(sequence);
  operation.detail = static_cast<int32_t>(detail);
  return operation;
}

std::string ServerEntity::Encode() const {
  std::string out;
  common::PutFixed8(&out, kVersion);
  common::PutVarint32(&out, number);
  common::PutLengthPrefixed(&out, address);
  PutNumber(&out, incarnation.get());
  common::PutVarint32(&out, file_id_block);
  return out;
}

Result<ServerEntity> ServerEntity::Decode(std::string_view bytes) {
  common::Reader in(bytes);
  ServerEntity server;
  FencingNumber incarnation;
  if (!GetVersion(&in) || !in.GetVarint32(&server.number) || !GetText(&in, &server.address) ||
      !GetNumber(&in, &incarnation) || !in.GetVarint32(&server.file_id_block) || !in.empty()) {
    return Malformed("record of a server");
  }
  server.incarnation = Incarnation(incarnation);
  return server;
}

Result<uint32_t> ParseLocationNumber(std::string_view location) {
  uint32_t number = 0;
  const bool prefixed = location.starts_with("rs");
  const std::string_view digits = prefixed ? location.substr(2) : std::string_view();
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || number == 0 || digits[0] == '0') {
    return common::InvalidArgument("'" + std::string(location) + "' is not a location: expected rs1, rs2, …");
  }
  return number;
}

std::string GarbageEntity::Encode() const {
  std::string out;
  common::PutFixed8(&out, kVersion);
  common::PutVarint64(&out, id);
  for (const std::string& path : paths) common::PutLengthPrefixed(&out, path);
  return out;
}

Result<GarbageEntity> GarbageEntity::Decode(std::string_view bytes) {
  common::Reader in(bytes);
  GarbageEntity garbage;
  if (!GetVersion(&in) || !in.GetVarint64(&garbage.id)) return Malformed("record of garbage");
  while (!in.empty()) {
    std::string path;
    if (garbage.paths.size() == kMaxPaths || !GetText(&in, &path)) return Malformed("record of garbage");
    garbage.paths.push_back(std::move(path));
  }
  return garbage;
}

std::string VariablesEntity::Encode() const {
  std::string out;
  common::PutFixed8(&out, kVersion);
  common::PutVarint64(&out, generation);
  common::PutFixed8(&out, read_only ? 1 : 0);
  return out;
}

Result<VariablesEntity> VariablesEntity::Decode(std::string_view bytes) {
  common::Reader in(bytes);
  VariablesEntity variables;
  if (!GetVersion(&in) || !in.GetVarint64(&variables.generation) || !GetFlag(&in, &variables.read_only) ||
      !in.empty()) {
    return Malformed("record of variables");
  }
  return variables;
}

std::string LockServiceEntity::Encode() const {
  std::string out;
  common::PutFixed8(&out, kVersion);
  common::PutLengthPrefixed(&out, nonce);
  PutNumber(&out, mark);
  PutNumber(&out, since.get());
  common::PutLengthPrefixed(&out, address);
  return out;
}

Result<LockServiceEntity> LockServiceEntity::Decode(std::string_view bytes) {
  common::Reader in(bytes);
  LockServiceEntity entity;
  FencingNumber since;
  if (!GetVersion(&in) || !GetText(&in, &entity.nonce) || !GetNumber(&in, &entity.mark) || !GetNumber(&in, &since) ||
      !GetText(&in, &entity.address) || !in.empty()) {
    return Malformed("record of the lock service");
  }
  entity.since = Incarnation(since);
  return entity;
}

Status OperationEntity::outcome() const {
  if (code == 0) return common::OkStatus();
  return Status(static_cast<StatusCode>(code), message, detail);
}

void OperationEntity::set_outcome(const Status& status) {
  done = true;
  code = static_cast<uint8_t>(status.code());
  detail = status.detail();
  message = status.message();
}

}  // namespace cellar::master

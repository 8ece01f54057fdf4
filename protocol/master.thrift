// What clients and range servers ask of the master. Method numbers are in protocol/master/methods.h.

namespace cpp cellar.protocol

include "common.thrift"

/// Names a request for ever, so that asking again finds the first one's outcome.
struct RequestId {
  1: i64 session
  2: i64 sequence
}

struct CreateNamespaceRequest { 1: RequestId id, 2: string path, 3: bool if_not_exists }
struct DropNamespaceRequest { 1: RequestId id, 2: string path, 3: bool if_exists }

struct CreateTableRequest {
  1: RequestId id
  2: string path
  3: binary schema                 // model::Schema without ids
}

struct CreateTableResponse { 1: common.TableId table, 2: binary schema }

struct DropTableRequest { 1: RequestId id, 2: string path, 3: bool if_exists }
struct RenameTableRequest { 1: RequestId id, 2: string path, 3: string new_path }

/// REBUILD INDICES: at first new, empty index tables; in the end, when the families' cells have their entries in them,
/// the word that they are complete.
struct IndexChange {
  1: list<i32> kinds               // model::IndexKind
  2: bool complete                 // false: begin anew
  3: list<i32> families            // complete: whose cells have their entries
  4: list<common.TableId> tables   // complete: in these, one a kind; refused with kConflict when they are others by now
}

struct AlterTableRequest {
  1: RequestId id
  2: string path
  3: binary schema                 // the whole wanted schema
  4: i64 expected_generation       // refused with kStaleSchema when the table moved on
  5: optional IndexChange indexes  // in place of a schema and a generation
}

struct AlterTableResponse { 1: i64 generation, 2: binary schema }

/// What is absent stays as it is. Answered when every range server goes by it.
struct SetVariablesRequest { 1: RequestId id, 2: optional bool read_only }

/// Reading names: answered from the catalog by the master, so that a client needs no bootstrap of its own for DDL.
struct OpenTableRequest { 1: string path }
struct OpenTableResponse { 1: common.TableId table, 2: binary schema }

struct ListNamespaceRequest { 1: string path }
struct ListingEntry { 1: string name, 2: bool is_namespace }
struct ListNamespaceResponse { 1: list<ListingEntry> entries }

// ---- Servers -----------------------------------------------------------------------------------------------------

struct RegisterServerRequest {
  1: optional string location      // the one held before
  2: string address
  3: i64 wall_clock
}

struct RegisterServerResponse {
  1: string location
  2: common.FencingNumber incarnation
  3: i64 file_id_block
  4: string cluster_id
  5: optional i64 received_at      // the master's wall clock
  6: optional i64 answered_at
}

struct ServerReadyRequest { 1: string location, 2: common.FencingNumber incarnation }

struct MasterStatusRequest {}

struct ServerEntry {
  1: string location
  2: string address
  3: common.FencingNumber incarnation
  4: string state                  // registered, ready, dead
}

struct OperationEntry { 1: i64 id, 2: string kind, 3: string state, 4: string subject, 5: bool done }

struct MasterStatusResponse {
  1: i32 term
  2: bool recovered                // every range of the catalog was told to load, and serves
  3: list<ServerEntry> servers
  4: list<OperationEntry> operations
  5: list<string> problems
  6: string data_directory         // on the master's machine; empty when it is not a directory of one machine
  7: bool collected                // nothing is left of dead servers, in logs or files
  8: string cluster_id
  9: i64 garbage_removed           // files and directories, in this term
  10: string data_url              // of files that a broker serves; empty when data_directory says where they are
  11: string log_url
  12: bool read_only
}

/**
 * What Cellar adds to the ancestor's API. Everything a user stores travels as bytes here: rows, qualifiers and values
 * may hold any byte. Packed cells are of version 2 in every answer, and of either version in every request.
 * A server that is not Cellar answers these methods with "unknown method".
 */

include "Client.thrift"
include "Hql.thrift"

namespace cpp cellar.thrift.gen
namespace java cellar.thriftgen
namespace py cellar.gen

/** What an acknowledgement is worth; TABLE: what the table says. */
enum Durability {
  TABLE = 0,
  /** In a synced log record. */
  SYNC = 1,
  /** Outside the range server's process. */
  FLUSH = 2,
  /** No log. */
  NONE = 3
}

struct ServerVersion {
  /** As `cellar version` prints it. */
  1: required string version
  /** Of the methods of this file; raised when one is added. This is 1. */
  2: required i32 api
  /** The largest frame taken, and the largest value a cell may hold. */
  3: required i64 max_frame_bytes
  4: required i64 max_value_bytes
  /** The newest version of packed cells. */
  5: required i32 cells_version
}

struct MutatorOptions {
  1: optional Durability durability = Durability.TABLE
  /** Milliseconds; 0: only when asked, and when the buffer is full. */
  2: optional i32 flush_interval = 0
}

enum CompareOperation {
  ABSENT = 0,
  PRESENT = 1,
  EQUAL = 2,
  NOT_EQUAL = 3,
  LESS = 4,
  LESS_OR_EQUAL = 5,
  GREATER = 6,
  GREATER_OR_EQUAL = 7,
  PREFIX = 8
}

/**
 * What the first visible cell of a column must be: the newest, or of a TIME_ORDER DESC family the oldest. ABSENT and
 * NOT_EQUAL hold when there is none, the others do not. Values are compared as bytes, those of a counter as numbers, in
 * decimal digits; PREFIX is not for counters (30).
 */
struct CellCondition {
  1: required string column_family
  2: optional binary column_qualifier
  3: required CompareOperation operation
  4: optional binary value
}

struct CheckResult {
  /** All conditions held, and the mutations were made. */
  1: required bool applied
  /** Else: the first condition that did not hold, and the value it met, if any. */
  2: optional i32 failed_condition
  3: optional binary current_value
  /** Applied: the revision of the first mutation. */
  4: optional i64 revision
}

struct InsertResult {
  1: required bool inserted
  /** Not inserted: what was there. */
  2: optional binary current_value
}

struct ScanBatch {
  1: required Client.CellsSerialized cells
  /** Opens a scan that goes on after these cells, on any gateway of the cluster, at any later time. */
  2: required binary token
  /** Nothing follows. */
  3: required bool done
}

struct HqlOptions {
  1: optional bool noflush = false
  2: optional bool unbuffered = false
}

struct HqlAnswer {
  1: optional list<binary> results
  2: optional Client.CellsSerialized cells
  3: optional i64 scanner
  4: optional i64 mutator
}

service CellarService extends Hql.HqlService {
  ServerVersion server_version() throws (1: Client.ClientException e)

  /**
   * Makes the mutations, which are packed cells of this one row, in one step if all conditions hold (none: always).
   * 4: it is not known whether they were made.
   */
  CheckResult check_and_mutate(1: Client.Namespace ns, 2: string table_name, 3: binary row,
      4: list<CellCondition> conditions, 5: Client.CellsSerialized mutations) throws (1: Client.ClientException e)

  /** Sets a cell if its column has none in this row. */
  InsertResult insert_if_absent(1: Client.Namespace ns, 2: string table_name, 3: binary row, 4: string column_family,
      5: binary column_qualifier, 6: binary value) throws (1: Client.ClientException e)

  /** Adds to a counter, and returns what it is then. 9: the column family is no counter. */
  i64 increment(1: Client.Namespace ns, 2: string table_name, 3: binary row, 4: string column_family,
      5: binary column_qualifier, 6: i64 delta = 1) throws (1: Client.ClientException e)

  /** A mutator for the mutator_ methods. */
  Client.Mutator mutator_open_with(1: Client.Namespace ns, 2: string table_name, 3: MutatorOptions options)
      throws (1: Client.ClientException e)

  /**
   * A scan that can be taken up again: with a token, after the batch it came with, under the same spec (else 30). Each
   * cell comes once; what was written meanwhile may be seen or not. Intervals are a set here: cells come in the order of
   * keys, and limits hold for the whole scan; cell_offset is refused (30). Closed by scanner_close.
   */
  Client.Scanner resumable_scan_open(1: Client.Namespace ns, 2: string table_name, 3: Client.ScanSpec scan_spec,
      4: binary token) throws (1: Client.ClientException e)

  /** The next batch of about max_bytes (0: the gateway's setting). */
  ScanBatch resumable_scan_next(1: Client.Scanner scanner, 2: i32 max_bytes = 0) throws (1: Client.ClientException e)

  /** hql_exec, with bytes. */
  HqlAnswer hql_run(1: Client.Namespace ns, 2: binary command, 3: HqlOptions options)
      throws (1: Client.ClientException e)
}

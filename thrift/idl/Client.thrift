/**
 * The client API of Hypertable 0.9.8, as Cellar serves it: framed transport, binary protocol, port 15867.
 *
 * Most methods have two names, an older `noun_verb` and a newer `verb_noun`; both do the same. Ids are opaque 64-bit
 * numbers, good on every connection from the same address, until its last connection closes. Errors are
 * ClientException with the ancestor's code. Cellar's own fields have ids from 100 up; its own methods are in
 * Cellar.thrift. docs/reference/thrift.md is the reference.
 */

namespace cpp Hypertable.ThriftGen
namespace java org.hypertable.thriftgen
namespace perl Hypertable.ThriftGen
namespace php Hypertable_ThriftGen
namespace py hyperthrift.gen
namespace rb Hypertable.ThriftGen

typedef i64 Future
typedef i64 Namespace
typedef i64 Scanner
typedef i64 ScannerAsync
typedef i64 Mutator
typedef i64 MutatorAsync

typedef binary Value

/** Out: row, column family, qualifier, value, timestamp. In: 1 to 7 of these, then revision and flag. */
typedef list<string> CellAsArray

/** Packed cells (docs/internals/gateway.md): version 1, or 2 where it was asked for. */
typedef binary CellsSerialized

/** One operation on the value or'ed with one on the qualifier. */
enum ColumnPredicateOperation {
  EXACT_MATCH = 1,
  PREFIX_MATCH = 2,
  REGEX_MATCH = 4,
  VALUE_MATCH = 7,
  QUALIFIER_EXACT_MATCH = 256,
  QUALIFIER_PREFIX_MATCH = 512,
  QUALIFIER_REGEX_MATCH = 1024,
  QUALIFIER_MATCH = 1792
}

enum KeyFlag {
  DELETE_ROW = 0,
  DELETE_CF = 1,
  DELETE_CELL = 2,
  DELETE_CELL_VERSION = 3,
  INSERT = 255
}

enum MutatorFlag {
  NO_LOG_SYNC = 1,
  IGNORE_UNKNOWN_CFS = 2,
  NO_LOG = 4
}

enum StatusCode {
  OK = 0,
  WARNING = 1,
  CRITICAL = 2,
  UNKNOWN = 3
}

/** Rows between two rows. An end without a row, or with FF FF, is open. */
struct RowInterval {
  1: optional string start_row
  2: optional bool start_inclusive = true
  3: optional string end_row
  4: optional bool end_inclusive = true
  5: optional binary start_row_binary
  6: optional binary end_row_binary
}

/** Cells between two columns ("family:qualifier") of two rows. */
struct CellInterval {
  1: optional string start_row
  2: optional string start_column
  3: optional bool start_inclusive = true
  4: optional string end_row
  5: optional string end_column
  6: optional bool end_inclusive = true

  // Cellar: the same as bytes, taken where the text is not set.
  100: optional binary start_row_binary
  101: optional binary start_column_binary
  102: optional binary end_row_binary
  103: optional binary end_column_binary
}

struct ColumnPredicate {
  1: optional string column_family
  2: optional string column_qualifier
  /** ColumnPredicateOperation, or'ed. */
  3: i32 operation
  4: optional string value

  // Cellar: the same as bytes, taken where the text is not set.
  100: optional binary column_qualifier_binary
  101: optional binary value_binary
}

/** What to read. Intervals are read one after the other as they stand; limits and offsets count anew in each. */
struct ScanSpec {
  1: optional list<RowInterval> row_intervals
  2: optional list<CellInterval> cell_intervals
  3: optional bool return_deletes = false
  /** Of each column, newest first; 0: all. */
  4: optional i32 versions = 0
  /** Of all limits: 0 is none. */
  5: optional i32 row_limit = 0
  /** Nanoseconds; the start is included, the end is not. */
  6: optional i64 start_time
  7: optional i64 end_time
  /** "family", "family:qualifier", "family:", "family:*", "family:^prefix", "family:/regex/". */
  8: optional list<string> columns
  9: optional bool keys_only = false
  14: optional i32 cell_limit = 0
  /** In each row. */
  10: optional i32 cell_limit_per_family = 0
  11: optional string row_regexp
  12: optional string value_regexp
  /** Single rows are gathered into a set, and come in the order of rows. */
  13: optional bool scan_and_filter_rows = false
  /** Not together with cell_offset. */
  15: optional i32 row_offset = 0
  16: optional i32 cell_offset = 0
  17: optional list<ColumnPredicate> column_predicates
  18: optional bool do_not_cache = false
  19: optional bool and_column_predicates = false

  /** Cellar: further columns, as bytes. */
  100: optional list<binary> columns_binary
  /** Cellar: the version of the packed cells this scan answers with, 1 or 2; 0 is 1. */
  101: optional i32 cells_version = 0
}

/** Without a timestamp the server gives one. A revision is told, never taken. */
struct Key {
  1: string row
  2: string column_family
  3: string column_qualifier
  4: optional i64 timestamp
  5: optional i64 revision
  6: KeyFlag flag = KeyFlag.INSERT
}

struct Cell {
  1: Key key
  /** Not set when empty. */
  2: optional Value value
}

/** Which shared mutator. */
struct MutateSpec {
  1: required string appname = ""
  /** Milliseconds. */
  2: required i32 flush_interval = 1000
  /** MutatorFlag, or'ed. */
  3: required i32 flags = 2
}

/** What a future gives: cells of a scan, the end of a flush, an error, or (is_empty) that nothing more will come. */
struct Result {
  1: required bool is_empty
  /** Of the scanner or mutator; 0 when the client has closed it. */
  2: required i64 id
  3: required bool is_scan
  4: required bool is_error
  5: optional i32 error
  6: optional string error_msg
  /** Of a flush that failed: the cells that were not written. */
  7: optional list<Cell> cells
}

struct ResultAsArrays {
  1: required bool is_empty
  2: required i64 id
  3: required bool is_scan
  4: required bool is_error
  5: optional i32 error
  6: optional string error_msg
  7: optional list<CellAsArray> cells
}

struct ResultSerialized {
  1: required bool is_empty
  2: required i64 id
  3: required bool is_scan
  4: required bool is_error
  5: optional i32 error
  6: optional string error_msg
  7: optional CellsSerialized cells
}

struct NamespaceListing {
  1: required string name
  2: required bool is_namespace
}

/** A range of a table: (start_row, end_row]. Not set: open. */
struct TableSplit {
  1: optional binary start_row
  2: optional binary end_row
  3: optional string location
  4: optional string ip_address
  5: optional string hostname
}

struct ColumnFamilyOptions {
  1: optional i32 max_versions
  /** Seconds. */
  2: optional i32 ttl
  3: optional bool time_order_desc
  4: optional bool counter
}

struct ColumnFamilySpec {
  1: string name
  2: string access_group
  3: bool deleted
  4: optional i64 generation
  5: optional i32 id
  6: bool value_index
  7: bool qualifier_index
  8: optional ColumnFamilyOptions options
}

struct AccessGroupOptions {
  1: optional i16 replication
  2: optional i32 blocksize
  3: optional string compressor
  4: optional string bloom_filter
  5: optional bool in_memory
}

struct AccessGroupSpec {
  1: string name
  2: optional i64 generation
  3: optional AccessGroupOptions options
  4: optional ColumnFamilyOptions defaults
}

struct Schema {
  1: optional map<string, AccessGroupSpec> access_groups
  2: optional map<string, ColumnFamilySpec> column_families
  3: optional i64 generation
  4: optional i32 version
  /** Milliseconds. */
  5: optional i32 group_commit_interval
  6: optional AccessGroupOptions access_group_defaults
  7: optional ColumnFamilyOptions column_family_defaults
}

struct Status {
  1: required i32 code = 0
  2: required string text
}

exception ClientException {
  1: i32 code
  2: string message
  /** What went wrong, without the code's text and the call's arguments that `message` has. */
  100: optional string reason
}

service ClientService {
  // ---- namespaces -------------------------------------------------------------------------------------------------

  /** Creates one level; the parent must be there (40), the name must be free (42, 39). */
  void namespace_create(1: string ns) throws (1: ClientException e);
  void create_namespace(1: string ns) throws (1: ClientException e);

  /** A new id at each call. "/" or "" is the root. 40: no such namespace. */
  Namespace namespace_open(1: string ns) throws (1: ClientException e);
  Namespace open_namespace(1: string ns) throws (1: ClientException e);

  /** Forgets the id. What was opened through it stays usable. */
  void namespace_close(1: Namespace ns) throws (1: ClientException e);
  void close_namespace(1: Namespace ns) throws (1: ClientException e);

  /** False too when the path names a table. */
  bool namespace_exists(1: string ns) throws (1: ClientException e);
  bool exists_namespace(1: string ns) throws (1: ClientException e);

  /** Absent: 40, or nothing with if_exists. Not empty: 0x30013. A table: 41. "sys" and "tmp": 57. */
  void namespace_drop(1: string ns, 2: bool if_exists = true) throws (1: ClientException e);
  void drop_namespace(1: string ns, 2: bool if_exists = true) throws (1: ClientException e);

  /** Names one level below, in byte order. */
  list<NamespaceListing> namespace_get_listing(1: Namespace ns) throws (1: ClientException e);
  list<NamespaceListing> get_listing(1: Namespace ns) throws (1: ClientException e);

  /** The tables of the listing. */
  list<string> get_tables(1: Namespace ns) throws (1: ClientException e);

  // ---- tables and schema ------------------------------------------------------------------------------------------

  /** 39: the name is taken. 7, 61, 0x40002: bad schema. */
  void table_create(1: Namespace ns, 2: string table_name, 3: Schema schema) throws (1: ClientException e);

  /** Replaces the schema, which carries the generation that get_schema gave (else 0x40008). */
  void table_alter(1: Namespace ns, 2: string table_name, 3: Schema schema) throws (1: ClientException e);

  /** Forgets what the gateway remembers of the table. */
  void refresh_table(1: Namespace ns, 2: string table_name) throws (1: ClientException e);

  /** False too when the path names a namespace. */
  bool exists_table(1: Namespace ns, 2: string name) throws (1: ClientException e);
  bool table_exists(1: Namespace ns, 2: string name) throws (1: ClientException e);

  /** Decimal components joined by "/". */
  string table_get_id(1: Namespace ns, 2: string table_name) throws (1: ClientException e);
  string get_table_id(1: Namespace ns, 2: string table_name) throws (1: ClientException e);

  /** The schema as XML, without ids and generations. */
  string table_get_schema_str(1: Namespace ns, 2: string table_name) throws (1: ClientException e);
  string get_schema_str(1: Namespace ns, 2: string table_name) throws (1: ClientException e);

  /** The schema as XML, with ids and generations. */
  string table_get_schema_str_with_ids(1: Namespace ns, 2: string table_name) throws (1: ClientException e);
  string get_schema_str_with_ids(1: Namespace ns, 2: string table_name) throws (1: ClientException e);

  /** Maps are keyed by name. */
  Schema table_get_schema(1: Namespace ns, 2: string table_name) throws (1: ClientException e);
  Schema get_schema(1: Namespace ns, 2: string table_name) throws (1: ClientException e);

  /** The ranges in order; the end of the last one is not set. */
  list<TableSplit> table_get_splits(1: Namespace ns, 2: string table_name) throws (1: ClientException e);
  list<TableSplit> get_table_splits(1: Namespace ns, 2: string table_name) throws (1: ClientException e);

  /** Within one namespace. 22: no such table. 39: the new name is taken. */
  void rename_table(1: Namespace ns, 2: string name, 3: string new_name) throws (1: ClientException e);
  void table_rename(1: Namespace ns, 2: string name, 3: string new_name) throws (1: ClientException e);

  /** Absent: 22, or nothing with if_exists. */
  void drop_table(1: Namespace ns, 2: string name, 3: bool if_exists = true) throws (1: ClientException e);
  void table_drop(1: Namespace ns, 2: string name, 3: bool if_exists = true) throws (1: ClientException e);

  // ---- synchronous scanners ---------------------------------------------------------------------------------------

  /** 22: no such table. 30: bad spec. 0x5000A: unknown column family. */
  Scanner scanner_open(1: Namespace ns, 2: string table_name, 3: ScanSpec scan_spec) throws (1: ClientException e);
  Scanner open_scanner(1: Namespace ns, 2: string table_name, 3: ScanSpec scan_spec) throws (1: ClientException e);

  void scanner_close(1: Scanner scanner) throws (1: ClientException e);
  void close_scanner(1: Scanner scanner) throws (1: ClientException e);

  /** The next batch; empty at the end of the scan only. */
  list<Cell> scanner_get_cells(1: Scanner scanner) throws (1: ClientException e);
  list<Cell> next_cells(1: Scanner scanner) throws (1: ClientException e);

  list<CellAsArray> scanner_get_cells_as_arrays(1: Scanner scanner) throws (1: ClientException e);
  list<CellAsArray> next_cells_as_arrays(1: Scanner scanner) throws (1: ClientException e);

  /** The last buffer carries EOS; it may hold no cell. */
  CellsSerialized scanner_get_cells_serialized(1: Scanner scanner) throws (1: ClientException e);
  CellsSerialized next_cells_serialized(1: Scanner scanner) throws (1: ClientException e);

  /** All remaining cells of one row; empty at the end of the scan only. */
  list<Cell> scanner_get_row(1: Scanner scanner) throws (1: ClientException e);
  list<Cell> next_row(1: Scanner scanner) throws (1: ClientException e);

  list<CellAsArray> scanner_get_row_as_arrays(1: Scanner scanner) throws (1: ClientException e);
  list<CellAsArray> next_row_as_arrays(1: Scanner scanner) throws (1: ClientException e);

  CellsSerialized scanner_get_row_serialized(1: Scanner scanner) throws (1: ClientException e);
  CellsSerialized next_row_serialized(1: Scanner scanner) throws (1: ClientException e);

  // ---- convenience reads ------------------------------------------------------------------------------------------

  /** The newest version of each column; empty when there is no such row. */
  list<Cell> get_row(1: Namespace ns, 2: string table_name, 3: string row) throws (1: ClientException e);

  list<CellAsArray> get_row_as_arrays(1: Namespace ns, 2: string name, 3: string row) throws (1: ClientException e);

  CellsSerialized get_row_serialized(1: Namespace ns, 2: string table_name, 3: string row)
      throws (1: ClientException e);

  /** The newest value of a column "family" or "family:qualifier"; empty when there is none. */
  Value get_cell(1: Namespace ns, 2: string table_name, 3: string row, 4: string column) throws (1: ClientException e);

  /** A whole scan in one reply; all versions unless the spec says otherwise. */
  list<Cell> get_cells(1: Namespace ns, 2: string table_name, 3: ScanSpec scan_spec) throws (1: ClientException e);

  list<CellAsArray> get_cells_as_arrays(1: Namespace ns, 2: string name, 3: ScanSpec scan_spec)
      throws (1: ClientException e);

  CellsSerialized get_cells_serialized(1: Namespace ns, 2: string name, 3: ScanSpec scan_spec)
      throws (1: ClientException e);

  // ---- shared mutators --------------------------------------------------------------------------------------------

  /** Makes a new mutator in place of the shared one of this table and spec. */
  void shared_mutator_refresh(1: Namespace ns, 2: string table_name, 3: MutateSpec mutate_spec)
      throws (1: ClientException e);
  void refresh_shared_mutator(1: Namespace ns, 2: string table_name, 3: MutateSpec mutate_spec)
      throws (1: ClientException e);

  /** Buffers in the mutator all callers with this table and spec share; sent every flush_interval. Promises
  nothing. */
  void shared_mutator_set_cells(1: Namespace ns, 2: string table_name, 3: MutateSpec mutate_spec, 4: list<Cell> cells)
      throws (1: ClientException e);
  void offer_cells(1: Namespace ns, 2: string table_name, 3: MutateSpec mutate_spec, 4: list<Cell> cells)
      throws (1: ClientException e);

  void shared_mutator_set_cells_as_arrays(1: Namespace ns, 2: string table_name, 3: MutateSpec mutate_spec,
      4: list<CellAsArray> cells)
      throws (1: ClientException e);
  void offer_cells_as_arrays(1: Namespace ns, 2: string table_name, 3: MutateSpec mutate_spec,
      4: list<CellAsArray> cells)
      throws (1: ClientException e);

  void shared_mutator_set_cell(1: Namespace ns, 2: string table_name, 3: MutateSpec mutate_spec, 4: Cell cell)
      throws (1: ClientException e);
  void offer_cell(1: Namespace ns, 2: string table_name, 3: MutateSpec mutate_spec, 4: Cell cell)
      throws (1: ClientException e);

  void shared_mutator_set_cell_as_array(1: Namespace ns, 2: string table_name, 3: MutateSpec mutate_spec,
      4: CellAsArray cell)
      throws (1: ClientException e);
  void offer_cell_as_array(1: Namespace ns, 2: string table_name, 3: MutateSpec mutate_spec, 4: CellAsArray cell)
      throws (1: ClientException e);

  // ---- synchronous mutators ---------------------------------------------------------------------------------------

  /** flags: MutatorFlag, or'ed. flush_interval > 0: flushed every so many milliseconds too. */
  Mutator mutator_open(1: Namespace ns, 2: string table_name, 3: i32 flags = 0, 4: i32 flush_interval = 0)
      throws (1: ClientException e);
  Mutator open_mutator(1: Namespace ns, 2: string table_name, 3: i32 flags = 0, 4: i32 flush_interval = 0)
      throws (1: ClientException e);

  /** Flushes, then forgets the id. */
  void mutator_close(1: Mutator mutator) throws (1: ClientException e);
  void close_mutator(1: Mutator mutator) throws (1: ClientException e);

  /** Buffers. A malformed cell is refused at once (9); what the servers refuse is told by a later call. */
  void mutator_set_cell(1: Mutator mutator, 2: Cell cell) throws (1: ClientException e);

  void mutator_set_cell_as_array(1: Mutator mutator, 2: CellAsArray cell) throws (1: ClientException e);

  void mutator_set_cells(1: Mutator mutator, 2: list<Cell> cells) throws (1: ClientException e);

  void mutator_set_cells_as_arrays(1: Mutator mutator, 2: list<CellAsArray> cells) throws (1: ClientException e);

  /** Flushes too if `flush`, or if the terminator carries FLUSH. */
  void mutator_set_cells_serialized(1: Mutator mutator, 2: CellsSerialized cells, 3: bool flush = false)
      throws (1: ClientException e);

  /** Returns when all that was set is acknowledged. */
  void mutator_flush(1: Mutator mutator) throws (1: ClientException e);
  void flush_mutator(1: Mutator mutator) throws (1: ClientException e);

  // ---- convenience writes -----------------------------------------------------------------------------------------

  /** Acknowledged on return. */
  void set_cell(1: Namespace ns, 2: string table_name, 3: Cell cell) throws (1: ClientException e);

  void set_cell_as_array(1: Namespace ns, 2: string table_name, 3: CellAsArray cell) throws (1: ClientException e);

  /** Not atomic across rows. */
  void set_cells(1: Namespace ns, 2: string table_name, 3: list<Cell> cells) throws (1: ClientException e);

  void set_cells_as_arrays(1: Namespace ns, 2: string table_name, 3: list<CellAsArray> cells)
      throws (1: ClientException e);

  void set_cells_serialized(1: Namespace ns, 2: string table_name, 3: CellsSerialized cells)
      throws (1: ClientException e);

  // ---- futures / async --------------------------------------------------------------------------------------------

  /** capacity: bytes of results held; not above 0: the gateway's setting. */
  Future future_open(1: i32 capacity = 0) throws (1: ClientException e);
  Future open_future(1: i32 capacity = 0) throws (1: ClientException e);

  /** Cancels what is attached, and drops its results. */
  void future_cancel(1: Future ff) throws (1: ClientException e);
  void cancel_future(1: Future ff) throws (1: ClientException e);

  /** Waits for the next result, at most timeout_millis (0: for ever; 4 when it has passed). Empty: nothing more
  will come. */
  Result future_get_result(1: Future ff, 2: i32 timeout_millis = 0) throws (1: ClientException e);
  Result get_future_result(1: Future ff, 2: i32 timeout_millis = 0) throws (1: ClientException e);

  /** 31 for the result of a mutator. */
  ResultAsArrays future_get_result_as_arrays(1: Future ff, 2: i32 timeout_millis = 0) throws (1: ClientException e);
  ResultAsArrays get_future_result_as_arrays(1: Future ff, 2: i32 timeout_millis = 0) throws (1: ClientException e);

  /** 31 for the result of a mutator. */
  ResultSerialized future_get_result_serialized(1: Future ff, 2: i32 timeout_millis = 0) throws (1: ClientException e);
  ResultSerialized get_future_result_serialized(1: Future ff, 2: i32 timeout_millis = 0) throws (1: ClientException e);

  /** No result is ready. */
  bool future_is_empty(1: Future ff) throws (1: ClientException e);

  /** As many bytes wait as the future holds. */
  bool future_is_full(1: Future ff) throws (1: ClientException e);

  bool future_is_cancelled(1: Future ff) throws (1: ClientException e);

  /** Something attached has not ended yet. */
  bool future_has_outstanding(1: Future ff) throws (1: ClientException e);

  /** Forgets the id; what is attached goes on. */
  void future_close(1: Future ff) throws (1: ClientException e);
  void close_future(1: Future ff) throws (1: ClientException e);

  /** Starts at once; its results come through the future. */
  ScannerAsync async_scanner_open(1: Namespace ns, 2: string table_name, 3: Future future, 4: ScanSpec scan_spec)
      throws (1: ClientException e);
  ScannerAsync open_scanner_async(1: Namespace ns, 2: string table_name, 3: Future future, 4: ScanSpec scan_spec)
      throws (1: ClientException e);

  void async_scanner_cancel(1: ScannerAsync scanner) throws (1: ClientException e);
  void cancel_scanner_async(1: ScannerAsync scanner) throws (1: ClientException e);

  void async_scanner_close(1: ScannerAsync scanner) throws (1: ClientException e);
  void close_scanner_async(1: ScannerAsync scanner) throws (1: ClientException e);

  MutatorAsync async_mutator_open(1: Namespace ns, 2: string table_name, 3: Future future, 4: i32 flags = 0)
      throws (1: ClientException e);
  MutatorAsync open_mutator_async(1: Namespace ns, 2: string table_name, 3: Future future, 4: i32 flags = 0)
      throws (1: ClientException e);

  /** Drops what was not sent. */
  void async_mutator_cancel(1: MutatorAsync mutator) throws (1: ClientException e);
  void cancel_mutator_async(1: MutatorAsync mutator) throws (1: ClientException e);

  /** Flushes, then forgets the id. */
  void async_mutator_close(1: MutatorAsync mutator) throws (1: ClientException e);
  void close_mutator_async(1: MutatorAsync mutator) throws (1: ClientException e);

  void async_mutator_set_cell(1: MutatorAsync mutator, 2: Cell cell) throws (1: ClientException e);
  void set_cell_async(1: MutatorAsync mutator, 2: Cell cell) throws (1: ClientException e);

  void async_mutator_set_cell_as_array(1: MutatorAsync mutator, 2: CellAsArray cell) throws (1: ClientException e);
  void set_cell_as_array_async(1: MutatorAsync mutator, 2: CellAsArray cell) throws (1: ClientException e);

  void async_mutator_set_cells(1: MutatorAsync mutator, 2: list<Cell> cells) throws (1: ClientException e);
  void set_cells_async(1: MutatorAsync mutator, 2: list<Cell> cells) throws (1: ClientException e);

  void async_mutator_set_cells_as_arrays(1: MutatorAsync mutator, 2: list<CellAsArray> cells)
      throws (1: ClientException e);
  void set_cells_as_arrays_async(1: MutatorAsync mutator, 2: list<CellAsArray> cells) throws (1: ClientException e);

  void async_mutator_set_cells_serialized(1: MutatorAsync mutator, 2: CellsSerialized cells, 3: bool flush = false)
      throws (1: ClientException e);
  void set_cells_serialized_async(1: MutatorAsync mutator, 2: CellsSerialized cells, 3: bool flush = false)
      throws (1: ClientException e);

  /** Sends and returns; one result a flush that sent something comes through the future. */
  void async_mutator_flush(1: MutatorAsync mutator) throws (1: ClientException e);
  void flush_mutator_async(1: MutatorAsync mutator) throws (1: ClientException e);

  // ---- misc -------------------------------------------------------------------------------------------------------

  /** 36 characters, lower case. */
  string generate_guid();

  /** Sets the cell if the row has none in this family and qualifier, else 48. Returns the value: a new GUID for
  an empty one. */
  string create_cell_unique(1: Namespace ns, 2: string table_name, 3: Key key, 4: string value)
      throws (1: ClientException e);

  string error_get_text(1: i32 error_code);

  /** 0 and "" from a gateway that lives. */
  Status status() throws (1: ClientException e);

  /** Refused (44) unless the gateway's settings allow it. */
  void shutdown() throws (1: ClientException e);
}

// What clients and the master ask of a range server. Method numbers are in protocol/rangeserver/methods.h.

namespace cpp cellar.protocol

include "common.thrift"

// ---- Writing -----------------------------------------------------------------------------------------------------

enum Durability { SYNC = 0, FLUSH = 1, NONE = 2 }

/// One table's cells of one Update. The cells are a frame of model/cell_codec.h in the attachment.
struct UpdateFrame {
  1: common.TableId table
  2: i64 schema_generation
  3: i32 attachment_offset
  4: i32 attachment_length
  5: i64 session
  6: i64 sequence            // one per frame; used again only for rows whose outcome is unknown
  7: i64 expires_at          // wall nanoseconds of the server; refused afterwards; at most 10 minutes ahead
  8: Durability durability   // never stronger than asked for, never weaker than the table's
  9: bool resumes            // the sender has heard the answers to all it sent under this session before. Once a server
                             // has refused rows of a session as busy, it refuses everything of that session until such a
                             // frame comes: so a frame never overtakes a refused one (docs/internals/client.md)
  10: bool settles           // the sender waits for no earlier frame of the session any more: whatever comes late of them
                             // does nothing, and the server remembers this one in their place
}

struct UpdateRequest {
  1: list<UpdateFrame> frames
}

/// Rows of a frame that were refused, as consecutive rows in the frame's order. All others are applied.
struct RefusedRows {
  1: i32 first_row           // ordinal of the row within the frame
  2: i32 row_count           // -1, with first_row 0: all rows of the frame
  3: common.PartStatus status
}

struct FrameOutcome {
  1: list<RefusedRows> refused
  2: optional i64 base_revision
}

struct UpdateResponse {
  1: list<FrameOutcome> outcomes   // as many, in the order of the request's frames
}

/// What the newest visible cell of a column is to be (model/cell_condition.h).
enum Expectation {
  ABSENT = 0,            // there is none
  PRESENT = 1,           // there is one
  EQUALS = 2,            // with this value
  NOT_EQUALS = 3,        // there is none, or one with another value
  STARTS_WITH = 4,       // there is one, and so on; byte order, numbers for counters
  LESS = 5,
  LESS_OR_EQUAL = 6,
  GREATER = 7,
  GREATER_OR_EQUAL = 8
}

struct Condition {
  1: i32 family
  2: binary qualifier
  3: Expectation expectation
  4: optional binary value
}

/// One row, changed only when every condition holds. The cells are one frame with one row in the attachment.
struct MutateRowRequest {
  1: UpdateFrame frame
  2: list<Condition> conditions
  3: optional i64 master_term      // of the master that asks; refused by a server that has heard of a later one
  4: bool wants_counters           // the values of the counters that the cells add to or set
  5: bool is_retry                 // what became of an earlier try under the same number is not known: that this one
                                   // does not apply must hold for the copies of the earlier ones, too
}

struct CurrentValue {
  1: i32 condition           // index into conditions
  2: optional binary value   // absent: no visible cell
}

struct CounterValue {
  1: i32 family
  2: binary qualifier
  3: i64 value
}

struct MutateRowResponse {
  1: bool applied
  2: list<CurrentValue> current    // of the conditions that did not hold
  3: optional i64 revision         // of the first cell; automatic timestamps are revisions
  4: list<CounterValue> counters   // when wanted and applied: as right after the write; each once
}

// ---- Reading -----------------------------------------------------------------------------------------------------

/// Opens a scanner on the part of the spec's rows that one range holds, and returns the first block.
struct CreateScannerRequest {
  1: common.TableId table
  2: i64 schema_generation
  3: binary scan_spec              // model::ScanSpec
  4: common.RangeBounds bounds     // the range as the client knows it; the server answers with its own
  5: optional binary resume        // where an earlier scanner stopped (rangeserver/scan)
  6: optional i64 snapshot_revision
  7: i32 block_bytes               // wanted size of a block
  8: optional string table_name    // as people know it, to be told of the query while it runs
  9: optional bool count_reads     // the answers say what was read
  10: optional string pseudo_table // "cellstore.index": that of the table (model/pseudo_table.h); no generation then
}

/// What a scanner has read so far.
struct ScanReads {
  1: i64 blocks                    // of CellStores
  2: i64 cached_blocks             // of these, found in the block cache
  3: i64 block_bytes               // of all, unpacked
}

struct ScanBlockResponse {
  1: i64 scanner                   // 0: closed, nothing more in this range
  2: bool more
  3: common.RangeBounds bounds     // what this range covers: the client goes on behind its end
  4: i64 snapshot_revision
  5: optional binary resume        // state to go on from after this block, here or in a later range
  6: bool finished                 // no later range can add anything: limits were reached
  7: optional ScanReads reads      // when asked for
  // attachment: a scan block (docs/internals/scan.md)
}

struct FetchScanBlockRequest {
  1: i64 scanner
  2: i64 block                     // ordinal, from 1: a block asked for twice is sent twice
}

struct DestroyScannerRequest {
  1: i64 scanner
}

/// Many small reads in one call, each a whole scan of one row.
struct GetRowsRequest {
  1: common.TableId table
  2: i64 schema_generation
  3: binary scan_spec              // without row intervals: columns, versions, time
  4: list<binary> rows
  5: optional bool settled         // read when every write that was taken before can be read
}

struct GetRowsResponse {
  1: list<common.PartStatus> statuses   // one a row
  2: optional i64 settled_at            // the server's wall clock from before that: what expires by then does not come
  // attachment: one scan block with the cells of the rows in the order asked for
}

// ---- Ranges ------------------------------------------------------------------------------------------------------

/// "Look at your row": carries no authority. The server reads the range's METADATA row (the root's: the metalog).
struct LoadRangeRequest {
  1: common.RangeId range
  2: common.FencingNumber epoch
  3: optional bool root
  4: optional binary schema        // model::Schema; absent for compiled-in system tables
  5: optional list<string> root_log_refs   // root only: what the master knows of dead owners
  6: optional i64 master_term      // of the master that asks: from now on the server takes nothing of an earlier one
  7: optional common.ClusterVariables variables
}

struct LoadRangeResponse {
  1: bool serving
}

struct UnloadRangeRequest {
  1: common.RangeId range
  2: common.FencingNumber epoch
  3: bool dropped                  // the table is gone: nothing is flushed
}

struct UpdateSchemaRequest {
  1: common.TableId table
  2: binary schema
  3: optional bool settled         // answer when every write that was taken under an earlier one can be read; kBusy
                                   // while a range of the table is being loaded
}

struct UpdateVariablesRequest { 1: common.ClusterVariables variables }

enum CompactionKind { MINOR = 0, MAJOR = 1, MERGING = 2, GC = 3 }

struct CompactRequest {
  1: CompactionKind kind
  2: optional common.TableId table
  3: optional binary row           // only the range that holds it
  4: optional i32 classes          // 1 root, 2 metadata, 4 system, 8 user, when no table is named
  5: optional bool wait            // answer when done, not when scheduled
}

struct CompactResponse {
  1: i32 range_count
}

// ---- Work under way ---------------------------------------------------------------------------------------------

/// What a scan would read of the range that holds the first row of `bounds`; nothing but indexes and filters is read.
struct ExplainScanRequest {
  1: common.TableId table
  2: i64 schema_generation
  3: binary scan_spec
  4: common.RangeBounds bounds
}

struct ExplainedFile {
  1: string path
  2: i64 blocks
  3: i64 blocks_to_read
  4: i64 bytes_to_read             // as stored
  5: string left_out               // why no block is read: "rows", "filter"; empty: blocks are read
}

struct ExplainedGroup {
  1: string name
  2: i64 caches                    // in memory, not in a file yet, with cells among the rows or not
  3: list<ExplainedFile> files
}

struct ExplainScanResponse {
  1: common.RangeBounds bounds
  2: list<ExplainedGroup> groups   // those that hold a wanted family
}

struct ListQueriesRequest {}

/// A scanner that somebody reads from.
struct QueryEntry {
  1: i64 query                     // its number, in this life of the server
  2: common.TableId table
  3: string table_name             // as its client told; may be empty
  4: common.RangeBounds bounds
  5: string peer
  6: i64 age                       // nanoseconds, as the next
  7: i64 idle
  8: i64 cells
  9: i64 bytes
}

struct ListQueriesResponse { 1: list<QueryEntry> queries }

/// The scanner is closed, and whoever asks for its next block is told that it was killed.
struct KillQueryRequest { 1: i64 query }

struct MaintenanceRequest {
  1: bool wait                     // answer when nothing is under way, or after a second
}

struct MaintenanceEntry {
  1: common.RangeId range
  2: CompactionKind kind
  3: bool running                  // else it waits for its place
  4: i64 age                       // nanoseconds
}

struct MaintenanceResponse { 1: list<MaintenanceEntry> tasks }

// ---- State -------------------------------------------------------------------------------------------------------

struct RangeStats {
  1: common.RangeId range
  2: common.FencingNumber epoch
  3: string state
  4: i64 cache_bytes
  5: i64 store_bytes
  6: i32 store_count
  7: i64 cell_count_estimate
}

struct LogStats {
  1: string log_class              // root, metadata, user
  2: i64 bytes                     // not pruned
  3: i32 fragments
  4: i64 groups                    // committed, in this life; as are those below
  5: i64 batches
  6: i64 cells
  7: i64 batch_bytes
  8: string problem                // why writes are refused now; empty: they are not
}

struct CompactionStats {
  1: string kind                   // minor, merging, major, gc
  2: i64 running
  3: i64 ended                     // in this life
  4: i64 failed                    // of these
}

struct ServerStatusRequest {}

struct ServerStatusResponse {
  1: string location
  2: common.FencingNumber incarnation
  3: list<RangeStats> ranges
  4: i64 memory_bytes
  5: i64 log_bytes
  6: i32 scanner_count
  7: list<string> problems         // damaged logs, full disk, …: one sentence each
  8: list<i64> files_under_way     // ids of files that are being written, which no manifest names yet
  9: list<LogStats> logs
  10: list<CompactionStats> compactions
  11: i64 cells_read               // sent to readers, in this life
  12: i64 bytes_read
  13: i64 block_cache_bytes
}

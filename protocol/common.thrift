// Values that several roles' messages use. Internal: compact protocol in Cellar's own frames (docs/internals/wire.md),
// never spoken by users. Rules: fields are only added, as optional; a number is never used again.

namespace cpp cellar.protocol

struct TableId {
  1: i32 space
  2: i32 number
}

/// term.counter; see common/base/fencing.h
struct FencingNumber {
  1: i32 term
  2: i64 counter
}

/// (start, end]; an absent bound is unbounded.
struct RangeBounds {
  1: optional binary start_row
  2: optional binary end_row
}

/// Names one range as its METADATA row does.
struct RangeId {
  1: TableId table
  2: RangeBounds bounds
}

/// A Status that travels inside an answer, for outcomes of parts of a request.
struct PartStatus {
  1: i32 code                // common::StatusCode
  2: optional i32 detail
  3: optional string message
}

/// What SET gives to the whole cluster. The higher generation holds.
struct ClusterVariables {
  1: i64 generation
  2: bool read_only          // users' tables are not written
}

/// The answer of calls that have nothing to say but OK.
struct DoneResponse {}

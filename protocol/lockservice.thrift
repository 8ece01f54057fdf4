// What clients ask of an embedded lock service that is served to others (docs/internals/lockservice.md). Method numbers are in
// protocol/lockservice/methods.h.

namespace cpp cellar.protocol

struct LockOpenSessionRequest { 1: string name, 2: i64 lease_ns }
struct LockOpenSessionResponse { 1: i64 session }

/// Close.
struct LockSessionRequest { 1: i64 session }

/// An acquisition that the session's owner was granted and did not give up.
struct LockHeld {
  1: string path
  2: i32 mode                      // lockservice::LockMode
  3: i64 number
}

/// kConflict, and nothing is renewed, when some of `held` does not stand.
struct LockRenewRequest { 1: i64 session, 2: list<LockHeld> held }

/// Remove, read, list.
struct LockNodeRequest { 1: i64 session, 2: string path }

struct LockCreateRequest {
  1: i64 session
  2: string path
  3: i32 kind                      // lockservice::NodeKind
  4: map<string, binary> attributes
}

struct LockHoldState { 1: i64 session, 2: i32 mode, 3: i64 number }

struct LockReadResponse {
  1: i32 kind
  2: i64 owner
  3: i64 version
  4: map<string, binary> attributes
  5: list<LockHoldState> holds
}

struct LockListResponse { 1: list<string> names }

struct LockWriteRequest {
  1: i64 session
  2: string path
  3: map<string, binary> changes
  4: optional i64 expected_version
}

struct LockWriteResponse { 1: i64 version }

struct LockAcquireRequest {
  1: i64 session
  2: string path
  3: i32 mode                      // lockservice::LockMode
  4: i64 wait_ns                   // kBusy after so long
  5: i64 attempt                   // the session's numbering of its acquisitions, from 1; pieces of one share it
}

/// Releases what that attempt or an earlier one acquired; none of them is granted any more.
struct LockReleaseRequest { 1: i64 session, 2: string path, 3: i64 attempt }

struct LockAcquireResponse { 1: i64 number }

struct LockCheckSequencerRequest {
  1: i64 session
  2: string path
  3: i32 mode
  4: i64 number
}

/// Answered when the node was touched after `seen` in that life of the service, or when `wait_ns` have passed.
struct LockWatchRequest {
  1: i64 session
  2: string path
  3: i64 life                      // 0: none yet
  4: i64 seen
  5: i64 wait_ns
}

struct LockWatchResponse {
  1: i64 life
  2: i64 seen
  3: bool touched
}

struct LockDone {}

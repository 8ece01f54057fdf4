/**
 * Cellar's file system as a service, so that a broker can be written in any language. Plain blocking Thrift: framed
 * transport, binary protocol (strict), one call at a time on a connection, answers in order. What each call promises,
 * and what must be durable when, is in docs/internals/broker.md; this file is the one place for names and numbers.
 */
namespace cpp cellar.fsbroker.gen
namespace py cellar_fsbroker
namespace java cellar.fsbroker

/** Spoken by this file. A broker refuses another one in hello, with UNSUPPORTED. */
const i32 PROTOCOL_VERSION = 1

enum ErrorCode {
  INVALID_ARGUMENT = 1,  // the path, a directory where a file is meant, a bound crossed, a call before hello
  NOT_FOUND = 2,
  ALREADY_EXISTS = 3,
  BUSY = 4,              // a bound was reached: open files, connections; nothing was done
  NO_SPACE = 5,
  IO_ERROR = 6,
  CORRUPTION = 7,        // what is stored does not verify
  FENCED = 8,            // a seal stands against the caller's incarnation, or has closed the file
  UNSUPPORTED = 9,       // the protocol's version, or the storage below
  TIMED_OUT = 10,        // the storage below did not answer; the outcome is unknown
  UNAVAILABLE = 11,      // the storage below is away, or the broker is ending; nothing was done
  UNKNOWN_FILE = 12      // not a handle of this session, or no longer: open again, or give the file up
}

exception BrokerError {
  1: ErrorCode code
  2: string message      // for people; names the path, and the offset where there is one
}

/** Bounds of this broker; crossing one is INVALID_ARGUMENT. */
struct Limits {
  1: i32 max_transfer_bytes  // bytes in one append or read; 4,096 at least
  2: i64 lease_ms            // how long the handles of a session outlive its last connection
}

struct Welcome {
  1: i32 protocol_version
  2: binary life                  // 16 bytes, drawn when the broker started: another life knows none of the handles
  3: Limits limits
  4: string program               // for people: "cellar 0.1.0"
  5: optional string cluster_id   // 32 lower-case hex digits: to whom the storage belongs; absent where it bears none
}

struct Entry {
  1: string name
  2: bool is_directory
  3: i64 length_bytes             // 0 for directories
}

struct EntryPage {
  1: list<Entry> entries          // in byte order of the names
  2: bool more                    // there are others behind the last one
}

struct SealedFile {
  1: string name                  // path below the sealed directory
  2: i64 length_bytes
}

struct SealPage {
  1: list<SealedFile> files       // in byte order of the names
  2: bool more
}

/** Numbers of 64 bits without a sign (counters) travel as i64 with the same bits. */
service Broker {
  /** First on each connection. `session` is 16 bytes of the client's choice: connections with the same share handles. */
  Welcome hello(1: i32 protocol_version, 2: binary session, 3: string client) throws (1: BrokerError error)

  /** A handle for writing. The same `token` (16 bytes) again, while the handle is open, answers the same handle. */
  i64 create(1: string path, 2: i64 term, 3: i64 counter, 4: binary token) throws (1: BrokerError error)

  /**
   * `offset` is the file's length as the writer knows it. The last append once more (same offset and size) adds nothing.
   * With `sync`, all that was appended is durable, and no seal had closed the file, when it answers. `data` may be empty.
   */
  void append(1: i64 file, 2: i64 offset, 3: binary data, 4: bool sync) throws (1: BrokerError error)

  /** A handle for reading. The broker may forget it at any time (UNKNOWN_FILE). */
  i64 open(1: string path) throws (1: BrokerError error)

  /** Fewer bytes than `size` at the end of the file only. */
  binary read(1: i64 file, 2: i64 offset, 3: i32 size) throws (1: BrokerError error)

  i64 length(1: i64 file) throws (1: BrokerError error)

  /** Lets handles go, of both kinds. Unknown ones are no error, and none at all asks whether the broker lives. */
  void close(1: list<i64> files) throws (1: BrokerError error)

  void create_directories(1: string path) throws (1: BrokerError error)

  /** Entries whose names come after `after` ("": from the first), as many as fit an answer. */
  EntryPage list_directory(1: string path, 2: string after) throws (1: BrokerError error)

  bool exists(1: string path) throws (1: BrokerError error)

  /** The same `token` (16 bytes) again, soon after, answers the same and does nothing. */
  void remove(1: string path, 2: binary token) throws (1: BrokerError error)

  void remove_directory(1: string path) throws (1: BrokerError error)

  /** The stored lengths of the files whose names come after `after`, as many as fit an answer. */
  SealPage seal(1: string directory, 2: i64 term, 3: i64 counter, 4: string after) throws (1: BrokerError error)
}

/**
 * HQL over the client API: one statement a call, without `;`. This is the service a client talks to.
 */

include "Client.thrift"

namespace cpp Hypertable.ThriftGen
namespace java org.hypertable.thriftgen
namespace perl Hypertable.ThriftGen2
namespace php Hypertable_ThriftGen2
namespace py hyperthrift.gen2
namespace rb Hypertable.ThriftGen

/** What a statement gave: lines, cells, or the id of an open scanner or mutator. */
struct HqlResult {
  1: optional list<string> results
  2: optional list<Client.Cell> cells
  3: optional i64 scanner
  4: optional i64 mutator
}

struct HqlResult2 {
  1: optional list<string> results
  2: optional list<Client.CellAsArray> cells
  3: optional i64 scanner
  4: optional i64 mutator
}

struct HqlResultAsArrays {
  1: optional list<string> results
  2: optional list<Client.CellAsArray> cells
  3: optional i64 scanner
  4: optional i64 mutator
}

service HqlService extends Client.ClientService {
  /**
   * noflush: a statement that writes gives its mutator, not flushed. unbuffered: a SELECT gives its scanner.
   * The namespace is that of `ns`; USE is refused (41).
   */
  HqlResult hql_exec(1: i64 ns, 2: string command, 3: bool noflush = false, 4: bool unbuffered = false)
      throws (1: Client.ClientException e);

  /** hql_exec with neither. */
  HqlResult hql_query(1: i64 ns, 2: string command) throws (1: Client.ClientException e);

  HqlResultAsArrays hql_exec_as_arrays(1: i64 ns, 2: string command, 3: bool noflush = false,
      4: bool unbuffered = false) throws (1: Client.ClientException e);
  HqlResultAsArrays hql_query_as_arrays(1: i64 ns, 2: string command) throws (1: Client.ClientException e);

  HqlResult2 hql_exec2(1: i64 ns, 2: string command, 3: bool noflush = false, 4: bool unbuffered = false)
      throws (1: Client.ClientException e);
  HqlResult2 hql_query2(1: i64 ns, 2: string command) throws (1: Client.ClientException e);
}

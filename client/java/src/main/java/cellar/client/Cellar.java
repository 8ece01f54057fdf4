package cellar.client;

import cellar.thriftgen.HqlAnswer;
import cellar.thriftgen.HqlOptions;
import cellar.thriftgen.ServerVersion;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.thrift.TException;
import org.hypertable.thriftgen.NamespaceListing;

/**
 * A way to a Cellar through its gateway: a pool of connections that outlives restarts of the gateway. Thread-safe; one for a
 * program is enough. Tables are named by path, {@code "namespace/table"}; the leading slash may be left out.
 */
public final class Cellar implements AutoCloseable {
  private final CellarOptions options;
  private final ConnectionPool pool;
  private final Calls calls;

  private Cellar(CellarOptions options) {
    this.options = options;
    pool = new ConnectionPool(options);
    calls = new Calls(pool);
  }

  /** CONNECT_ERROR, without waiting, when no gateway is there. */
  public static Cellar connect(String host, int port) {
    return connect(CellarOptions.at(host, port));
  }

  public static Cellar connect(CellarOptions options) {
    Cellar cellar = new Cellar(options);
    try {
      cellar.pool.release(cellar.pool.acquireAtOnce(Deadline.after(options.deadline)));
      return cellar;
    } catch (RuntimeException e) {
      cellar.close();
      throw e;
    }
  }

  public Table table(String path) {
    String whole = canonical(path);
    int slash = whole.lastIndexOf('/');
    if (slash == whole.length() - 1) throw new IllegalArgumentException("no table is named " + path);
    return new Table(calls, slash == 0 ? "/" : whole.substring(0, slash), whole.substring(slash + 1), options.deadline);
  }

  /** One slash at the beginning and between names, none at the end. */
  private static String canonical(String path) {
    StringBuilder out = new StringBuilder();
    for (String name : path.split("/")) {
      if (!name.isEmpty()) out.append('/').append(name);
    }
    return out.length() == 0 ? "/" : out.toString();
  }

  private <T> T make(Calls.Kind kind, Calls.Call<T> call) {
    return calls.make(kind, Deadline.after(options.deadline), call);
  }

  // ---- Namespaces

  /** One level; its parent must be there. */
  public void createNamespace(String path) {
    make(Calls.Kind.CHANGE, on -> {
      on.client.namespace_create(canonical(path));
      return null;
    });
  }

  /** It must be empty. */
  public void dropNamespace(String path) {
    dropNamespace(path, false);
  }

  public void dropNamespaceIfExists(String path) {
    dropNamespace(path, true);
  }

  private void dropNamespace(String path, boolean ifExists) {
    make(Calls.Kind.CHANGE, on -> {
      on.client.namespace_drop(canonical(path), ifExists);
      return null;
    });
  }

  public boolean namespaceExists(String path) {
    return make(Calls.Kind.READ, on -> on.client.namespace_exists(canonical(path)));
  }

  /** The namespaces one level below, by name. */
  public List<String> namespaces(String path) {
    return names(path, true);
  }

  /** The tables of a namespace, by name. */
  public List<String> tables(String path) {
    return names(path, false);
  }

  private List<String> names(String path, boolean namespaces) {
    List<String> names = new ArrayList<>();
    for (NamespaceListing entry : make(Calls.Kind.READ, on -> on.client.namespace_get_listing(on.namespace(canonical(path))))) {
      if (entry.isIs_namespace() == namespaces) names.add(entry.getName());
    }
    return names;
  }

  // ---- HQL

  /** Runs one statement in a namespace. Whatever it is, it is never asked twice. */
  public HqlResult hql(String namespace, String statement) {
    ByteBuffer command = commandOf(statement);
    HqlAnswer answer = make(Calls.Kind.CHANGE,
        on -> on.client.hql_run(on.namespace(canonical(namespace)), command.duplicate(), new HqlOptions()));
    List<String> lines = new ArrayList<>();
    if (answer.isSetResults()) {
      for (ByteBuffer line : answer.getResults()) lines.add(Bytes.text(toArray(line)));
    }
    return new HqlResult(Collections.unmodifiableList(lines), answer.isSetCells() ? Cells.of(answer.cells) : Cells.NONE);
  }

  /** A SELECT that is read as it comes. To be closed. */
  public Scanner select(String namespace, String statement) {
    if (!statement.stripLeading().regionMatches(true, 0, "SELECT", 0, 6)) throw new IllegalArgumentException("not a SELECT");
    ByteBuffer command = commandOf(statement);
    return started(new BatchSource.Plain(calls, options.deadline, on -> scannerOf(on, namespace, command)), options.deadline);
  }

  /** As the gateway takes it: without the semicolon that may stand behind it. */
  private static ByteBuffer commandOf(String statement) {
    return ByteBuffer.wrap(Bytes.utf8(statement.strip().replaceFirst(";\\s*$", "")));
  }

  private static long scannerOf(Connection on, String namespace, ByteBuffer command) throws TException {
    HqlAnswer answer = on.client.hql_run(on.namespace(canonical(namespace)), command.duplicate(),
        new HqlOptions().setUnbuffered(true));
    if (!answer.isSetScanner()) throw new TException("the answer to a SELECT has no scanner");
    return answer.getScanner();
  }

  static Scanner started(BatchSource source, Duration patience) {
    source.start(Deadline.after(patience));
    return new Scanner(source);
  }

  private static byte[] toArray(ByteBuffer bytes) {
    byte[] array = new byte[bytes.remaining()];
    bytes.duplicate().get(array);
    return array;
  }

  // ---- The server

  /** As {@code cellar version} prints it. */
  public String serverVersion() {
    ServerVersion version = make(Calls.Kind.READ, on -> on.client.server_version());
    return version.getVersion();
  }

  /** What is under way ends with an error of its connection when it is done. */
  @Override
  public void close() {
    pool.close();
  }
}

package cellar.client;

import cellar.thriftgen.ScanBatch;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.apache.thrift.TException;
import org.hypertable.thriftgen.ScanSpec;

/**
 * The batches of one scan, each asked for before the one ahead of it is handed out: the gateway makes the next while the caller
 * reads this one. Holds a connection until the last batch came. One thread at a time.
 */
abstract class BatchSource implements AutoCloseable {
  private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(5);

  final Calls calls;
  final Duration patience;
  private Connection connection;
  private long scanner;
  private boolean asked;
  private boolean ended;
  private CellarException failure;

  BatchSource(Calls calls, Duration patience) {
    this.calls = calls;
    this.patience = patience;
  }

  abstract long open(Connection on) throws TException;

  abstract void send(Connection on, long id) throws TException;

  /** The answer to {@link #send}; says through {@link #isLast} whether it is the last. */
  abstract ByteBuffer receive(Connection on) throws TException;

  abstract boolean isLast();

  /** Whether another connection may take up the scan after an error. */
  abstract boolean canGoOn();

  final void start(Deadline deadline) {
    Connection held = calls.pool().acquire(deadline);
    for (int tries = 1;; ++tries) {
      try {
        scanner = Calls.make(Calls.Kind.READ, deadline, held, this::open);
        connection = held;
        askForNext(deadline);
        return;
      } catch (CellarException e) {
        connection = null;
        calls.pool().release(held);
        if (tries == 3 || !isOfConnection(e)) throw e;
      } catch (RuntimeException e) {
        connection = null;
        calls.pool().release(held);
        throw e;
      }
      held = calls.pool().acquire(deadline);
    }
  }

  private static boolean isOfConnection(CellarException e) {
    return e.code() == ErrorCode.BROKEN_CONNECTION || e.code() == ErrorCode.BAD_NAMESPACE_ID;
  }

  private void askForNext(Deadline deadline) {
    Calls.make(Calls.Kind.READ, deadline, connection, on -> {
      send(on, scanner);
      return null;
    });
    asked = true;
  }

  /** The next batch, waiting for it; null after the last. */
  final ByteBuffer next() {
    if (ended) return null;
    Deadline deadline = Deadline.after(patience);
    while (true) {
      ByteBuffer batch;
      try {
        if (failure != null) throw failure;
        if (!asked) askForNext(deadline);
        asked = false;
        batch = Calls.make(Calls.Kind.READ, deadline, connection, this::receive);
      } catch (CellarException e) {
        goOn(e, deadline);
        continue;
      }
      ended = isLast();
      if (ended) {
        sayGoodbye();
      } else {
        askAhead(deadline);
      }
      return batch;
    }
  }

  /** What goes wrong here is told, or mended, when the batch is wanted. */
  private void askAhead(Deadline deadline) {
    try {
      askForNext(deadline);
    } catch (CellarException e) {
      failure = e;
    }
  }

  private void goOn(CellarException e, Deadline deadline) {
    failure = null;
    leave();
    boolean mends = canGoOn() && (isOfConnection(e) || e.code() == ErrorCode.BAD_SCANNER_ID) && !deadline.isOver();
    if (!mends) {
      ended = true;
      throw e;
    }
    start(deadline);
  }

  private void leave() {
    if (connection == null) return;
    calls.pool().release(connection);
    connection = null;
  }

  /** Drops the scanner at the gateway; an answer under way is awaited, but not for long. */
  private void sayGoodbye() {
    Deadline deadline = Deadline.after(patience).orAfter(LONGEST_FAREWELL);
    try {
      if (asked) Calls.make(Calls.Kind.READ, deadline, connection, this::receive);
      Calls.make(Calls.Kind.READ, deadline, connection, on -> {
        on.client.scanner_close(scanner);
        return null;
      });
    } catch (CellarException e) {
      Connection.LOG.debug("closing a scanner: {}", e.getMessage());
    } finally {
      asked = false;
      leave();
    }
  }

  @Override
  public final void close() {
    ended = true;
    if (connection != null) sayGoodbye();
  }

  /** By next_cells_serialized, of a scanner that {@code opener} opens. Ends with its connection. */
  static final class Plain extends BatchSource {
    private final Calls.Call<Long> opener;
    private boolean last;

    Plain(Calls calls, Duration patience, Calls.Call<Long> opener) {
      super(calls, patience);
      this.opener = opener;
    }

    @Override
    long open(Connection on) throws TException {
      return opener.on(on);
    }

    @Override
    void send(Connection on, long id) throws TException {
      on.client.send_next_cells_serialized(id);
    }

    @Override
    ByteBuffer receive(Connection on) throws TException {
      ByteBuffer batch = on.client.recv_next_cells_serialized();
      last = PackedCellsReader.endsScan(batch);
      return batch;
    }

    @Override
    boolean isLast() {
      return last;
    }

    @Override
    boolean canGoOn() {
      return false;
    }
  }

  /** By resumable_scan_next: goes on after the last batch that came, on another connection or gateway. */
  static final class Resumable extends BatchSource {
    private static final int BATCH_BYTES = 1 << 20;

    private final String namespace;
    private final String table;
    private final ScanSpec spec;
    private ByteBuffer token = ByteBuffer.wrap(Bytes.NONE);
    private boolean last;

    Resumable(Calls calls, Duration patience, String namespace, String table, ScanSpec spec) {
      super(calls, patience);
      this.namespace = namespace;
      this.table = table;
      this.spec = spec;
    }

    @Override
    long open(Connection on) throws TException {
      return on.client.resumable_scan_open(on.namespace(namespace), table, spec, token);
    }

    @Override
    void send(Connection on, long id) throws TException {
      on.client.send_resumable_scan_next(id, BATCH_BYTES);
    }

    @Override
    ByteBuffer receive(Connection on) throws TException {
      ScanBatch batch = on.client.recv_resumable_scan_next();
      token = ByteBuffer.wrap(batch.getToken());
      last = batch.isDone();
      return batch.cells;
    }

    @Override
    boolean isLast() {
      return last;
    }

    @Override
    boolean canGoOn() {
      return true;
    }
  }
}

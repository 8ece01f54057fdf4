package cellar.client;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The connections of one {@link Cellar}. Thread-safe. At most so many are there at a time; one that the gateway closed while it
 * was idle is replaced before a request is lost on it, and while there is no gateway, callers wait for it for a while.
 */
final class ConnectionPool implements AutoCloseable {
  private static final long FIRST_WAIT_MS = 20;
  private static final long LONGEST_WAIT_MS = 500;

  private final CellarOptions options;
  private final Semaphore permits;
  private final Deque<Connection> idle = new ArrayDeque<>();
  private final AtomicInteger next = new AtomicInteger();
  private boolean closed;

  ConnectionPool(CellarOptions options) {
    this.options = options;
    permits = new Semaphore(options.maxConnections, true);
  }

  /** A connection for the caller alone, until {@link #release}. */
  Connection acquire(Deadline deadline) {
    return acquire(deadline, deadline.orAfter(options.connectWait));
  }

  /** The same, without waiting for a gateway that is not there. */
  Connection acquireAtOnce(Deadline deadline) {
    return acquire(deadline, Deadline.after(Duration.ZERO));
  }

  private Connection acquire(Deadline deadline, Deadline gatewayThere) {
    takePermit(deadline);
    boolean done = false;
    try {
      Connection connection = takeIdle();
      if (connection == null) connection = connect(deadline, gatewayThere);
      done = true;
      return connection;
    } finally {
      if (!done) permits.release();
    }
  }

  private void takePermit(Deadline deadline) {
    try {
      if (permits.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CellarException(ErrorCode.CONNECT_ERROR, "interrupted", false, e);
    }
    throw new CellarException(ErrorCode.REQUEST_TIMEOUT,
        "all " + options.maxConnections + " connections were in use (an open scanner has one) until the time was up");
  }

  private Connection takeIdle() {
    while (true) {
      Connection connection;
      synchronized (idle) {
        if (closed) throw new IllegalStateException("this Cellar is closed");
        connection = idle.pollFirst();
      }
      if (connection == null || connection.isUsable()) return connection;
      connection.breakOff();
    }
  }

  private Connection connect(Deadline deadline, Deadline gatewayThere) {
    for (long wait = FIRST_WAIT_MS;; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
      try {
        return connectToAny(deadline);
      } catch (IOException e) {
        if (gatewayThere.remainingMillis() <= wait || Thread.currentThread().isInterrupted()) {
          throw new CellarException(ErrorCode.CONNECT_ERROR, e.getMessage(), false, e);
        }
        Connection.LOG.debug("no gateway yet: {}", e.getMessage());
      }
      try {
        Thread.sleep(wait / 2 + ThreadLocalRandom.current().nextLong(wait / 2 + 1));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Beginning with the one after the last; each is tried once. */
  private Connection connectToAny(Deadline deadline) throws IOException {
    List<CellarOptions.Address> addresses = options.addresses;
    int first = Math.floorMod(next.getAndIncrement(), addresses.size());
    for (int i = 0;; ++i) {
      CellarOptions.Address address = addresses.get((first + i) % addresses.size());
      try {
        return new Connection(address.host, address.port, options.maxFrameBytes, deadline);
      } catch (IOException e) {
        if (i + 1 == addresses.size()) throw e;
      }
    }
  }

  void release(Connection connection) {
    boolean keep = !connection.isBroken();
    if (keep) {
      synchronized (idle) {
        keep = !closed;
        if (keep) idle.addFirst(connection);
      }
    }
    if (!keep) connection.breakOff();
    permits.release();
  }

  /** Those in use are closed when they are released. */
  @Override
  public void close() {
    synchronized (idle) {
      closed = true;
      idle.forEach(Connection::breakOff);
      idle.clear();
    }
  }
}

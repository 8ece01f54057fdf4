package cellar.client;

import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.apache.thrift.transport.TTransportException;
import org.hypertable.thriftgen.ClientException;

/**
 * Makes calls through the pool: one deadline over all tries, and another try only where that is safe.
 *
 * <p>A change is asked again only when it is certain that nobody acted on it: its frame did not leave whole, or the gateway
 * refused it before it did anything. What only reads is asked again whenever the connection broke.
 */
final class Calls {
  /** What is done with a connection. */
  interface Call<T> {
    T on(Connection connection) throws TException;
  }

  enum Kind { READ, CHANGE }

  private static final int MAX_TRIES = 8;

  private final ConnectionPool pool;

  Calls(ConnectionPool pool) {
    this.pool = pool;
  }

  ConnectionPool pool() {
    return pool;
  }

  <T> T make(Kind kind, Deadline deadline, Call<T> call) {
    Connection connection = pool.acquire(deadline);
    for (int tries = 1;; ++tries) {
      try {
        return make(kind, deadline, connection, call);
      } catch (CellarException e) {
        if (tries == MAX_TRIES || deadline.isOver() || !mayRepeat(kind, e)) throw e;
        Connection.LOG.debug("asking again: {}", e.getMessage());
      } finally {
        pool.release(connection);
      }
      connection = pool.acquire(deadline);
    }
  }

  private static boolean mayRepeat(Kind kind, CellarException e) {
    if (e.code() == ErrorCode.BAD_NAMESPACE_ID) return true;
    return e.code() == ErrorCode.BROKEN_CONNECTION && (kind == Kind.READ || !e.mayBeApplied());
  }

  /** One try, on a connection the caller holds. */
  static <T> T make(Kind kind, Deadline deadline, Connection connection, Call<T> call) {
    FrameTransport transport = connection.transport;
    transport.setDeadline(deadline);
    transport.beginRequest();
    try {
      return call.on(connection);
    } catch (ClientException e) {
      if (e.getCode() == ErrorCode.BAD_NAMESPACE_ID) connection.forgetNamespaces();
      boolean unknown = kind == Kind.CHANGE && e.getCode() == ErrorCode.REQUEST_TIMEOUT;
      throw new CellarException(e.getCode(), e.isSetReason() ? e.getReason() : e.getMessage(), unknown, e);
    } catch (TApplicationException e) {
      if (e.getType() == TApplicationException.UNKNOWN_METHOD) {
        throw new CellarException(ErrorCode.NOT_IMPLEMENTED, e.getMessage(), false, e);
      }
      connection.breakOff();
      throw new CellarException(ErrorCode.PROTOCOL_ERROR, e.getMessage(), kind == Kind.CHANGE, e);
    } catch (FrameTransport.TooLarge e) {
      throw new CellarException(ErrorCode.BAD_KEY, e.getMessage(), false, e);
    } catch (TTransportException e) {
      connection.breakOff();
      throw new CellarException(codeOf(e), e.getMessage(), kind == Kind.CHANGE && transport.wasSent(), e);
    } catch (TException | RuntimeException e) {
      connection.breakOff();
      if (e instanceof CellarException) throw (CellarException) e;
      throw new CellarException(ErrorCode.PROTOCOL_ERROR, e.toString(), kind == Kind.CHANGE && transport.wasSent(), e);
    }
  }

  private static int codeOf(TTransportException e) {
    switch (e.getType()) {
      case TTransportException.TIMED_OUT: return ErrorCode.REQUEST_TIMEOUT;
      case TTransportException.CORRUPTED_DATA: return ErrorCode.PROTOCOL_ERROR;
      default: return ErrorCode.BROKEN_CONNECTION;
    }
  }
}

package cellar.client;

import java.time.Duration;
import java.util.Objects;

/** How to reach a gateway, and how long to wait. Immutable; each method gives another one. */
public final class CellarOptions {
  private static final int DEFAULT_MAX_FRAME_BYTES = 64 << 20;

  final String host;
  final int port;
  final Duration deadline;
  final Duration connectWait;
  final int maxConnections;
  final int maxFrameBytes;

  private CellarOptions(String host, int port, Duration deadline, Duration connectWait, int maxConnections, int maxFrameBytes) {
    this.host = Objects.requireNonNull(host);
    this.port = port;
    this.deadline = positive(deadline);
    this.connectWait = connectWait;
    this.maxConnections = maxConnections;
    this.maxFrameBytes = maxFrameBytes;
  }

  static Duration positive(Duration time) {
    if (time.isZero() || time.isNegative()) throw new IllegalArgumentException("not a time to wait: " + time);
    return time;
  }

  public static CellarOptions at(String host, int port) {
    return new CellarOptions(host, port, Duration.ofSeconds(60), Duration.ofSeconds(10), 64, DEFAULT_MAX_FRAME_BYTES);
  }

  /** The time of one operation, everything included. 60 s unless said otherwise; of a scan, for each batch. */
  public CellarOptions deadline(Duration time) {
    return new CellarOptions(host, port, time, connectWait, maxConnections, maxFrameBytes);
  }

  /** So much of it may be spent waiting for a gateway that is not there, as while one restarts. 10 s unless said otherwise. */
  public CellarOptions connectWait(Duration time) {
    return new CellarOptions(host, port, deadline, time, maxConnections, maxFrameBytes);
  }

  /** At most so many connections; each operation under way and each open scanner has one. 64 unless said otherwise. */
  public CellarOptions maxConnections(int count) {
    if (count < 1) throw new IllegalArgumentException("no connections: " + count);
    return new CellarOptions(host, port, deadline, connectWait, count, maxFrameBytes);
  }

  /** Larger requests and answers are refused. 64 MiB unless said otherwise. */
  public CellarOptions maxFrameBytes(int count) {
    return new CellarOptions(host, port, deadline, connectWait, maxConnections, count);
  }
}

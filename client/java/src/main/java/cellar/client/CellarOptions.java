package cellar.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** How to reach the gateways of a cluster, and how long to wait. Immutable; each method gives another one. */
public final class CellarOptions {
  private static final int DEFAULT_MAX_FRAME_BYTES = 64 << 20;

  /** Where one gateway listens. */
  static final class Address {
    final String host;
    final int port;

    Address(String host, int port) {
      this.host = Objects.requireNonNull(host);
      this.port = port;
    }
  }

  final List<Address> addresses;
  final Duration deadline;
  final Duration connectWait;
  final int maxConnections;
  final int maxFrameBytes;

  private CellarOptions(List<Address> addresses, Duration deadline, Duration connectWait, int maxConnections, int maxFrameBytes) {
    this.addresses = addresses;
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
    return new CellarOptions(List.of(new Address(host, port)), Duration.ofSeconds(60), Duration.ofSeconds(10), 64, DEFAULT_MAX_FRAME_BYTES);
  }

  /** Another gateway of the same cluster: connections are spread over all, and one that is not there is passed over. */
  public CellarOptions and(String host, int port) {
    List<Address> more = new ArrayList<>(addresses);
    more.add(new Address(host, port));
    return new CellarOptions(more, deadline, connectWait, maxConnections, maxFrameBytes);
  }

  /** The time of one operation, everything included. 60 s unless said otherwise; of a scan, for each batch. */
  public CellarOptions deadline(Duration time) {
    return new CellarOptions(addresses, time, connectWait, maxConnections, maxFrameBytes);
  }

  /** So much of it may be spent waiting for a gateway that is not there, as while one restarts. 10 s unless said otherwise. */
  public CellarOptions connectWait(Duration time) {
    return new CellarOptions(addresses, deadline, time, maxConnections, maxFrameBytes);
  }

  /** At most so many connections; each operation under way and each open scanner has one. 64 unless said otherwise. */
  public CellarOptions maxConnections(int count) {
    if (count < 1) throw new IllegalArgumentException("no connections: " + count);
    return new CellarOptions(addresses, deadline, connectWait, count, maxFrameBytes);
  }

  /** Larger requests and answers are refused. 64 MiB unless said otherwise. */
  public CellarOptions maxFrameBytes(int count) {
    return new CellarOptions(addresses, deadline, connectWait, maxConnections, count);
  }
}

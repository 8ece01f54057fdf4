package cellar.client;

import java.time.Duration;

/** A point in time by which something has ended. */
final class Deadline {
  private final long atNanos;

  private Deadline(long atNanos) {
    this.atNanos = atNanos;
  }

  static Deadline after(Duration time) {
    return new Deadline(System.nanoTime() + Math.min(time.toNanos(), Long.MAX_VALUE / 4));
  }

  /** The earlier of this and so much from now. */
  Deadline orAfter(Duration time) {
    Deadline other = after(time);
    return other.atNanos - atNanos < 0 ? other : this;
  }

  /** At least 0. */
  long remainingNanos() {
    return Math.max(0, atNanos - System.nanoTime());
  }

  /** Rounded up, so that 0 means: over. */
  long remainingMillis() {
    return (remainingNanos() + 999_999) / 1_000_000;
  }

  boolean isOver() {
    return remainingNanos() == 0;
  }
}

package cellar.client;

import java.util.Optional;

/** What became of a change under conditions. */
public final class Outcome {
  private final boolean applied;
  private final int failedCondition;
  private final byte[] current;

  Outcome(boolean applied, int failedCondition, byte[] current) {
    this.applied = applied;
    this.failedCondition = failedCondition;
    this.current = current;
  }

  /** All conditions held, and the change was made. */
  public boolean isApplied() {
    return applied;
  }

  /** Not applied: which condition was the first that did not hold, from 0; else -1. */
  public int failedCondition() {
    return failedCondition;
  }

  /** Not applied: the value that it met, if there was one. */
  public Optional<byte[]> current() {
    return Optional.ofNullable(current);
  }

  @Override
  public String toString() {
    if (applied) return "applied";
    String met = current == null ? "nothing" : Bytes.quote(current, 0, current.length);
    return "not applied: condition " + failedCondition + " met " + met;
  }
}

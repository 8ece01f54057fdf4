package cellar.client;

/** What an acknowledged write has survived. */
public enum Durability {
  /** What the table says. */
  TABLE,
  /** A synced log record: the machine may fail. */
  SYNC,
  /** It left the range server's process, which may fail. */
  FLUSH,
  /** Nothing: it is in no log. */
  NONE;

  cellar.thriftgen.Durability wire() {
    return cellar.thriftgen.Durability.findByValue(ordinal());
  }
}

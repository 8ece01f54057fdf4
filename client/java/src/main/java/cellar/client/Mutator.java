package cellar.client;

import java.util.Objects;

/**
 * Collects changes of many rows, and sends them in batches. {@link #flush} and {@link #close} return when all is acknowledged.
 * Not thread-safe.
 *
 * <p>When sending fails, the batch is dropped and the error says whether it may have been applied, wholly or in part; the
 * mutator can go on to be used.
 */
public final class Mutator implements AutoCloseable {
  /** A batch is sent when it has so many bytes. */
  static final int BATCH_BYTES = 1 << 20;

  private final Table table;
  private final Durability durability;
  private final PackedCellsWriter writer = new PackedCellsWriter();

  Mutator(Table table, Durability durability) {
    this.table = table;
    this.durability = Objects.requireNonNull(durability);
  }

  public Mutator put(Row row) {
    row.packInto(writer);
    if (writer.sizeBytes() >= BATCH_BYTES) flush();
    return this;
  }

  public void flush() {
    if (writer.isEmpty()) return;
    try {
      table.send(writer, durability);
    } finally {
      writer.clear();
    }
  }

  @Override
  public void close() {
    flush();
  }
}

package cellar.client;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes to one row, in their order; they are made in one step. Not thread-safe. A {@code timestamp} is in nanoseconds since
 * 1970; without one the server gives it.
 */
public final class Row {
  private static final class Change {
    final byte[] family;
    final byte[] qualifier;
    final long timestamp;
    final byte[] value;
    final Cell.Kind kind;

    Change(byte[] family, byte[] qualifier, long timestamp, byte[] value, Cell.Kind kind) {
      this.family = family;
      this.qualifier = qualifier;
      this.timestamp = timestamp;
      this.value = value;
      this.kind = kind;
    }
  }

  private final byte[] key;
  private final List<Change> changes = new ArrayList<>(4);

  private Row(byte[] key) {
    if (key.length == 0) throw new CellarException(ErrorCode.BAD_KEY, "an empty row");
    this.key = key;
  }

  public static Row of(String key) {
    return new Row(Bytes.utf8(key));
  }

  /** Keeps {@code key}, which must not change. */
  public static Row of(byte[] key) {
    return new Row(key);
  }

  private Row add(String family, byte[] qualifier, long timestamp, byte[] value, Cell.Kind kind) {
    changes.add(new Change(Bytes.utf8(family), qualifier, timestamp, value, kind));
    return this;
  }

  // ---- Setting

  public Row set(String family, String qualifier, byte[] value) {
    return add(family, Bytes.utf8(qualifier), Cell.AUTO_TIMESTAMP, value, Cell.Kind.INSERT);
  }

  public Row set(String family, String qualifier, String value) {
    return set(family, qualifier, Bytes.utf8(value));
  }

  public Row set(String family, byte[] qualifier, byte[] value) {
    return add(family, qualifier, Cell.AUTO_TIMESTAMP, value, Cell.Kind.INSERT);
  }

  public Row set(String family, String qualifier, long timestamp, byte[] value) {
    return add(family, Bytes.utf8(qualifier), timestamp, value, Cell.Kind.INSERT);
  }

  public Row set(String family, byte[] qualifier, long timestamp, byte[] value) {
    return add(family, qualifier, timestamp, value, Cell.Kind.INSERT);
  }

  /** Adds to a counter. {@link Table#increment} also says what it is then. */
  public Row add(String family, String qualifier, long delta) {
    return set(family, qualifier, (delta < 0 ? "" : "+") + delta);
  }

  // ---- Deleting

  /** All versions of one column. */
  public Row delete(String family, String qualifier) {
    return delete(family, Bytes.utf8(qualifier));
  }

  public Row delete(String family, byte[] qualifier) {
    return add(family, qualifier, Cell.AUTO_TIMESTAMP, Bytes.NONE, Cell.Kind.DELETE_CELL);
  }

  /** The versions up to and with {@code timestamp}. */
  public Row delete(String family, String qualifier, long timestamp) {
    return add(family, Bytes.utf8(qualifier), timestamp, Bytes.NONE, Cell.Kind.DELETE_CELL);
  }

  /** That version alone. */
  public Row deleteVersion(String family, String qualifier, long timestamp) {
    return add(family, Bytes.utf8(qualifier), timestamp, Bytes.NONE, Cell.Kind.DELETE_VERSION);
  }

  public Row deleteFamily(String family) {
    return add(family, Bytes.NONE, Cell.AUTO_TIMESTAMP, Bytes.NONE, Cell.Kind.DELETE_FAMILY);
  }

  /** The whole row as it is before this change. */
  public Row deleteRow() {
    return add("", Bytes.NONE, Cell.AUTO_TIMESTAMP, Bytes.NONE, Cell.Kind.DELETE_ROW);
  }

  // ---- For the package

  byte[] key() {
    return key;
  }

  boolean isEmpty() {
    return changes.isEmpty();
  }

  void packInto(PackedCellsWriter writer) {
    for (Change change : changes) {
      writer.add(key, change.family, change.qualifier, change.timestamp, change.value, change.kind.wire);
    }
  }

  ByteBuffer packed() {
    if (isEmpty()) throw new IllegalArgumentException("a row without changes");
    PackedCellsWriter writer = new PackedCellsWriter();
    packInto(writer);
    return writer.finish();
  }
}

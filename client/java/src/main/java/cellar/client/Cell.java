package cellar.client;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One cell as it was read. Immutable. The bytes stay in the batch that brought them until they are asked for: each call of
 * {@link #row()} and its like makes a copy, the {@code …Buffer} methods do not. A cell that is kept for long should be kept as
 * {@link #detached()}, since it holds its whole batch.
 */
public final class Cell {
  /** "The server gives the timestamp." */
  public static final long AUTO_TIMESTAMP = Long.MIN_VALUE + 2;

  /** What a cell says: a value, or a delete marker (seen by scans that ask for them). */
  public enum Kind {
    DELETE_ROW(0), DELETE_FAMILY(1), DELETE_CELL(2), DELETE_VERSION(3), INSERT(255);

    final int wire;

    Kind(int wire) {
      this.wire = wire;
    }

    static Kind of(int wire) {
      switch (wire) {
        case 0: return DELETE_ROW;
        case 1: return DELETE_FAMILY;
        case 2: return DELETE_CELL;
        case 3: return DELETE_VERSION;
        default: return INSERT;
      }
    }
  }

  private final byte[] bytes;
  private final int row;
  private final int rowLength;
  private final int family;
  private final int familyLength;
  private final int qualifier;
  private final int qualifierLength;
  private final int value;
  private final int valueLength;
  private final long timestamp;
  private final byte kind;

  Cell(PackedCellsReader at) {
    this(at.bytes(), at.rowOffset(), at.rowLength(), at.familyOffset(), at.familyLength(), at.qualifierOffset(),
        at.qualifierLength(), at.valueOffset(), at.valueLength(), at.timestamp(), (byte) at.flag());
  }

  private Cell(byte[] bytes, int row, int rowLength, int family, int familyLength, int qualifier, int qualifierLength,
      int value, int valueLength, long timestamp, byte kind) {
    this.bytes = bytes;
    this.row = row;
    this.rowLength = rowLength;
    this.family = family;
    this.familyLength = familyLength;
    this.qualifier = qualifier;
    this.qualifierLength = qualifierLength;
    this.value = value;
    this.valueLength = valueLength;
    this.timestamp = timestamp;
    this.kind = kind;
  }

  public byte[] row() {
    return Arrays.copyOfRange(bytes, row, row + rowLength);
  }

  public String rowString() {
    return new String(bytes, row, rowLength, StandardCharsets.UTF_8);
  }

  public ByteBuffer rowBuffer() {
    return view(row, rowLength);
  }

  /** The column family's name; empty in the marker of a deleted row. */
  public String family() {
    return new String(bytes, family, familyLength, StandardCharsets.UTF_8);
  }

  public byte[] qualifier() {
    return Arrays.copyOfRange(bytes, qualifier, qualifier + qualifierLength);
  }

  public String qualifierString() {
    return new String(bytes, qualifier, qualifierLength, StandardCharsets.UTF_8);
  }

  public ByteBuffer qualifierBuffer() {
    return view(qualifier, qualifierLength);
  }

  public byte[] value() {
    return Arrays.copyOfRange(bytes, value, value + valueLength);
  }

  public String valueString() {
    return new String(bytes, value, valueLength, StandardCharsets.UTF_8);
  }

  public ByteBuffer valueBuffer() {
    return view(value, valueLength);
  }

  public int valueLength() {
    return valueLength;
  }

  /** The value as the number that a counter is. */
  public long valueLong() {
    return Long.parseLong(valueString());
  }

  /** Nanoseconds since 1970, UTC. */
  public long timestamp() {
    return timestamp;
  }

  public Kind kind() {
    return Kind.of(kind & 0xFF);
  }

  /** Same family and qualifier. */
  public boolean isColumn(String wantedFamily, byte[] wantedQualifier) {
    return Arrays.equals(bytes, qualifier, qualifier + qualifierLength, wantedQualifier, 0, wantedQualifier.length)
        && family().equals(wantedFamily);
  }

  /** Whether both are cells of one row. */
  boolean isOfRow(Cell that) {
    return Arrays.equals(bytes, row, row + rowLength, that.bytes, that.row, that.row + that.rowLength);
  }

  /** The same cell with bytes of its own. */
  public Cell detached() {
    byte[] own = new byte[rowLength + familyLength + qualifierLength + valueLength];
    System.arraycopy(bytes, row, own, 0, rowLength);
    System.arraycopy(bytes, family, own, rowLength, familyLength);
    System.arraycopy(bytes, qualifier, own, rowLength + familyLength, qualifierLength);
    int valueAt = rowLength + familyLength + qualifierLength;
    System.arraycopy(bytes, value, own, valueAt, valueLength);
    return new Cell(own, 0, rowLength, rowLength, familyLength, rowLength + familyLength, qualifierLength, valueAt, valueLength,
        timestamp, kind);
  }

  private ByteBuffer view(int offset, int length) {
    return ByteBuffer.wrap(bytes, offset, length).slice().asReadOnlyBuffer();
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof Cell)) return false;
    Cell that = (Cell) other;
    return timestamp == that.timestamp && kind == that.kind && rowBuffer().equals(that.rowBuffer())
        && view(family, familyLength).equals(that.view(that.family, that.familyLength))
        && qualifierBuffer().equals(that.qualifierBuffer()) && valueBuffer().equals(that.valueBuffer());
  }

  @Override
  public int hashCode() {
    return (rowBuffer().hashCode() * 31 + qualifierBuffer().hashCode()) * 31 + Long.hashCode(timestamp);
  }

  @Override
  public String toString() {
    return Bytes.quote(bytes, row, rowLength) + " " + family() + ":" + Bytes.quote(bytes, qualifier, qualifierLength) + " @"
        + timestamp + (kind() == Kind.INSERT ? " = " + Bytes.quote(bytes, value, valueLength) : " " + kind());
  }
}

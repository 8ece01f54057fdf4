package cellar.client;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Builds packed cells (docs/internals/gateway.md). A row that repeats is left out. One thread at a time. */
public final class PackedCellsWriter {
  private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int VERSION_1_OVERHEAD = 1 + 8 + 3 + 4 + 1;
  private static final int LARGEST_BUFFER = Integer.MAX_VALUE - 64;

  private final int version;
  private byte[] bytes;
  private int size;
  private int cells;
  private int lastRow;
  private int lastRowLength;

  /** Of version 2. */
  public PackedCellsWriter() {
    this(2);
  }

  public PackedCellsWriter(int version) {
    if (version != 1 && version != 2) throw new IllegalArgumentException("packed cells of version " + version);
    this.version = version;
    bytes = new byte[256];
    clear();
  }

  public void clear() {
    INT.set(bytes, 0, version);
    size = 4;
    cells = 0;
    lastRowLength = 0;
  }

  public boolean isEmpty() {
    return cells == 0;
  }

  public int cells() {
    return cells;
  }

  /** So far, without the terminator. */
  public int sizeBytes() {
    return size;
  }

  /** The whole of each array; {@code flag} as {@link PackedCellsReader#flag()}. */
  public void add(byte[] row, byte[] family, byte[] qualifier, long timestamp, byte[] value, int flag) {
    add(row, 0, row.length, family, 0, family.length, qualifier, 0, qualifier.length, timestamp, value, 0, value.length, flag);
  }

  /** Adds a cell, or nothing when it cannot be packed: BAD_FORMAT for a NUL that version 1 cannot hold. */
  public void add(byte[] row, int rowAt, int rowLength, byte[] family, int familyAt, int familyLength, byte[] qualifier,
      int qualifierAt, int qualifierLength, long timestamp, byte[] value, int valueAt, int valueLength, int flag) {
    if (rowLength == 0) throw new CellarException(ErrorCode.INVALID_ARGUMENT, "a cell without a row");
    if (familyLength > 255) throw new CellarException(ErrorCode.BAD_KEY, "a column family of " + familyLength + " bytes");
    boolean repeats = cells > 0
        && Arrays.equals(bytes, lastRow, lastRow + lastRowLength, row, rowAt, rowAt + rowLength);
    if (version == 1) checkNul(row, rowAt, rowLength, qualifier, qualifierAt, qualifierLength);
    int sentRowLength = repeats ? 0 : rowLength;
    reserve((long) sentRowLength + familyLength + qualifierLength + valueLength
        + (version == 1 ? VERSION_1_OVERHEAD : PackedCellsReader.HEAD_BYTES));
    boolean auto = timestamp == Cell.AUTO_TIMESTAMP;
    int control = auto ? PackedCellsReader.AUTO_TIMESTAMP : PackedCellsReader.HAVE_TIMESTAMP;
    if (version == 1) {
      bytes[size++] = (byte) control;
      if (!auto) {
        LONG.set(bytes, size, timestamp);
        size += 8;
      }
    } else {
      bytes[size] = (byte) control;
      bytes[size + 1] = (byte) flag;
      bytes[size + 2] = (byte) familyLength;
      bytes[size + 3] = 0;
      INT.set(bytes, size + 4, sentRowLength);
      INT.set(bytes, size + 8, qualifierLength);
      INT.set(bytes, size + 12, valueLength);
      LONG.set(bytes, size + 16, auto ? 0 : timestamp);
      size += PackedCellsReader.HEAD_BYTES;
    }
    if (!repeats) {
      lastRow = size;
      lastRowLength = rowLength;
    }
    put(row, rowAt, sentRowLength);
    put(family, familyAt, familyLength);
    put(qualifier, qualifierAt, qualifierLength);
    if (version == 1) {
      INT.set(bytes, size, valueLength);
      size += 4;
    }
    System.arraycopy(value, valueAt, bytes, size, valueLength);
    size += valueLength;
    if (version == 1) bytes[size++] = (byte) flag;
    ++cells;
  }

  private void checkNul(byte[] row, int rowAt, int rowLength, byte[] qualifier, int qualifierAt, int qualifierLength) {
    if (!hasNul(row, rowAt, rowLength) && !hasNul(qualifier, qualifierAt, qualifierLength)) return;
    throw new CellarException(ErrorCode.BAD_FORMAT, "row " + Bytes.quote(row, rowAt, rowLength)
        + ": a NUL in row or qualifier needs packed cells of version 2");
  }

  private static boolean hasNul(byte[] text, int at, int length) {
    for (int i = at; i < at + length; ++i) {
      if (text[i] == 0) return true;
    }
    return false;
  }

  private void put(byte[] text, int at, int length) {
    System.arraycopy(text, at, bytes, size, length);
    size += length;
    if (version == 1) bytes[size++] = 0;
  }

  private void reserve(long more) {
    long needed = size + more + PackedCellsReader.HEAD_BYTES;
    if (needed <= bytes.length) return;
    if (needed > LARGEST_BUFFER) throw new CellarException(ErrorCode.BAD_KEY, "packed cells of " + needed + " bytes");
    bytes = Arrays.copyOf(bytes, (int) Math.min(LARGEST_BUFFER, Math.max(needed, 2L * bytes.length)));
  }

  /** The buffer with its terminator, as a view that is good until the next call; the cells stay until {@link #clear}. */
  public ByteBuffer finish() {
    return finish(0);
  }

  ByteBuffer finish(int bits) {
    if (version == 1) {
      bytes[size] = (byte) (bits | PackedCellsReader.END_OF_BUFFER);
      return ByteBuffer.wrap(bytes, 0, size + 1);
    }
    Arrays.fill(bytes, size, size + PackedCellsReader.HEAD_BYTES, (byte) 0);
    bytes[size] = (byte) (bits | PackedCellsReader.END_OF_BUFFER);
    INT.set(bytes, size + 4, cells);
    return ByteBuffer.wrap(bytes, 0, size + PackedCellsReader.HEAD_BYTES);
  }
}

package cellar.client;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Walks over packed cells of version 1 or 2 (docs/internals/gateway.md), as a view that moves: nothing is allocated for a cell.
 * Checks every length. One thread at a time; the array must not change meanwhile.
 *
 * <p>Damage is a {@link CellarException}: VERSION_MISMATCH, INPUT_OVERRUN where it ends early, BAD_FORMAT for anything else.
 */
public final class PackedCellsReader {
  static final int END_OF_BUFFER = 0x01;
  static final int END_OF_SCAN = 0x02;
  static final int FLUSH = 0x04;
  static final int REVISION_IS_TIMESTAMP = 0x10;
  static final int AUTO_TIMESTAMP = 0x20;
  static final int HAVE_TIMESTAMP = 0x40;
  static final int HAVE_REVISION = 0x80;
  static final int HEAD_BYTES = 24;
  static final long NULL_TIMESTAMP = Long.MIN_VALUE + 1;

  private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes = Bytes.NONE;
  private int position;
  private int limit;
  private int version;
  private int cells;
  private int terminator = END_OF_BUFFER;

  private int row;
  private int rowLength;
  private int family;
  private int familyLength;
  private int qualifier;
  private int qualifierLength;
  private int value;
  private int valueLength;
  private long timestamp;
  private long revision;
  private boolean hasRevision;
  private int flag;

  /** A reader of nothing. */
  public PackedCellsReader() {}

  public PackedCellsReader(ByteBuffer packed) {
    reset(packed);
  }

  /** Begins with another buffer, whose position stays; one without an accessible array is copied. */
  public void reset(ByteBuffer packed) {
    if (packed.hasArray()) {
      reset(packed.array(), packed.arrayOffset() + packed.position(), packed.remaining());
    } else {
      byte[] copy = new byte[packed.remaining()];
      packed.duplicate().get(copy);
      reset(copy, 0, copy.length);
    }
  }

  public void reset(byte[] packed, int offset, int length) {
    bytes = packed;
    position = offset;
    limit = offset + length;
    cells = 0;
    terminator = 0;
    row = rowLength = 0;
    timestamp = NULL_TIMESTAMP;
    if (length < 4) throw endsEarly();
    version = (int) INT.get(bytes, position);
    position += 4;
    if (version != 1 && version != 2) {
      throw new CellarException(ErrorCode.VERSION_MISMATCH, "packed cells of version " + version);
    }
  }

  /** Goes to the next cell; false at the end of the buffer. */
  public boolean next() {
    if (terminator != 0) return false;
    return version == 2 ? nextOfVersion2() : nextOfVersion1();
  }

  private boolean nextOfVersion2() {
    final byte[] b = bytes;
    int at = position;
    if (limit - at < HEAD_BYTES) throw endsEarly();
    int control = b[at];
    int newRowLength = (int) INT.get(b, at + 4);
    if ((control & END_OF_BUFFER) != 0) {
      if (newRowLength != cells) throw bad("the terminator counts " + newRowLength + " cells");
      return end(control & 0xFF, at + HEAD_BYTES);
    }
    int newQualifierLength = (int) INT.get(b, at + 8);
    int newValueLength = (int) INT.get(b, at + 12);
    familyLength = b[at + 2] & 0xFF;
    flag = b[at + 1] & 0xFF;
    timestamp = (control & HAVE_TIMESTAMP) != 0 ? (long) LONG.get(b, at + 16) : Cell.AUTO_TIMESTAMP;
    hasRevision = (control & HAVE_REVISION) != 0;
    at += HEAD_BYTES;
    if (hasRevision) {
      if (limit - at < 8) throw endsEarly();
      revision = (long) LONG.get(b, at);
      at += 8;
    }
    long size = (newRowLength & 0xFFFFFFFFL) + familyLength + (newQualifierLength & 0xFFFFFFFFL) + (newValueLength & 0xFFFFFFFFL);
    if (size > limit - at) throw endsEarly();
    if (newRowLength != 0) {
      row = at;
      rowLength = newRowLength;
      at += newRowLength;
    }
    family = at;
    qualifier = at += familyLength;
    qualifierLength = newQualifierLength;
    value = at += newQualifierLength;
    valueLength = newValueLength;
    position = at + newValueLength;
    return finish();
  }

  private boolean nextOfVersion1() {
    if (position == limit) throw endsEarly();
    int control = bytes[position] & 0xFF;
    if ((control & END_OF_BUFFER) != 0) return end(control, position + 1);
    ++position;
    if ((control & HAVE_TIMESTAMP) != 0) {
      timestamp = takeLong();
    } else if ((control & AUTO_TIMESTAMP) != 0) {
      timestamp = Cell.AUTO_TIMESTAMP;
    }
    hasRevision = (control & HAVE_REVISION) != 0;
    if (hasRevision) revision = (control & REVISION_IS_TIMESTAMP) != 0 ? timestamp : takeLong();
    int newRow = position;
    int newRowLength = takeText();
    if (newRowLength != 0) {
      row = newRow;
      rowLength = newRowLength;
    }
    family = position;
    familyLength = takeText();
    qualifier = position;
    qualifierLength = takeText();
    if (limit - position < 4) throw endsEarly();
    valueLength = (int) INT.get(bytes, position);
    position += 4;
    if (valueLength < 0 || valueLength >= limit - position) throw endsEarly();
    value = position;
    position += valueLength;
    flag = bytes[position++] & 0xFF;
    return finish();
  }

  private long takeLong() {
    if (limit - position < 8) throw endsEarly();
    long number = (long) LONG.get(bytes, position);
    position += 8;
    return number;
  }

  /** The length of the text that begins here; goes behind its NUL. */
  private int takeText() {
    int from = position;
    for (int at = from; at < limit; ++at) {
      if (bytes[at] == 0) {
        position = at + 1;
        return at - from;
      }
    }
    throw endsEarly();
  }

  private boolean finish() {
    if (rowLength == 0) throw bad("the first cell has no row");
    if (flag < 0xFF) {
      if (flag > 3) throw bad("no cell has the flag " + flag);
      if (flag == 0) familyLength = qualifierLength = 0;
    }
    ++cells;
    return true;
  }

  private boolean end(int control, int after) {
    if (after != limit) throw bad("bytes follow the end of the packed cells");
    terminator = control;
    return false;
  }

  /** As if nothing followed. */
  void end() {
    terminator = END_OF_BUFFER;
  }

  private CellarException endsEarly() {
    return new CellarException(ErrorCode.INPUT_OVERRUN, "cell " + cells + ": the packed cells end early");
  }

  private CellarException bad(String what) {
    return new CellarException(ErrorCode.BAD_FORMAT, "cell " + cells + ": " + what);
  }

  /** Whether the terminator of these packed cells says that the scan ends here; looks at nothing else. */
  static boolean endsScan(ByteBuffer packed) {
    if (packed.remaining() < 5) return false;
    boolean old = packed.get(packed.position()) == 1;
    int at = packed.limit() - (old ? 1 : HEAD_BYTES);
    return at >= packed.position() + 4 && (packed.get(at) & END_OF_SCAN) != 0;
  }

  /** Nothing follows this buffer in its scan. Known at the end. */
  public boolean isEndOfScan() {
    return (terminator & END_OF_SCAN) != 0;
  }

  /** The buffer asks for a flush. Known at the end. */
  public boolean isFlush() {
    return (terminator & FLUSH) != 0;
  }

  // ---- The cell of the last next(), as places in bytes().

  public byte[] bytes() {
    return bytes;
  }

  public int rowOffset() {
    return row;
  }

  public int rowLength() {
    return rowLength;
  }

  public int familyOffset() {
    return family;
  }

  public int familyLength() {
    return familyLength;
  }

  public int qualifierOffset() {
    return qualifier;
  }

  public int qualifierLength() {
    return qualifierLength;
  }

  public int valueOffset() {
    return value;
  }

  public int valueLength() {
    return valueLength;
  }

  public long timestamp() {
    return timestamp;
  }

  public boolean hasRevision() {
    return hasRevision;
  }

  public long revision() {
    return hasRevision ? revision : 0;
  }

  /** 255 for an insert; 0 to 3 for the marker of a deleted row, family, cell, version. */
  public int flag() {
    return flag;
  }

  /** The present cell as a value of its own; copies no bytes. */
  public Cell cell() {
    return new Cell(this);
  }
}

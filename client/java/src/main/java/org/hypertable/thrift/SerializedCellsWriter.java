package org.hypertable.thrift;

import cellar.client.PackedCellsWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Packs cells, up to a size unless it may grow. */
public class SerializedCellsWriter {
  private static final byte[] NONE = new byte[0];
  private static final int OVERHEAD = 1 + 8 + 3 + 4 + 1;

  private final PackedCellsWriter writer = new PackedCellsWriter(1);
  private final int size;
  private final boolean grow;
  private ByteBuffer finished;

  public SerializedCellsWriter(int size) {
    this(size, false);
  }

  public SerializedCellsWriter(int size, boolean grow) {
    this.size = size;
    this.grow = grow;
  }

  public boolean add(String row, String column_family, String column_qualifier, long timestamp, ByteBuffer value) {
    byte[] bytes = NONE;
    if (value != null) {
      bytes = new byte[value.remaining()];
      value.duplicate().get(bytes);
    }
    byte[] row_bytes = utf8(row);
    byte[] family = utf8(column_family);
    byte[] qualifier = utf8(column_qualifier);
    return add(row_bytes, 0, row_bytes.length, family, 0, family.length, qualifier, 0, qualifier.length, timestamp, bytes, 0,
        bytes.length, SerializedCellsFlag.FLAG_INSERT);
  }

  public boolean add(byte[] row, int row_offset, int row_length, byte[] column_family, int column_family_offset,
      int column_family_length, byte[] column_qualifier, int column_qualifier_offset, int column_qualifier_length,
      long timestamp, byte[] value, int value_offset, int value_length) {
    return add(row, row_offset, row_length, column_family, column_family_offset, column_family_length, column_qualifier,
        column_qualifier_offset, column_qualifier_length, timestamp, value, value_offset, value_length,
        SerializedCellsFlag.FLAG_INSERT);
  }

  /** False, and nothing added, when it does not fit any more; the first cell always does. */
  public boolean add(byte[] row, int row_offset, int row_length, byte[] column_family, int column_family_offset,
      int column_family_length, byte[] column_qualifier, int column_qualifier_offset, int column_qualifier_length,
      long timestamp, byte[] value, int value_offset, int value_length, byte cell_flag) {
    if (finished != null) throw new IllegalStateException("the buffer is finished: clear it first");
    long needed = (long) row_length + column_family_length + column_qualifier_length + value_length + OVERHEAD;
    if (!grow && !writer.isEmpty() && writer.sizeBytes() + needed + 1 > size) return false;
    // "No timestamp" is what the ancestor's programs say for "now".
    long sent = timestamp == SerializedCellsFlag.NULL ? SerializedCellsFlag.AUTO_ASSIGN : timestamp;
    writer.add(row, row_offset, row_length, column_family == null ? NONE : column_family, column_family_offset,
        column_family_length, column_qualifier == null ? NONE : column_qualifier, column_qualifier_offset,
        column_qualifier_length, sent, value == null ? NONE : value, value_offset, value_length, cell_flag & 0xFF);
    return true;
  }

  private static byte[] utf8(String text) {
    return text == null ? NONE : text.getBytes(StandardCharsets.UTF_8);
  }

  public boolean isEmpty() {
    return writer.isEmpty();
  }

  /** Ends the buffer; {@code flag} is what the terminator carries beside EOB. */
  public void finalize(byte flag) {
    ByteBuffer packed = writer.finish();
    byte[] bytes = Arrays.copyOf(packed.array(), packed.limit());
    bytes[bytes.length - 1] |= flag;
    finished = ByteBuffer.wrap(bytes);
  }

  /** The finished buffer. */
  public ByteBuffer buffer() {
    if (finished == null) finalize((byte) 0);
    return finished.duplicate();
  }

  public byte[] array() {
    return buffer().array();
  }

  /** Of the cells so far. */
  public int size() {
    return finished == null ? writer.sizeBytes() : finished.remaining();
  }

  public void clear() {
    writer.clear();
    finished = null;
  }
}

package org.hypertable.thrift;

import cellar.client.PackedCellsReader;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Reads packed cells. {@code while (reader.next()) …}; then {@link #eos} tells whether the scan is over. */
public class SerializedCellsReader {
  private final PackedCellsReader reader = new PackedCellsReader();
  private boolean ended;

  /** {@code null}: to be given by {@link #reset}. */
  public SerializedCellsReader(ByteBuffer buffer) {
    if (buffer != null) reset(buffer);
  }

  public SerializedCellsReader(byte[] buffer) {
    if (buffer != null) reset(buffer);
  }

  public void reset(ByteBuffer buffer) {
    reader.reset(buffer);
    ended = false;
  }

  public void reset(byte[] buffer) {
    reset(ByteBuffer.wrap(buffer));
  }

  public boolean next() {
    ended = !reader.next();
    return !ended;
  }

  private byte[] copy(int offset, int length) {
    return Arrays.copyOfRange(reader.bytes(), offset, offset + length);
  }

  public byte[] get_row() {
    return copy(reader.rowOffset(), reader.rowLength());
  }

  public int get_row_length() {
    return reader.rowLength();
  }

  public byte[] get_column_family() {
    return copy(reader.familyOffset(), reader.familyLength());
  }

  public int get_column_family_length() {
    return reader.familyLength();
  }

  public byte[] get_column_qualifier() {
    return copy(reader.qualifierOffset(), reader.qualifierLength());
  }

  public int get_column_qualifier_length() {
    return reader.qualifierLength();
  }

  public long get_timestamp() {
    return reader.timestamp();
  }

  public byte[] get_value() {
    return copy(reader.valueOffset(), reader.valueLength());
  }

  public int get_value_length() {
    return reader.valueLength();
  }

  public byte get_flag() {
    return (byte) reader.flag();
  }

  public byte get_cell_flag() {
    return get_flag();
  }

  /** All cells were read, and no buffer follows. */
  public boolean eos() {
    return ended && reader.isEndOfScan();
  }

  public boolean flush() {
    return ended && reader.isFlush();
  }
}

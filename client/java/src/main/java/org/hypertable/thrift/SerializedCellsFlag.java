package org.hypertable.thrift;

/** Bits and flags of packed cells, and timestamps with a meaning. */
public class SerializedCellsFlag {
  public static final byte EOB = (byte) 0x01;
  public static final byte EOS = (byte) 0x02;
  public static final byte FLUSH = (byte) 0x04;
  public static final byte REV_IS_TS = (byte) 0x10;
  public static final byte AUTO_TIMESTAMP = (byte) 0x20;
  public static final byte HAVE_TIMESTAMP = (byte) 0x40;
  public static final byte HAVE_REVISION = (byte) 0x80;

  public static final byte FLAG_DELETE_ROW = (byte) 0;
  public static final byte FLAG_DELETE_COLUMN_FAMILY = (byte) 1;
  public static final byte FLAG_DELETE_CELL = (byte) 2;
  public static final byte FLAG_DELETE_CELL_VERSION = (byte) 3;
  public static final byte FLAG_INSERT = (byte) 0xFF;

  public static final long MIN = Long.MIN_VALUE;
  public static final long NULL = Long.MIN_VALUE + 1;
  public static final long AUTO_ASSIGN = Long.MIN_VALUE + 2;
  public static final long MAX = Long.MAX_VALUE;
}

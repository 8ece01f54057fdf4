package cellar.client;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.Test;

public final class PackedCellsTest {
  // The examples of docs/internals/gateway.md.
  private static final byte[] EXAMPLE_1 = hex("01000000 40 0500000000000000 7200 6600 7100 02000000 6869 ff 03");
  private static final byte[] EXAMPLE_2 = hex("02000000"
      + "40ff0100 02000000 01000000 02000000 0500000000000000 7200 66 71 6869"
      + "40ff0100 00000000 00000000 00000000 0600000000000000 66"
      + "03000000 02000000 00000000 00000000 0000000000000000");

  private static final byte[] ALL_BYTES = allBytes();

  private static byte[] hex(String text) {
    String digits = text.replace(" ", "");
    byte[] bytes = new byte[digits.length() / 2];
    for (int i = 0; i < bytes.length; ++i) bytes[i] = (byte) Integer.parseInt(digits.substring(2 * i, 2 * i + 2), 16);
    return bytes;
  }

  private static byte[] allBytes() {
    byte[] bytes = new byte[256];
    for (int i = 0; i < 256; ++i) bytes[i] = (byte) i;
    return bytes;
  }

  private static byte[] take(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static List<Cell> read(byte[] packed) {
    List<Cell> cells = new ArrayList<>();
    PackedCellsReader reader = new PackedCellsReader(ByteBuffer.wrap(packed));
    while (reader.next()) cells.add(reader.cell());
    return cells;
  }

  private static int codeOfReading(byte[] packed) {
    return assertThrows(CellarException.class, () -> read(packed)).code();
  }

  @Test
  public void writesTheExamplesOfThePage() {
    PackedCellsWriter first = new PackedCellsWriter(1);
    first.add(hex("72"), hex("66"), hex("71"), 5, hex("6869"), 255);
    assertArrayEquals(EXAMPLE_1, take(first.finish(PackedCellsReader.END_OF_SCAN)));

    PackedCellsWriter second = new PackedCellsWriter(2);
    second.add(hex("7200"), hex("66"), hex("71"), 5, hex("6869"), 255);
    second.add(hex("7200"), hex("66"), Bytes.NONE, 6, Bytes.NONE, 255);
    assertArrayEquals(EXAMPLE_2, take(second.finish(PackedCellsReader.END_OF_SCAN)));
  }

  @Test
  public void readsTheExamplesOfThePage() {
    List<Cell> first = read(EXAMPLE_1);
    assertEquals(1, first.size());
    assertEquals("'r' f:'q' @5 = 'hi'", first.get(0).toString());
    List<Cell> second = read(EXAMPLE_2);
    assertEquals("['r\\x00' f:'q' @5 = 'hi', 'r\\x00' f:'' @6 = '']", second.toString());
    assertTrue(PackedCellsReader.endsScan(ByteBuffer.wrap(EXAMPLE_1)));
    assertTrue(PackedCellsReader.endsScan(ByteBuffer.wrap(EXAMPLE_2)));
  }

  @Test
  public void everyByteComesBackInVersion2() {
    PackedCellsWriter writer = new PackedCellsWriter(2);
    writer.add(ALL_BYTES, hex("66"), ALL_BYTES, Long.MIN_VALUE, ALL_BYTES, 255);
    Cell cell = read(take(writer.finish())).get(0);
    assertArrayEquals(ALL_BYTES, cell.row());
    assertArrayEquals(ALL_BYTES, cell.qualifier());
    assertArrayEquals(ALL_BYTES, cell.value());
    assertEquals(Long.MIN_VALUE, cell.timestamp());
  }

  @Test
  public void version1HoldsAllButNul() {
    byte[] noNul = Arrays.copyOfRange(ALL_BYTES, 1, 256);
    PackedCellsWriter writer = new PackedCellsWriter(1);
    writer.add(noNul, hex("66"), noNul, 1, ALL_BYTES, 255);
    CellarException inRow = assertThrows(CellarException.class,
        () -> writer.add(ALL_BYTES, hex("66"), noNul, 1, noNul, 255));
    assertEquals(ErrorCode.BAD_FORMAT, inRow.code());
    assertTrue(inRow.getMessage(), inRow.getMessage().contains("row '\\x00\\x01"));
    assertThrows(CellarException.class, () -> writer.add(noNul, hex("66"), ALL_BYTES, 1, noNul, 255));
    Cell cell = read(take(writer.finish())).get(0);
    assertArrayEquals(noNul, cell.row());
    assertArrayEquals(noNul, cell.qualifier());
    assertArrayEquals(ALL_BYTES, cell.value());
  }

  /** Random cells in, the same cells out; a buffer that is cut anywhere, or a byte of which is changed, never is a surprise. */
  @Test
  public void randomCellsComeBackAndDamageIsNoticed() {
    for (int seed = 1; seed <= 60; ++seed) {
      Random random = new Random(seed);
      int version = 1 + random.nextInt(2);
      PackedCellsWriter writer = new PackedCellsWriter(version);
      List<Cell> wanted = new ArrayList<>();
      byte[] row = randomBytes(random, 1, version);
      for (int i = random.nextInt(6); i >= 0; --i) {
        if (random.nextBoolean()) row = randomBytes(random, 1, version);
        byte[] family = randomBytes(random, 1, 1);
        byte[] qualifier = randomBytes(random, 0, version);
        byte[] value = randomBytes(random, 0, 2);
        long timestamp = random.nextInt(4) == 0 ? Cell.AUTO_TIMESTAMP : random.nextLong();
        int flag = new int[] {1, 2, 3, 255, 255, 255}[random.nextInt(6)];
        writer.add(row, family, qualifier, timestamp, value, flag);
        wanted.add(new Cell(viewOf(row, family, qualifier, timestamp, value, flag)));
      }
      byte[] packed = take(writer.finish());
      assertEquals("seed " + seed, wanted, read(packed));
      for (int cut = 0; cut < packed.length; ++cut) {
        assertEquals("seed " + seed + " cut " + cut, ErrorCode.INPUT_OVERRUN, codeOfReading(Arrays.copyOf(packed, cut)));
      }
      damage(packed, random);
    }
  }

  /** Whatever the bytes are: cells, or one of the three codes. */
  private static void damage(byte[] packed, Random random) {
    for (int i = 0; i < 50; ++i) {
      byte[] damaged = packed.clone();
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      try {
        read(damaged).forEach(Cell::toString);
      } catch (CellarException e) {
        assertTrue(e.getMessage(), e.code() == ErrorCode.INPUT_OVERRUN || e.code() == ErrorCode.BAD_FORMAT
            || e.code() == ErrorCode.VERSION_MISMATCH);
      }
    }
  }

  private static byte[] randomBytes(Random random, int least, int version) {
    byte[] bytes = new byte[least + random.nextInt(20)];
    random.nextBytes(bytes);
    for (int i = 0; version == 1 && i < bytes.length; ++i) {
      if (bytes[i] == 0) bytes[i] = 1;
    }
    return bytes;
  }

  /** A cell by the other version's way. */
  private static PackedCellsReader viewOf(byte[] row, byte[] family, byte[] qualifier, long timestamp, byte[] value, int flag) {
    PackedCellsWriter writer = new PackedCellsWriter(2);
    writer.add(row, family, qualifier, timestamp, value, flag);
    PackedCellsReader reader = new PackedCellsReader(ByteBuffer.wrap(take(writer.finish())));
    assertTrue(reader.next());
    return reader;
  }

  @Test
  public void lengthsThatLieAreNotBelieved() {
    for (int at = 8; at <= 16; at += 4) {
      byte[] packed = EXAMPLE_2.clone();
      for (int last = 0; last < 2; ++last) {
        packed[at + 3] = (byte) (last == 0 ? 0xFF : 0x7F);
        assertEquals(ErrorCode.INPUT_OVERRUN, codeOfReading(packed));
      }
    }
    byte[] value = EXAMPLE_1.clone();
    value[22] = (byte) 0xFF;
    assertEquals(ErrorCode.INPUT_OVERRUN, codeOfReading(value));
  }

  @Test
  public void otherDamageHasItsCodes() {
    assertEquals(ErrorCode.VERSION_MISMATCH, codeOfReading(hex("03000000 01")));
    assertEquals(ErrorCode.BAD_FORMAT, codeOfReading(hex("01000000 01 00")));
    assertEquals(ErrorCode.BAD_FORMAT, codeOfReading(hex("01000000 20 00 6600 00 00000000 ff 01")));
    assertEquals(ErrorCode.BAD_FORMAT, codeOfReading(hex("01000000 20 7200 6600 00 00000000 04 01")));
    byte[] count = EXAMPLE_2.clone();
    count[count.length - 20] = 3;
    assertEquals(ErrorCode.BAD_FORMAT, codeOfReading(count));
  }

  @Test
  public void anOldCellWithoutTimestampHasThatOfTheOneBefore() {
    List<Cell> cells = read(hex("01000000 40 0700000000000000 7200 6600 00 00000000 ff 00 00 6600 7100 00000000 ff 01"));
    assertEquals(7, cells.get(1).timestamp());
    assertArrayEquals(hex("72"), cells.get(1).row());
    PackedCellsReader reader = new PackedCellsReader(
        ByteBuffer.wrap(hex("01000000 d0 0700000000000000 7200 6600 00 00000000 ff 05")));
    assertTrue(reader.next());
    assertTrue(reader.hasRevision());
    assertEquals(7, reader.revision());
    assertFalse(reader.next());
    assertTrue(reader.isFlush());
    assertFalse(reader.isEndOfScan());
  }

  @Test
  public void aDeletedRowHasNoColumn() {
    PackedCellsWriter writer = new PackedCellsWriter(2);
    writer.add(hex("72"), hex("66"), hex("71"), Cell.AUTO_TIMESTAMP, Bytes.NONE, 0);
    Cell cell = read(take(writer.finish())).get(0);
    assertEquals(Cell.Kind.DELETE_ROW, cell.kind());
    assertEquals("", cell.family());
    assertEquals(0, cell.qualifier().length);
  }

  @Test
  public void aDetachedCellIsTheSameCell() {
    for (Cell cell : read(EXAMPLE_2)) {
      assertEquals(cell, cell.detached());
      assertEquals(cell.toString(), cell.detached().toString());
    }
  }

  @Test
  public void aBufferWithoutArrayIsReadToo() {
    ByteBuffer direct = ByteBuffer.allocateDirect(EXAMPLE_2.length);
    direct.put(EXAMPLE_2).flip();
    PackedCellsReader reader = new PackedCellsReader(direct);
    assertTrue(reader.next() && reader.next());
    assertFalse(reader.next());
    assertTrue(reader.isEndOfScan());
  }
}

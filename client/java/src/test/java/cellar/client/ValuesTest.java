package cellar.client;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.time.Duration;
import org.hypertable.thriftgen.RowInterval;
import org.hypertable.thriftgen.ScanSpec;
import org.junit.Test;

/** Rows, scans, schemas: what they become on the wire. */
public final class ValuesTest {
  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; ++i) bytes[i] = (byte) values[i];
    return bytes;
  }

  @Test
  public void aPrefixEndsBeforeTheNextRowThatHasItNot() {
    assertArrayEquals(bytes('a', 'c'), Bytes.endOfPrefix(bytes('a', 'b')));
    assertArrayEquals(bytes('b'), Bytes.endOfPrefix(bytes('a', 0xFF, 0xFF)));
    assertArrayEquals(bytes(0x80), Bytes.endOfPrefix(bytes(0x7F)));
    assertNull(Bytes.endOfPrefix(bytes(0xFF, 0xFF)));
    assertNull(Bytes.endOfPrefix(bytes()));
  }

  @Test
  public void halfASurrogatePairIsRefusedAndNotReplaced() {
    assertArrayEquals(bytes(0xF0, 0x9F, 0x8D, 0xB7), Bytes.utf8("\uD83C\uDF77"));
    assertThrows(IllegalArgumentException.class, () -> Bytes.utf8("a\uD83C"));
    assertThrows(IllegalArgumentException.class, () -> Bytes.utf8("\uDF77a"));
    assertThrows(IllegalArgumentException.class, () -> Row.of("\uD83Cx"));
  }

  @Test
  public void aScanReadsTheNewestVersionUnlessItSaysOtherwise() {
    assertEquals(1, Scan.all().spec().getVersions());
    assertEquals(0, Scan.all().allVersions().spec().getVersions());
    assertEquals(0, Scan.all().withDeletes().spec().getVersions());
    assertEquals(2, Scan.all().versions(2).withDeletes().spec().getVersions());
    assertEquals(2, Scan.all().spec().getCells_version());
  }

  @Test
  public void aScanIsNotChangedByWhatIsMadeOfIt() {
    Scan scan = Scan.prefix("a");
    Scan narrow = scan.families("f").limit(3).andRow("b");
    assertFalse(scan.spec().isSetColumns_binary());
    assertEquals(1, scan.spec().getRow_intervalsSize());
    assertEquals(2, narrow.spec().getRow_intervalsSize());
    assertEquals(3, narrow.spec().getRow_limit());
    assertThrows(IllegalStateException.class, () -> Scan.all().andRow("b"));
  }

  @Test
  public void rowsOfAScanAreHalfOpenAndOneRowIsClosed() {
    RowInterval rows = Scan.rows("a", "b").spec().getRow_intervals().get(0);
    assertTrue(rows.isStart_inclusive());
    assertFalse(rows.isEnd_inclusive());
    RowInterval open = Scan.rows("a", null).spec().getRow_intervals().get(0);
    assertFalse(open.isSetEnd_row_binary());
    RowInterval one = Scan.row(bytes(0, 0xFF)).spec().getRow_intervals().get(0);
    assertArrayEquals(bytes(0, 0xFF), one.getStart_row_binary());
    assertArrayEquals(bytes(0, 0xFF), one.getEnd_row_binary());
    assertTrue(one.isEnd_inclusive());
    assertFalse(Scan.prefix(bytes(0xFF)).spec().getRow_intervals().get(0).isSetEnd_row_binary());
  }

  @Test
  public void noRowAndNoFamilyAreNotAll() {
    assertEquals(ErrorCode.BAD_KEY, assertThrows(CellarException.class, () -> Scan.row("")).code());
    assertEquals(ErrorCode.BAD_KEY, assertThrows(CellarException.class, () -> Scan.row("a").andRow("")).code());
    assertThrows(IllegalArgumentException.class, () -> Scan.all().families());
  }

  private static String columnOf(String qualifier) {
    ScanSpec spec = Scan.all().column("f", qualifier).spec();
    return new String(spec.getColumns_binary().get(0).array(), java.nio.charset.StandardCharsets.UTF_8);
  }

  @Test
  public void aQualifierIsNeverTakenForAPattern() {
    assertEquals("f:q", columnOf("q"));
    assertEquals("f:", columnOf(""));
    assertEquals("f:\"*\"", columnOf("*"));
    assertEquals("f:\"^x\"", columnOf("^x"));
    assertEquals("f:\"/x/\"", columnOf("/x/"));
    assertEquals("f:\"\"x\"\"", columnOf("\"x\""));
  }

  @Test
  public void aRowNeedsAKeyAndAChange() {
    assertEquals(ErrorCode.BAD_KEY, assertThrows(CellarException.class, () -> Row.of("")).code());
    assertThrows(IllegalArgumentException.class, () -> Row.of("r").packed());
  }

  @Test
  public void changesKeepTheirOrder() {
    Row row = Row.of("r").deleteRow().set("f", "q", "v").add("n", "", -3).add("n", "", 4).delete("f", "x", 7)
        .deleteVersion("f", "y", 8).deleteFamily("g");
    assertEquals("['r' :'' @" + Cell.AUTO_TIMESTAMP + " DELETE_ROW, 'r' f:'q' @" + Cell.AUTO_TIMESTAMP + " = 'v', 'r' n:'' @"
        + Cell.AUTO_TIMESTAMP + " = '-3', 'r' n:'' @" + Cell.AUTO_TIMESTAMP + " = '+4', 'r' f:'x' @7 DELETE_CELL, 'r' f:'y' @8"
        + " DELETE_VERSION, 'r' g:'' @" + Cell.AUTO_TIMESTAMP + " DELETE_FAMILY]", Cells.of(row.packed()).toString());
  }

  @Test
  public void aSchemaIsMadeAndChangedByName() {
    Schema schema = Schema.of(Family.of("a").maxVersions(2).timeToLive(Duration.ofHours(1)), Family.of("n").counter().in("hot"))
        .with(AccessGroup.of("hot").inMemory());
    assertTrue(schema.wire().getAccess_groups().get("hot").getOptions().isIn_memory());
    assertEquals(2, schema.families().size());
    assertEquals(2, schema.family("a").get().maxVersions());
    assertEquals(Duration.ofHours(1), schema.family("a").get().timeToLive());
    assertTrue(schema.family("n").get().isCounter());
    Schema renamed = schema.renamed("n", "m");
    assertTrue(renamed.family("m").get().isCounter());
    assertFalse(renamed.family("n").isPresent());
    assertTrue("the old one is as it was", schema.family("n").isPresent());
    assertThrows(IllegalArgumentException.class, () -> schema.without("z"));
    assertEquals("[a MAX_VERSIONS 2 TTL 3600, n COUNTER in hot]", schema.toString());
  }

  @Test
  public void anErrorSaysItsNumberAndWhatIsUnknown() {
    assertEquals("error 22: no", new CellarException(22, "no").getMessage());
    assertEquals("error 0x5000a: no (it may have been done)", new CellarException(0x5000A, "no", true, null).getMessage());
  }
}

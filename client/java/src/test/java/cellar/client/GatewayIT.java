package cellar.client;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.Test;

/** The client against a real Cellar, by methods that the ancestor had. */
public final class GatewayIT extends GatewayTestCase {
  private static byte[] allBytes() {
    byte[] bytes = new byte[256];
    for (int i = 0; i < 256; ++i) bytes[i] = (byte) i;
    return bytes;
  }

  // ---- What is stored comes back

  @Test
  public void everyByteComesBack() {
    Table table = table(Schema.of("f"));
    byte[] value = allBytes();
    try (Mutator mutator = table.mutator()) {
      for (int i = 0; i < 256; ++i) {
        mutator.put(Row.of(new byte[] {(byte) i}).set("f", new byte[] {(byte) i}, value));
        mutator.put(Row.of(new byte[] {'r', (byte) i, 0, (byte) 0xFF}).set("f", new byte[] {(byte) i, 0, '"'}, value));
      }
      mutator.put(Row.of(allBytes()).set("f", allBytes(), value));
    }
    int cells = 0;
    try (Scanner scanner = table.scan(Scan.all())) {
      for (Cell cell : scanner) {
        assertArrayEquals(value, cell.value());
        ++cells;
      }
    }
    assertEquals(513, cells);
    for (int i = 0; i < 256; ++i) {
      byte[] row = {(byte) i};
      assertArrayEquals("qualifier " + i, value, table.get(Scan.row(row).column("f", row)).list().get(0).value());
      assertEquals("row r" + i, 1, table.get(Scan.prefix(new byte[] {'r', (byte) i})).size());
      byte[] qualifier = {(byte) i, 0, '"'};
      byte[] longer = {'r', (byte) i, 0, (byte) 0xFF};
      assertTrue("column " + i, table.get(Scan.row(longer).column("f", qualifier)).cell("f", qualifier).isPresent());
    }
    assertArrayEquals(allBytes(), table.get(allBytes()).list().get(0).qualifier());
  }

  @Test
  public void valuesUpToTheBound() {
    Table table = table(Schema.of("f"));
    byte[] large = new byte[15 << 20];
    Arrays.fill(large, (byte) 7);
    table.put(Row.of("r").set("f", "q", large));
    assertArrayEquals(large, table.value("r", "f", "q").get());
    assertEquals(ErrorCode.BAD_KEY, codeOf(() -> table.put(Row.of("r").set("f", "q", new byte[17 << 20]))));
    assertEquals(Optional.empty(), table.value("r", "f", "other"));
  }

  @Test
  public void versionsDeletesAndTimes() {
    Table table = table(Schema.of("f"));
    for (int i = 1; i <= 5; ++i) table.put(Row.of("r").set("f", "q", i * 10L, new byte[] {(byte) i}));
    assertEquals(1, table.get("r").size());
    assertEquals(50, table.get("r").list().get(0).timestamp());
    assertEquals(5, table.get(Scan.row("r").allVersions()).size());
    assertEquals(2, table.get(Scan.row("r").versions(2)).size());
    assertEquals(2, table.get(Scan.row("r").allVersions().times(20, 40)).size());
    table.put(Row.of("r").deleteVersion("f", "q", 50));
    assertEquals(40, table.get("r").list().get(0).timestamp());
    table.put(Row.of("r").delete("f", "q", 20));
    assertEquals(2, table.get(Scan.row("r").allVersions()).size());
    Cells withMarkers = table.get(Scan.row("r").withDeletes());
    assertTrue(withMarkers.list().stream().anyMatch(cell -> cell.kind() == Cell.Kind.DELETE_VERSION));
    assertTrue(withMarkers.list().stream().anyMatch(cell -> cell.kind() == Cell.Kind.DELETE_CELL));
    table.put(Row.of("r").deleteRow());
    assertTrue(table.get("r").isEmpty());
    table.put(Row.of("r").set("f", "a", "1").set("f", "b", "2"));
    table.put(Row.of("r").deleteFamily("f"));
    assertTrue(table.get("r").isEmpty());
  }

  @Test
  public void scansAreNarrowedInEveryWay() {
    Table table = table(Schema.of("f", "g"));
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 30; ++i) rows.add(Row.of(String.format("r%02d", i)).set("f", "a", "x" + i).set("f", "b", "y").set("g", "", "z"));
    table.put(rows);
    assertEquals(90, rowsOf(table, Scan.all()).size());
    assertEquals(30, rowsOf(table, Scan.all().families("g")).size());
    assertEquals(60, rowsOf(table, Scan.all().column("f", "a").column("g", "")).size());
    assertEquals(30, rowsOf(table, Scan.all().columns("f:^a")).size());
    assertEquals(List.of("r03", "r04"), rowsOf(table, Scan.rows("r03", "r05").families("g")));
    assertEquals(List.of("r28", "r29"), rowsOf(table, Scan.rows("r28", null).families("g")));
    assertEquals(List.of("r20", "r03"), rowsOf(table, Scan.row("r20").andRow("r03").families("g")));
    assertEquals(10, rowsOf(table, Scan.prefix("r1").families("g")).size());
    assertEquals(2, rowsOf(table, Scan.all().families("g").limit(2)).size());
    assertEquals("r05", rowsOf(table, Scan.all().families("g").offset(5).limit(1)).get(0));
    assertEquals(4, rowsOf(table, Scan.all().cellLimit(4)).size());
    assertEquals("r01", rowsOf(table, Scan.all().cellOffset(3)).get(0));
    assertEquals(60, rowsOf(table, Scan.all().cellsPerFamily(1)).size());
    assertEquals(3, rowsOf(table, Scan.all().rowRegex("^r.7$").families("g")).size());
    assertEquals(11, rowsOf(table, Scan.all().valueRegex("^x1")).size());
    assertEquals(List.of("r12"), rowsOf(table, Scan.all().whereValue("f", Bytes.utf8("x12"))));
    assertEquals(11, rowsOf(table, Scan.all().whereValuePrefix("f", Bytes.utf8("x2"))).size());
    assertEquals(30, rowsOf(table, Scan.all().whereQualifier("f", Bytes.utf8("b"))).size());
    assertEquals(60, rowsOf(table, Scan.all().whereQualifierPrefix("f", Bytes.NONE)).size());
    Cell bare = table.get(Scan.row("r00").keysOnly()).list().get(0);
    assertEquals(0, bare.valueLength());
    assertEquals(ErrorCode.BAD_SCAN_SPEC, codeOf(() -> table.get(Scan.all().offset(1).cellOffset(1))));
    assertEquals(ErrorCode.INVALID_COLUMN_FAMILY, codeOf(() -> rowsOf(table, Scan.all().families("nope"))));
  }

  @Test
  public void aLongScanComesWholeAndInOrder() {
    int count = 60_000;
    Table table = tableOf(count);
    assertWhole(table.scan(Scan.all()), count);
    for (int i = 0; i < 20; ++i) {
      try (Scanner scanner = table.scan(Scan.all())) {
        for (int j = 0; j < i * 500; ++j) assertTrue(scanner.next());
      }
    }
    assertEquals(1, table.get("00000000").size());
  }

  @Test
  public void rowsComeWholeAndCellsAsAStream() {
    Table table = table(Schema.of("f", "g"));
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 100; ++i) {
      Row row = Row.of(String.format("r%02d", i));
      for (int j = 0; j <= i % 3; ++j) row.set("f", "" + j, "v" + i);
      rows.add(row);
    }
    table.put(rows);
    int count = 0;
    try (Scanner scanner = table.scan(Scan.all())) {
      for (Cells row : scanner.rows()) {
        assertEquals(String.format("r%02d", count), row.rowString());
        assertEquals(count % 3 + 1, row.size());
        assertEquals("v" + count, row.text("f", "0").get());
        ++count;
      }
    }
    assertEquals(100, count);
    try (Scanner scanner = table.scan(Scan.rows("x", null))) {
      assertFalse(scanner.rows().iterator().hasNext());
    }
    try (Stream<Cell> cells = table.scan(Scan.prefix("r0")).stream()) {
      assertEquals(10, cells.map(Cell::rowString).distinct().count());
    }
    assertThrows(NoSuchElementException.class, () -> table.get("none").row());
    assertEquals(ErrorCode.BAD_KEY, codeOf(() -> table.get("")));
    assertEquals(3, cellar.hql(namespace, "SELECT * FROM t WHERE ROW = 'r02' ; ").cells().size());
    String said = assertThrows(CellarException.class, () -> cellar.table(namespace + "/none").get("r")).getMessage();
    assertEquals("error 22: table /" + namespace + "/none does not exist", said);
  }

  // ---- Names and schemas

  @Test
  public void namespacesAndTablesByName() {
    cellar.createNamespace(namespace + "/inner");
    Table table = cellar.table("/" + namespace + "/inner/a");
    table.create(Schema.of("f"));
    assertEquals(List.of("inner"), cellar.namespaces(namespace));
    assertEquals(List.of("a"), cellar.tables(namespace + "/inner"));
    assertTrue(table.exists());
    table.put(Row.of("r").set("f", "", "v"));
    Table renamed = table.rename("b");
    assertEquals(1, renamed.get("r").size());
    assertEquals(ErrorCode.TABLE_NOT_FOUND, codeOf(() -> table.get("r")));
    assertEquals(ErrorCode.NAMESPACE_NOT_EMPTY, codeOf(() -> cellar.dropNamespace(namespace + "/inner")));
    assertEquals(List.of(), renamed.splits());
    renamed.drop();
    renamed.dropIfExists();
    assertEquals(ErrorCode.TABLE_NOT_FOUND, codeOf(renamed::drop));
    cellar.dropNamespace(namespace + "/inner");
    cellar.dropNamespaceIfExists(namespace + "/inner");
    assertFalse(cellar.namespaceExists(namespace + "/inner"));
    assertEquals(ErrorCode.NAMESPACE_DOES_NOT_EXIST, codeOf(() -> cellar.tables(namespace + "/inner")));
    assertEquals(ErrorCode.NAMESPACE_EXISTS, codeOf(() -> cellar.createNamespace(namespace)));
  }

  @Test
  public void aTableThatIsMadeAgainGoesOnToWork() {
    Table table = table(Schema.of("f"));
    table.put(Row.of("old").set("f", "", "v"));
    table.drop();
    table.create(Schema.of("f"));
    table.put(Row.of("new").set("f", "", "v"));
    assertEquals(List.of("new"), rowsOf(table, Scan.all()));
  }

  @Test
  public void schemasAreMadeReadAndChanged() {
    Table table = table(Schema.of(Family.of("a").maxVersions(3).timeToLive(Duration.ofDays(1)), Family.of("n").counter().in("hot"))
        .with(AccessGroup.of("hot").inMemory()));
    Schema schema = table.schema();
    assertEquals(3, schema.family("a").get().maxVersions());
    assertEquals(Duration.ofDays(1), schema.family("a").get().timeToLive());
    assertEquals("hot", schema.family("n").get().accessGroup());
    assertTrue(schema.family("n").get().isCounter());
    table.put(Row.of("r").set("a", "", "v"));
    table.alter(schema.with(Family.of("b")).renamed("a", "c"));
    assertEquals(ErrorCode.SCHEMA_GENERATION_MISMATCH, codeOf(() -> table.alter(schema.with(Family.of("d")))));
    Schema changed = table.schema();
    assertTrue(changed.family("b").isPresent() && changed.family("c").isPresent() && !changed.family("a").isPresent());
    assertTrue(changed.generation() > schema.generation());
    assertEquals("c", table.get("r").list().get(0).family());
    assertEquals(ErrorCode.NAME_ALREADY_IN_USE, codeOf(() -> table.create(Schema.of("f"))));
  }

  @Test
  public void aTableOfManyThreads() throws Exception {
    Table table = table(Schema.of("f"));
    together(8, () -> {
      String me = Thread.currentThread().getName();
      for (int i = 0; i < 30; ++i) {
        table.put(Row.of(me).set("f", "" + i, "v"));
        assertEquals(i + 1, table.get(me).size());
        assertTrue(rowsOf(table, Scan.row(me)).size() > i);
      }
      return null;
    });
    assertEquals(240, rowsOf(table, Scan.all()).size());
  }
}

package cellar.client;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.Test;

/** The client against a real Cellar, by methods that are Cellar's own. */
public final class OwnMethodsIT extends GatewayTestCase {
  @Test
  public void everyDurabilityStores() {
    Table table = table(Schema.of("f"));
    for (Durability durability : Durability.values()) {
      try (Mutator mutator = table.mutator(durability)) {
        mutator.put(Row.of(durability.name()).set("f", "", "v"));
      }
    }
    assertEquals(List.of("FLUSH", "NONE", "SYNC", "TABLE"), rowsOf(table, Scan.all()));
    assertEquals(ErrorCode.BAD_KEY, codeOf(() -> table.put(Row.of("r").set("nope", "", "v"))));
  }

  @Test
  public void aResumableScanComesWholeAndInOrder() {
    int count = 60_000;
    assertWhole(tableOf(count).scanResumably(Scan.all()), count);
  }

  // ---- In one step

  @Test
  public void countersAddUpAndSayWhatTheyAre() throws Exception {
    Table table = table(Schema.of(Family.of("n").counter(), Family.of("f")));
    assertEquals(5, table.increment("r", "n", "q", 5));
    assertEquals(3, table.increment("r", "n", "q", -2));
    table.put(Row.of("r").add("n", "q", 4));
    assertEquals(7, table.get("r").list().get(0).valueLong());
    List<List<Long>> seen = together(4, () -> {
      List<Long> mine = new ArrayList<>();
      for (int i = 0; i < 25; ++i) mine.add(table.increment("shared", "n", "", 1));
      return mine;
    });
    long distinct = seen.stream().flatMap(List::stream).distinct().count();
    assertEquals("each was told another number", 100, distinct);
    assertEquals(100, table.increment("shared", "n", "", 0));
    assertEquals(ErrorCode.BAD_KEY, codeOf(() -> table.increment("r", "f", "q", 1)));
  }

  @Test
  public void conditionsHoldOrTellWhatTheyMet() throws Exception {
    Table table = table(Schema.of("f"));
    assertTrue(table.putIf(Row.of("r").set("f", "a", "1"), Condition.absent("f", "a")).isApplied());
    Outcome second = table.putIf(Row.of("r").set("f", "a", "2"), Condition.absent("f", "a"));
    assertFalse(second.isApplied());
    assertEquals(0, second.failedCondition());
    assertEquals("1", Bytes.text(second.current().get()));
    Outcome third = table.putIf(Row.of("r").set("f", "a", "2"), Condition.equal("f", "a", "1"), Condition.present("f", "b"));
    assertEquals(1, third.failedCondition());
    assertFalse(third.current().isPresent());
    assertTrue(table.putIf(Row.of("r").set("f", "a", "2").delete("f", "b"), Condition.equal("f", "a", "1"),
        Condition.less("f", "a", Bytes.utf8("2")), Condition.prefix("f", "a", Bytes.NONE)).isApplied());
    assertEquals("2", Bytes.text(table.value("r", "f", "a").get()));
    long winners = together(8, () -> table.insertIfAbsent("u", "f", "q", Bytes.utf8(Thread.currentThread().getName())))
        .stream().filter(Optional::isEmpty).count();
    assertEquals(1, winners);
  }

  // ---- HQL

  @Test
  public void statementsAnswerLinesOrCells() {
    cellar.hql(namespace, "CREATE TABLE h (f, g)");
    cellar.hql(namespace, "INSERT INTO h VALUES ('r1', 'f:q', 'v1'), ('r2', 'g', 'v2')");
    assertEquals(List.of("h"), cellar.hql(namespace, "SHOW TABLES").lines());
    Cells cells = cellar.hql(namespace, "SELECT * FROM h").cells();
    assertEquals("v1", cells.text("f", "q").get());
    List<String> streamed = new ArrayList<>();
    try (Scanner scanner = cellar.select(namespace, "SELECT g FROM h")) {
      for (Cell cell : scanner) streamed.add(cell.rowString() + "=" + cell.valueString());
    }
    assertEquals(List.of("r2=v2"), streamed);
    CellarException e = assertThrows(CellarException.class, () -> cellar.hql(namespace, "SELECT * FORM h"));
    assertEquals(ErrorCode.HQL_PARSE_ERROR, e.code());
    assertThrows(IllegalArgumentException.class, () -> cellar.select(namespace, "SHOW TABLES"));
    assertEquals(ErrorCode.TABLE_NOT_FOUND, codeOf(() -> cellar.hql(namespace, "SELECT * FROM nope")));
  }

  @Test
  public void theServerSaysItsVersion() {
    assertFalse(cellar.serverVersion().isEmpty());
  }
}

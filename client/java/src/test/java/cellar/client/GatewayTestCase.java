package cellar.client;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.AfterClass;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.Rule;
import org.junit.rules.TestName;

/** Tests against a real Cellar; each has a namespace of its own, named as it is. */
public abstract class GatewayTestCase {
  static Cellar cellar;

  @Rule public final TestName name = new TestName();
  String namespace;

  @BeforeClass
  public static void connect() {
    cellar = Cellar.connect(Harness.options());
  }

  @AfterClass
  public static void disconnect() {
    cellar.close();
  }

  @Before
  public void makeNamespace() {
    namespace = name.getMethodName();
    cellar.createNamespace(namespace);
  }

  final Table table(Schema schema) {
    Table table = cellar.table(namespace + "/t");
    table.create(schema);
    return table;
  }

  static int codeOf(Runnable call) {
    return assertThrows(CellarException.class, call::run).code();
  }

  static List<String> rowsOf(Table table, Scan scan) {
    List<String> rows = new ArrayList<>();
    try (Scanner scanner = table.scan(scan)) {
      for (Cell cell : scanner) rows.add(cell.rowString());
    }
    return rows;
  }

  /** Rows of eight digits, from 0 on. */
  final Table tableOf(int count) {
    Table table = table(Schema.of("f"));
    try (Mutator mutator = table.mutator()) {
      for (int i = 0; i < count; ++i) mutator.put(Row.of(String.format("%08d", i)).set("f", "", "value of " + i));
    }
    return table;
  }

  /** The scanner, which is closed then, gives all cells of {@link #tableOf} in their order. */
  static void assertWhole(Scanner cells, int count) {
    try (Scanner scanner = cells) {
      for (int i = 0; i < count; ++i) {
        assertTrue(scanner.next());
        Cell cell = scanner.current().cell();
        assertEquals(String.format("%08d", i), cell.rowString());
        assertEquals("value of " + i, cell.valueString());
      }
      assertFalse(scanner.next());
    }
  }

  /** What each of so many threads came to. */
  static <T> List<T> together(int threads, Callable<T> task) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> future : executor.invokeAll(Collections.nCopies(threads, task))) results.add(future.get());
      return results;
    } finally {
      executor.shutdown();
    }
  }
}

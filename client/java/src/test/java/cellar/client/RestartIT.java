package cellar.client;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.time.Duration;
import org.junit.Test;

/** The server is killed and started again under the client. */
public final class RestartIT {
  @Test
  public void aPoolASlowScanAndAnOpenMutatorOutliveTheGateway() throws Exception {
    int count = 40_000;
    try (Cellar cellar = Cellar.connect(Harness.options().connectWait(Duration.ofSeconds(30)))) {
      Table table = cellar.table("restart");
      table.create(Schema.of("f"));
      byte[] value = new byte[100];
      try (Mutator mutator = table.mutator(Durability.SYNC)) {
        for (int i = 0; i < count; ++i) mutator.put(Row.of(String.format("%08d", i)).set("f", "", value));
      }
      try (Scanner scanner = table.scanResumably(Scan.all()); Mutator mutator = table.mutator()) {
        mutator.put(Row.of("z").set("f", "", "before"));
        for (int i = 0; i < 10; ++i) assertTrue(scanner.next());
        Harness.restartServer();
        for (int i = 10; i < count; ++i) {
          assertTrue("cell " + i, scanner.next());
          assertEquals(String.format("%08d", i), scanner.current().cell().rowString());
        }
        mutator.flush();
      }
      assertEquals("before", Bytes.text(table.value("z", "f", "").get()));
      table.put(Row.of("z").set("f", "", "after"));
      assertEquals("after", Bytes.text(table.value("z", "f", "").get()));
    }
  }
}

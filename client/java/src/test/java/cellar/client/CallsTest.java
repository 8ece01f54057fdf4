package cellar.client;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import cellar.thriftgen.ScanBatch;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.hypertable.thriftgen.ClientException;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/** Connections that break at the worst moment: what is asked again, what is not, and what the caller is told. */
public final class CallsTest {
  private ScriptedGateway gateway;
  private Cellar cellar;

  @Before
  public void start() throws Exception {
    gateway = new ScriptedGateway(0);
    cellar = Cellar.connect(gateway.options().deadline(Duration.ofSeconds(20)).connectWait(Duration.ofSeconds(10)));
  }

  @After
  public void stop() throws Exception {
    cellar.close();
    gateway.close();
  }

  private static ByteBuffer packed(String... rows) {
    return packed(0, rows);
  }

  private static ByteBuffer packed(int bits, String... rows) {
    PackedCellsWriter writer = new PackedCellsWriter();
    for (String row : rows) writer.add(Bytes.utf8(row), Bytes.utf8("f"), Bytes.NONE, 1, Bytes.NONE, 255);
    return writer.finish(bits);
  }

  private static CellarException failure(Runnable call) {
    return assertThrows(CellarException.class, call::run);
  }

  @Test
  public void whatReadsIsAskedAgain() {
    AtomicInteger calls = new AtomicInteger();
    gateway.on("get_cells_serialized", arguments -> {
      if (calls.incrementAndGet() < 3) throw new ScriptedGateway.HangUp();
      return packed("r");
    });
    assertEquals(1, cellar.table("t").get("r").size());
    assertEquals(3, calls.get());
  }

  @Test
  public void aChangeThatWasSentIsNeverAskedAgain() {
    AtomicInteger calls = new AtomicInteger();
    gateway.on("set_cells_serialized", arguments -> {
      calls.incrementAndGet();
      throw new ScriptedGateway.HangUp();
    });
    CellarException e = failure(() -> cellar.table("t").put(Row.of("r").set("f", "q", "v")));
    assertEquals(ErrorCode.BROKEN_CONNECTION, e.code());
    assertTrue(e.mayBeApplied());
    assertEquals(1, calls.get());
  }

  @Test
  public void aConnectionThatWasClosedMeanwhileCostsNothing() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    gateway.on("set_cells_serialized", arguments -> calls.incrementAndGet() > 0 ? null : null);
    cellar.table("t").put(Row.of("r").set("f", "q", "1"));
    gateway.hangUp();
    cellar.table("t").put(Row.of("r").set("f", "q", "2"));
    assertEquals(2, calls.get());
    assertEquals(2, gateway.connections.get());
  }

  @Test
  public void aGatewayThatRestartsIsWaitedForAndItsIdsAreNew() throws Exception {
    List<Object> ids = new ArrayList<>();
    gateway.on("set_cells_serialized", arguments -> ids.add(arguments[0]) ? null : null);
    cellar.table("t").put(Row.of("r").set("f", "q", "1"));
    int port = gateway.port();
    gateway.close();
    CountDownLatch begun = new CountDownLatch(1);
    Thread writer = new Thread(() -> {
      begun.countDown();
      cellar.table("t").put(Row.of("r").set("f", "q", "2"));
    });
    writer.start();
    begun.await();
    gateway = new ScriptedGateway(port,
        Map.of("namespace_open", arguments -> 77L, "set_cells_serialized", arguments -> ids.add(arguments[0]) ? null : null));
    writer.join();
    assertEquals(List.of(1L, 77L), ids);
  }

  @Test
  public void anIdThatTheGatewayForgotIsOpenedAgain() {
    AtomicInteger opened = new AtomicInteger();
    gateway.on("namespace_open", arguments -> (long) opened.incrementAndGet());
    gateway.on("set_cells_serialized", arguments -> {
      if ((long) arguments[0] == 1) throw new ClientException(ErrorCode.BAD_NAMESPACE_ID, "gone");
      return null;
    });
    cellar.table("t").put(Row.of("r").set("f", "q", "v"));
    assertEquals(2, opened.get());
  }

  @Test
  public void errorsCarryTheGatewaysCode() {
    gateway.on("set_cells_serialized", arguments -> {
      throw new ClientException(ErrorCode.TABLE_NOT_FOUND, "no such table");
    });
    CellarException e = failure(() -> cellar.table("t").put(Row.of("r").set("f", "q", "v")));
    assertEquals(ErrorCode.TABLE_NOT_FOUND, e.code());
    assertFalse(e.mayBeApplied());
    assertEquals("the connection is still good", 1, gateway.connections.get());
  }

  @Test
  public void aTimeOutOfTheGatewayLeavesAChangeUnknownAndAReadNot() {
    gateway.on("set_cells_serialized", arguments -> {
      throw new ClientException(ErrorCode.REQUEST_TIMEOUT, "slow");
    });
    gateway.on("get_cells_serialized", arguments -> {
      throw new ClientException(ErrorCode.REQUEST_TIMEOUT, "slow");
    });
    assertTrue(failure(() -> cellar.table("t").put(Row.of("r").set("f", "q", "v"))).mayBeApplied());
    assertFalse(failure(() -> cellar.table("t").get("r")).mayBeApplied());
  }

  @Test
  public void oneDeadlineHoldsForAllTries() {
    CountDownLatch never = new CountDownLatch(1);
    gateway.on("set_cells_serialized", arguments -> {
      never.await();
      return null;
    });
    Table table = cellar.table("t").withDeadline(Duration.ofMillis(200));
    CellarException e = failure(() -> table.put(Row.of("r").set("f", "q", "v")));
    assertEquals(ErrorCode.REQUEST_TIMEOUT, e.code());
    assertTrue(e.mayBeApplied());
    never.countDown();
  }

  @Test
  public void nobodyThereIsToldWithoutWaitingAtTheFirstConnection() throws Exception {
    CellarOptions options = gateway.options();
    gateway.close();
    assertEquals(ErrorCode.CONNECT_ERROR, failure(() -> Cellar.connect(options).close()).code());
  }

  @Test
  public void oneOfSeveralGatewaysMayBeAway() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (ScriptedGateway other = new ScriptedGateway(0).on("set_cells_serialized", arguments -> calls.incrementAndGet() > 0 ? null : null);
        Cellar both = Cellar.connect(gateway.options().and("127.0.0.1", other.port()).connectWait(Duration.ofMillis(50)))) {
      gateway.close();
      for (int i = 0; i < 3; ++i) both.table("t").put(Row.of("r").set("f", "q", "v"));
      assertEquals(3, calls.get());
    }
  }

  @Test
  public void aChangeThatWasNotSentIsNotUnknown() throws Exception {
    Cellar impatient = Cellar.connect(gateway.options().connectWait(Duration.ofMillis(50)));
    gateway.close();
    CellarException e = failure(() -> impatient.table("t").put(Row.of("r").set("f", "q", "v")));
    assertEquals(ErrorCode.CONNECT_ERROR, e.code());
    assertFalse(e.mayBeApplied());
    impatient.close();
  }

  @Test
  public void aRequestThatNoFrameHoldsIsRefusedHere() {
    gateway.on("set_cells_serialized", arguments -> null);
    try (Cellar small = Cellar.connect(gateway.options().maxFrameBytes(100_000))) {
      Row row = Row.of("r").set("f", "q", new byte[100_000]);
      assertEquals(ErrorCode.BAD_KEY, failure(() -> small.table("t").put(row)).code());
      small.table("t").put(Row.of("r").set("f", "q", new byte[90_000]));
    }
  }

  @Test
  public void framesThatCannotBeAreNotBelieved() throws Exception {
    byte[][] answers = {{0x7F, -1, -1, -1}, {-1, -1, -1, -1}, {0, 0, 0, 0}, {0, 0, 0, 4, 1, 2, 3, 4},
        {0, 0, 0, 8, (byte) 0x80, 1, 0, 2, 0x7F, -1, -1, -1}};
    for (byte[] answer : answers) {
      try (ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
        Cellar client = Cellar.connect("127.0.0.1", listener.getLocalPort());
        Thread peer = new Thread(() -> {
          try (java.net.Socket socket = listener.accept()) {
            socket.getInputStream().read();
            socket.getOutputStream().write(answer);
            socket.getInputStream().readAllBytes();
          } catch (java.io.IOException e) {
            // The client left.
          }
        });
        peer.start();
        assertEquals(ErrorCode.PROTOCOL_ERROR, failure(client::serverVersion).code());
        client.close();
        peer.join();
      }
    }
  }

  @Test
  public void anOpenScannerHasAConnectionAndTheirNumberIsBounded() {
    gateway.on("scanner_open", arguments -> 5L).on("next_cells_serialized", arguments -> packed("a"))
        .on("scanner_close", arguments -> null).on("get_cells_serialized", arguments -> packed("r"));
    try (Cellar one = Cellar.connect(gateway.options().maxConnections(1))) {
      Table table = one.table("t");
      try (Scanner scanner = table.scan(Scan.all())) {
        assertTrue(scanner.next());
        Table impatient = table.withDeadline(Duration.ofMillis(100));
        assertEquals(ErrorCode.REQUEST_TIMEOUT, failure(() -> impatient.get("r")).code());
      }
      assertEquals(1, table.get("r").size());
    }
  }

  @Test
  public void aScanIsReadToItsEndAndClosedThere() {
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger closed = new AtomicInteger();
    gateway.on("scanner_open", arguments -> 5L).on("scanner_close", arguments -> closed.incrementAndGet() > 0 ? null : null);
    gateway.on("next_cells_serialized", arguments -> {
      switch (asked.incrementAndGet()) {
        case 1: return packed("a", "b");
        case 2: return packed();
        case 3: return packed("c");
        default: return packed(PackedCellsReader.END_OF_SCAN);
      }
    });
    List<String> rows = new ArrayList<>();
    try (Scanner scanner = cellar.table("t").scan(Scan.all())) {
      for (Cell cell : scanner) rows.add(cell.rowString());
      assertEquals(1, closed.get());
      assertFalse(scanner.next());
    }
    assertEquals(List.of("a", "b", "c"), rows);
    assertEquals(4, asked.get());
    assertEquals(1, closed.get());
  }

  @Test
  public void aPlainScanGivesWhatCameAndThenTheError() {
    AtomicInteger asked = new AtomicInteger();
    gateway.on("scanner_open", arguments -> 5L);
    gateway.on("next_cells_serialized", arguments -> {
      if (asked.incrementAndGet() == 2) throw new ScriptedGateway.HangUp();
      return packed("a");
    });
    try (Scanner scanner = cellar.table("t").scan(Scan.all())) {
      assertTrue(scanner.next());
      assertEquals(ErrorCode.BROKEN_CONNECTION, failure(scanner::next).code());
      assertFalse("it is over", scanner.next());
    }
  }

  @Test
  public void aResumableScanGoesOnWhereItWasWhereverItBreaks() {
    String[] all = {"a", "b", "c", "d"};
    for (int breakAt = 1; breakAt <= 9; ++breakAt) {
      AtomicInteger calls = new AtomicInteger();
      AtomicInteger at = new AtomicInteger();
      int fatal = breakAt;
      gateway.on("resumable_scan_open", arguments -> {
        if (calls.incrementAndGet() == fatal) throw new ScriptedGateway.HangUp();
        ByteBuffer token = (ByteBuffer) arguments[3];
        at.set(token.hasRemaining() ? token.get(token.position()) : 0);
        return 9L;
      });
      gateway.on("resumable_scan_next", arguments -> {
        if (calls.incrementAndGet() == fatal) throw new ScriptedGateway.HangUp();
        int index = at.getAndIncrement();
        boolean done = index == all.length;
        ByteBuffer cells = done ? packed(PackedCellsReader.END_OF_SCAN) : packed(all[index]);
        return new ScanBatch(cells, ByteBuffer.wrap(new byte[] {(byte) (index + 1)}), done);
      });
      gateway.on("scanner_close", arguments -> null);
      List<String> rows = new ArrayList<>();
      try (Scanner scanner = cellar.table("t").scanResumably(Scan.all())) {
        while (scanner.next()) rows.add(scanner.current().cell().rowString());
      }
      assertEquals("broken at call " + breakAt, List.of(all), rows);
    }
  }

  @Test
  public void closingInTheMiddleClosesTheScannerThere() {
    AtomicInteger closed = new AtomicInteger();
    gateway.on("scanner_open", arguments -> 5L).on("next_cells_serialized", arguments -> packed("a", "b"));
    gateway.on("scanner_close", arguments -> closed.addAndGet((int) (long) arguments[0]) > 0 ? null : null);
    Scanner scanner = cellar.table("t").scan(Scan.all());
    assertTrue(scanner.next());
    scanner.close();
    scanner.close();
    assertFalse(scanner.next());
    assertEquals(5, closed.get());
    gateway.on("get_cells_serialized", arguments -> packed("r"));
    assertEquals("the answer under way is not taken for another's", 1, cellar.table("t").get("r").size());
    assertEquals(1, gateway.connections.get());
  }

  @Test
  public void aMutatorSendsWhenItIsFullAndWhenItIsClosed() {
    List<Integer> sizes = new ArrayList<>();
    gateway.on("set_cells_serialized", arguments -> sizes.add(Cells.of((ByteBuffer) arguments[2]).size()) ? null : null);
    try (Mutator mutator = cellar.table("t").mutator()) {
      for (int i = 0; i < 5; ++i) mutator.put(Row.of("r" + i).set("f", "q", new byte[Mutator.BATCH_BYTES / 2]));
      assertEquals(List.of(2, 2), sizes);
    }
    assertEquals(List.of(2, 2, 1), sizes);
  }

  @Test
  public void aMethodTheGatewayDoesNotKnowIsToldApart() {
    assertEquals(ErrorCode.NOT_IMPLEMENTED, failure(() -> cellar.table("t").increment("r", "n", "q", 1)).code());
  }

  @Test
  public void pathsAreReadGenerously() {
    assertEquals("/a/b/t", cellar.table("a//b/t").path());
    assertEquals("/t", cellar.table("/t/").path());
    assertThrows(IllegalArgumentException.class, () -> cellar.table("/"));
  }
}

package cellar.client;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.apache.thrift.TException;
import org.hypertable.thrift.SerializedCellsReader;
import org.hypertable.thrift.ThriftClient;
import org.hypertable.thriftgen.ScanSpec;

/**
 * {@code ScanBench PORT TABLE load CELLS} or {@code ScanBench PORT TABLE view|cells|resumable|ancestor ROUNDS}: a line a round, with
 * cells, seconds of wall, of this process's CPU. client/java/bench.py runs it.
 */
public final class ScanBench {
  private static long digest;

  private ScanBench() {}

  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[0]);
    try (Cellar cellar = Cellar.connect("127.0.0.1", port)) {
      Table table = cellar.table(args[1]);
      int count = Integer.parseInt(args[3]);
      if (args[2].equals("load")) {
        load(table, count);
        return;
      }
      for (int round = 0; round < count; ++round) {
        long wall = System.nanoTime();
        long cpu = cpuNanos();
        long cells = args[2].equals("ancestor") ? ancestor(port, args[1]) : scan(table, args[2]);
        report(cells, wall, cpu);
      }
    }
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
  }

  private static void report(long cells, long wall, long cpu) {
    System.out.printf(Locale.ROOT, "%d %.6f %.6f%n", cells, (System.nanoTime() - wall) / 1e9, (cpuNanos() - cpu) / 1e9);
  }

  /** Cells of 30 bytes: rows of 12, a family of 2, values of 16. */
  private static void load(Table table, int count) {
    table.create(Schema.of("cf"));
    long wall = System.nanoTime();
    long cpu = cpuNanos();
    try (Mutator mutator = table.mutator()) {
      for (int i = 0; i < count; ++i) {
        mutator.put(Row.of(digits(i, 12)).set("cf", Bytes.NONE, digits(i, 16)));
      }
    }
    report(count, wall, cpu);
  }

  private static byte[] digits(int number, int count) {
    byte[] text = new byte[count];
    for (int at = count - 1, rest = number; at >= 0; --at, rest /= 10) text[at] = (byte) ('0' + rest % 10);
    return text;
  }

  private static long scan(Table table, String way) {
    long cells = 0;
    try (Scanner scanner = way.equals("resumable") ? table.scanResumably(Scan.all()) : table.scan(Scan.all())) {
      if (way.equals("cells")) {
        for (Cell cell : scanner) {
          digest += cell.valueLength();
          ++cells;
        }
        return cells;
      }
      while (scanner.next()) {
        PackedCellsReader cell = scanner.current();
        byte[] bytes = cell.bytes();
        digest = digest * 31 + bytes[cell.rowOffset() + cell.rowLength() - 1] + bytes[cell.valueOffset()];
        ++cells;
      }
    }
    return cells;
  }

  /** By the ancestor's classes: a request, its answer, a copy of each value. */
  private static long ancestor(int port, String table) throws TException {
    long cells = 0;
    try (ThriftClient client = ThriftClient.create("127.0.0.1", port)) {
      long ns = client.namespace_open("/");
      long scanner = client.scanner_open(ns, table, new ScanSpec().setVersions(1));
      SerializedCellsReader reader = new SerializedCellsReader((ByteBuffer) null);
      do {
        reader.reset(client.scanner_get_cells_serialized(scanner));
        while (reader.next()) {
          digest += reader.get_value().length;
          ++cells;
        }
      } while (!reader.eos());
      client.scanner_close(scanner);
    }
    return cells;
  }
}

package cellar.client;

import cellar.thriftgen.CellCondition;
import cellar.thriftgen.CheckResult;
import cellar.thriftgen.InsertResult;
import cellar.thriftgen.MutatorOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.thrift.TException;
import org.hypertable.thriftgen.ScanSpec;
import org.hypertable.thriftgen.TableSplit;

/**
 * A table by its name. Nothing is opened or kept: a table that is dropped and made again goes on to work. Thread-safe.
 *
 * <p>Calls throw {@link CellarException}. What only reads is asked again when the connection broke; a change never is once it
 * may have reached the gateway, and {@link CellarException#mayBeApplied} says so.
 */
public final class Table {
  private final Calls calls;
  private final String namespace;
  private final String name;
  private final Duration patience;

  Table(Calls calls, String namespace, String name, Duration patience) {
    this.calls = calls;
    this.namespace = namespace;
    this.name = name;
    this.patience = patience;
  }

  /** The same table, with so much time for each operation. */
  public Table withDeadline(Duration time) {
    return new Table(calls, namespace, name, CellarOptions.positive(time));
  }

  public String path() {
    return namespace.equals("/") ? "/" + name : namespace + "/" + name;
  }

  private interface OnTable<T> {
    T call(Connection on, long namespaceId) throws TException;
  }

  private <T> T make(Calls.Kind kind, OnTable<T> call) {
    return calls.make(kind, Deadline.after(patience), on -> call.call(on, on.namespace(namespace)));
  }

  // ---- Writing

  /** Acknowledged on return. */
  public void put(Row row) {
    ByteBuffer packed = row.packed();
    set(packed);
  }

  /** Sent together; each row in one step, but not all rows in one. */
  public void put(Iterable<Row> rows) {
    try (Mutator mutator = mutator()) {
      for (Row row : rows) mutator.put(row);
    }
  }

  public Mutator mutator() {
    return mutator(Durability.TABLE);
  }

  public Mutator mutator(Durability durability) {
    return new Mutator(this, durability);
  }

  void send(PackedCellsWriter cells, Durability durability) {
    ByteBuffer packed = cells.finish();
    if (durability == Durability.TABLE) {
      set(packed);
      return;
    }
    MutatorOptions options = new MutatorOptions().setDurability(durability.wire());
    make(Calls.Kind.CHANGE, (on, ns) -> {
      long id = on.client.mutator_open_with(ns, name, options);
      on.transport.beginRequest();
      on.client.mutator_set_cells_serialized(id, packed.duplicate(), true);
      on.client.mutator_close(id);
      return null;
    });
  }

  private void set(ByteBuffer packed) {
    make(Calls.Kind.CHANGE, (on, ns) -> {
      on.client.set_cells_serialized(ns, name, packed.duplicate());
      return null;
    });
  }

  /** Makes the changes in one step if all conditions hold. */
  public Outcome putIf(Row row, Condition... conditions) {
    List<CellCondition> wire = new ArrayList<>();
    for (Condition condition : conditions) wire.add(condition.wire());
    ByteBuffer packed = row.packed();
    CheckResult result = make(Calls.Kind.CHANGE,
        (on, ns) -> on.client.check_and_mutate(ns, name, ByteBuffer.wrap(row.key()), wire, packed.duplicate()));
    return new Outcome(result.isApplied(), result.isSetFailed_condition() ? result.getFailed_condition() : -1,
        result.getCurrent_value());
  }

  /** Sets a cell if its column has none; its current value if it has one. */
  public Optional<byte[]> insertIfAbsent(String row, String family, String qualifier, byte[] value) {
    return insertIfAbsent(Bytes.utf8(row), family, Bytes.utf8(qualifier), value);
  }

  public Optional<byte[]> insertIfAbsent(byte[] row, String family, byte[] qualifier, byte[] value) {
    InsertResult result = make(Calls.Kind.CHANGE, (on, ns) -> on.client.insert_if_absent(ns, name, ByteBuffer.wrap(row), family,
        ByteBuffer.wrap(qualifier), ByteBuffer.wrap(value)));
    if (result.isInserted()) return Optional.empty();
    return Optional.of(result.isSetCurrent_value() ? result.getCurrent_value() : Bytes.NONE);
  }

  /** Adds to a counter, and returns what it is then. */
  public long increment(String row, String family, String qualifier, long delta) {
    return increment(Bytes.utf8(row), family, Bytes.utf8(qualifier), delta);
  }

  public long increment(byte[] row, String family, byte[] qualifier, long delta) {
    return make(Calls.Kind.CHANGE, (on, ns) -> on.client.increment(ns, name, ByteBuffer.wrap(row), family,
        ByteBuffer.wrap(qualifier), delta));
  }

  // ---- Reading

  /** The newest version of each column of a row; no cells when there is no such row. */
  public Cells get(String row) {
    return get(Scan.row(row));
  }

  public Cells get(byte[] row) {
    return get(Scan.row(row));
  }

  /** All cells of a small scan, in one answer. */
  public Cells get(Scan scan) {
    ScanSpec spec = scan.spec();
    return Cells.of(make(Calls.Kind.READ, (on, ns) -> on.client.get_cells_serialized(ns, name, spec)));
  }

  /** The newest value of one column. */
  public Optional<byte[]> value(String row, String family, String qualifier) {
    return get(Scan.row(row).column(family, qualifier)).value(family, qualifier);
  }

  /** A scan that is read as it comes. To be closed. */
  public Scanner scan(Scan scan) {
    ScanSpec spec = scan.spec();
    return Cellar.started(new BatchSource.Plain(calls, patience,
        on -> on.client.scanner_open(on.namespace(namespace), name, spec)), patience);
  }

  /** The same, and if the gateway restarts meanwhile, it goes on where it was: each cell comes once. */
  public Scanner scanResumably(Scan scan) {
    return Cellar.started(new BatchSource.Resumable(calls, patience, namespace, name, scan.spec()), patience);
  }

  // ---- The table itself

  public boolean exists() {
    return make(Calls.Kind.READ, (on, ns) -> on.client.table_exists(ns, name));
  }

  public void create(Schema schema) {
    make(Calls.Kind.CHANGE, (on, ns) -> {
      on.client.table_create(ns, name, schema.wire());
      return null;
    });
  }

  /** As it is now; made from {@link #schema}, else SCHEMA_GENERATION_MISMATCH. */
  public void alter(Schema schema) {
    make(Calls.Kind.CHANGE, (on, ns) -> {
      on.client.table_alter(ns, name, schema.wire());
      return null;
    });
  }

  public Schema schema() {
    return new Schema(make(Calls.Kind.READ, (on, ns) -> on.client.table_get_schema(ns, name)));
  }

  /** In the same namespace. */
  public Table rename(String newName) {
    make(Calls.Kind.CHANGE, (on, ns) -> {
      on.client.table_rename(ns, name, newName);
      return null;
    });
    return new Table(calls, namespace, newName, patience);
  }

  /** TABLE_NOT_FOUND when there is none. */
  public void drop() {
    drop(false);
  }

  public void dropIfExists() {
    drop(true);
  }

  private void drop(boolean ifExists) {
    make(Calls.Kind.CHANGE, (on, ns) -> {
      on.client.table_drop(ns, name, ifExists);
      return null;
    });
  }

  /** The last row of each range but the last, in order: where the table can be cut for parallel scans. */
  public List<byte[]> splits() {
    List<byte[]> rows = new ArrayList<>();
    for (TableSplit split : make(Calls.Kind.READ, (on, ns) -> on.client.table_get_splits(ns, name))) {
      if (split.isSetEnd_row()) rows.add(split.getEnd_row());
    }
    return rows;
  }

  @Override
  public String toString() {
    return path();
  }
}

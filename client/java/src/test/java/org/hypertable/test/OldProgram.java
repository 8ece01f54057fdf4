package org.hypertable.test;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hypertable.thrift.SerializedCellsFlag;
import org.hypertable.thrift.SerializedCellsReader;
import org.hypertable.thrift.SerializedCellsWriter;
import org.hypertable.thrift.ThriftClient;
import org.hypertable.thriftgen.AccessGroupSpec;
import org.hypertable.thriftgen.Cell;
import org.hypertable.thriftgen.ClientException;
import org.hypertable.thriftgen.ColumnFamilyOptions;
import org.hypertable.thriftgen.ColumnFamilySpec;
import org.hypertable.thriftgen.HqlResult;
import org.hypertable.thriftgen.HqlResult2;
import org.hypertable.thriftgen.HqlResultAsArrays;
import org.hypertable.thriftgen.Key;
import org.hypertable.thriftgen.KeyFlag;
import org.hypertable.thriftgen.MutateSpec;
import org.hypertable.thriftgen.MutatorFlag;
import org.hypertable.thriftgen.NamespaceListing;
import org.hypertable.thriftgen.Result;
import org.hypertable.thriftgen.ResultAsArrays;
import org.hypertable.thriftgen.ResultSerialized;
import org.hypertable.thriftgen.RowInterval;
import org.hypertable.thriftgen.ScanSpec;
import org.hypertable.thriftgen.Schema;
import org.hypertable.thriftgen.TableSplit;

/** A program as it would have been written for Hypertable: its names, and no other. Ends with 1 and the step that went wrong. */
public final class OldProgram {
  private final ThriftClient client;
  private long ns;

  private OldProgram(ThriftClient client) {
    this.client = client;
  }

  public static void main(String[] args) throws Exception {
    ThriftClient client = ThriftClient.create("localhost", Integer.parseInt(args[0]));
    OldProgram program = new OldProgram(client);
    program.namespaces();
    program.schemas();
    program.hql();
    program.mutators();
    program.scanners();
    program.sharedMutators();
    program.serializedCells();
    program.scanFutures();
    program.mutatorFutures();
    program.uniqueCells();
    program.errors();
    program.end();
    client.close();
    System.out.println("all steps passed");
  }

  private interface Step {
    void run() throws Exception;
  }

  private static void check(boolean good, String what) {
    if (!good) throw new AssertionError(what);
  }

  private static void same(Object wanted, Object found, String what) {
    if (!wanted.equals(found)) throw new AssertionError(what + ": wanted " + wanted + ", found " + found);
  }

  private static void fails(int code, Step step) throws Exception {
    try {
      step.run();
    } catch (ClientException e) {
      same(code, e.getCode(), "code of " + e.getMessage());
      return;
    }
    throw new AssertionError("no error, but " + code + " was due");
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return new String(copy, StandardCharsets.UTF_8);
  }

  private static Cell cell(String row, String family, String qualifier, String value) {
    Cell cell = new Cell();
    Key key = new Key();
    key.setRow(row);
    key.setColumn_family(family);
    key.setColumn_qualifier(qualifier);
    key.setFlag(KeyFlag.INSERT);
    cell.setKey(key);
    cell.setValue(bytes(value));
    return cell;
  }

  private void namespaces() throws Exception {
    if (!client.exists_namespace("test")) client.create_namespace("test");
    client.namespace_create("/test/java");
    check(client.namespace_exists("test/java/"), "a namespace by another spelling");
    ns = client.open_namespace("/test/java");
    long again = client.namespace_open("test/java");
    check(again != ns, "each opening has an id of its own");
    client.namespace_close(again);
    fails(0x90003, () -> client.get_listing(again));
    long parent = client.open_namespace("test");
    List<NamespaceListing> listing = client.get_listing(parent);
    check(listing.stream().anyMatch(entry -> entry.getName().equals("java") && entry.isIs_namespace()), "the listing");
    client.close_namespace(parent);
  }

  private void schemas() throws Exception {
    Schema schema = new Schema();
    Map<String, AccessGroupSpec> groups = new HashMap<>();
    AccessGroupSpec group = new AccessGroupSpec();
    group.setName("ag");
    groups.put("ag", group);
    Map<String, ColumnFamilySpec> families = new HashMap<>();
    ColumnFamilySpec family = new ColumnFamilySpec();
    family.setName("col");
    family.setAccess_group("ag");
    family.setOptions(new ColumnFamilyOptions().setMax_versions(2));
    families.put("col", family);
    schema.setAccess_groups(groups);
    schema.setColumn_families(families);
    client.table_create(ns, "from_struct", schema);
    check(client.exists_table(ns, "from_struct"), "the table is there");
    Schema found = client.get_schema(ns, "from_struct");
    same(2, found.getColumn_families().get("col").getOptions().getMax_versions(), "max versions");
    ColumnFamilySpec more = new ColumnFamilySpec();
    more.setName("more");
    more.setAccess_group("");
    found.getColumn_families().put("more", more);
    client.table_alter(ns, "from_struct", found);
    check(client.table_get_schema(ns, "from_struct").getColumn_families().containsKey("more"), "the altered schema");
    fails(0x40008, () -> client.table_alter(ns, "from_struct", found));
    check(client.get_schema_str(ns, "from_struct").contains("<Name>col</Name>"), "schema as XML");
    check(!client.get_table_id(ns, "from_struct").isEmpty(), "the table's id");
    List<TableSplit> splits = client.get_table_splits(ns, "from_struct");
    same(1, splits.size(), "splits");
    check(!splits.get(0).isSetEnd_row(), "the last split is open");
    client.rename_table(ns, "from_struct", "renamed");
    same(Arrays.asList("renamed"), client.get_tables(ns), "tables");
    client.drop_table(ns, "renamed", false);
    client.drop_table(ns, "renamed", true);
    fails(22, () -> client.table_drop(ns, "renamed", false));
  }

  private void hql() throws Exception {
    client.hql_query(ns, "drop table if exists thrift_test");
    client.hql_query(ns, "create table thrift_test (col, n COUNTER)");
    client.hql_exec(ns, "insert into thrift_test values ('k1', 'col:a', 'v1'), ('k2', 'col:b', 'v2')", false, false);
    HqlResult cells = client.hql_query(ns, "select * from thrift_test");
    same(2, cells.getCells().size(), "cells of a SELECT");
    same("v1", new String(cells.getCells().get(0).getValue(), StandardCharsets.UTF_8), "a value");
    HqlResult2 arrays = client.hql_query2(ns, "select * from thrift_test");
    same(Arrays.asList("k2", "col", "b", "v2"), arrays.getCells().get(1).subList(0, 4), "a cell as array");
    HqlResultAsArrays same = client.hql_query_as_arrays(ns, "select col:a from thrift_test");
    same(1, same.getCells().size(), "cells as arrays");
    same(Arrays.asList("thrift_test"), client.hql_query(ns, "show tables").getResults(), "lines");
    HqlResult open = client.hql_exec(ns, "select * from thrift_test", false, true);
    same(2, client.next_cells(open.getScanner()).size(), "an unbuffered SELECT");
    client.close_scanner(open.getScanner());
    HqlResult unflushed = client.hql_exec(ns, "insert into thrift_test values ('k3', 'col', 'v3')", true, false);
    client.flush_mutator(unflushed.getMutator());
    client.close_mutator(unflushed.getMutator());
    same("v3", text(client.get_cell(ns, "thrift_test", "k3", "col")), "an unflushed INSERT, flushed");
    fails(11, () -> client.hql_query(ns, "select * from thrift_test;"));
  }

  private void mutators() throws Exception {
    long mutator = client.open_mutator(ns, "thrift_test", 0, 0);
    client.mutator_set_cell(mutator, cell("m1", "col", "", "one"));
    client.mutator_set_cells(mutator, Arrays.asList(cell("m2", "col", "x", "two"), cell("m3", "col", "", "three")));
    client.mutator_set_cell_as_array(mutator, Arrays.asList("m4", "col", "", "four"));
    client.mutator_set_cells_as_arrays(mutator, Arrays.asList(Arrays.asList("m5", "col", "", "five", "1234567890")));
    client.mutator_flush(mutator);
    same("two", text(client.get_cell(ns, "thrift_test", "m2", "col:x")), "a flushed cell");
    client.mutator_close(mutator);
    fails(0x90002, () -> client.mutator_flush(mutator));
    List<List<String>> row = client.get_row_as_arrays(ns, "thrift_test", "m5");
    same(Arrays.asList("m5", "col", "", "five", "1234567890"), row.get(0), "a row as arrays");
    client.set_cell(ns, "thrift_test", cell("m6", "n", "", "5"));
    client.set_cell(ns, "thrift_test", cell("m6", "n", "", "+37"));
    same("42", text(client.get_cell(ns, "thrift_test", "m6", "n")), "a counter");
    Cell delete = new Cell();
    delete.setKey(new Key());
    delete.getKey().setRow("m1");
    delete.getKey().setFlag(KeyFlag.DELETE_ROW);
    client.set_cell(ns, "thrift_test", delete);
    same(0, client.get_row(ns, "thrift_test", "m1").size(), "a deleted row");
    same(0, client.get_cell(ns, "thrift_test", "m1", "col").remaining(), "a cell that is not there");
    long careless = client.mutator_open(ns, "thrift_test", MutatorFlag.NO_LOG_SYNC.getValue(), 100);
    client.mutator_set_cell(careless, cell("m7", "col", "", "seven"));
    client.mutator_close(careless);
    same(1, client.get_row(ns, "thrift_test", "m7").size(), "closing flushes");
  }

  private void scanners() throws Exception {
    ScanSpec spec = new ScanSpec();
    RowInterval interval = new RowInterval();
    interval.setStart_row("k1");
    interval.setEnd_row("k2");
    spec.addToRow_intervals(interval);
    long scanner = client.open_scanner(ns, "thrift_test", spec);
    List<String> rows = new ArrayList<>();
    for (List<Cell> cells = client.next_cells(scanner); !cells.isEmpty(); cells = client.next_cells(scanner)) {
      for (Cell cell : cells) rows.add(cell.getKey().getRow());
    }
    client.close_scanner(scanner);
    same(Arrays.asList("k1", "k2"), rows, "rows of an interval with both ends");
    fails(0x90001, () -> client.next_cells(scanner));
    long byRow = client.scanner_open(ns, "thrift_test", new ScanSpec().setColumns(Arrays.asList("col")));
    same("k1", client.next_row(byRow).get(0).getKey().getRow(), "the first row");
    same("k2", client.next_row_as_arrays(byRow).get(0).get(0), "the second, as arrays");
    SerializedCellsReader third = new SerializedCellsReader(client.next_row_serialized(byRow));
    check(third.next(), "the third, packed");
    same("k3", new String(third.get_row(), StandardCharsets.UTF_8), "its row");
    client.scanner_close(byRow);
    same(2, client.get_cells(ns, "thrift_test", spec).size(), "get_cells");
    same(2, client.get_cells_as_arrays(ns, "thrift_test", spec).size(), "get_cells_as_arrays");
    ScanSpec limited = new ScanSpec().setRow_limit(1).setKeys_only(true);
    same(1, client.get_cells(ns, "thrift_test", limited).size(), "row limit");
    fails(0x5000A, () -> client.get_cells(ns, "thrift_test", new ScanSpec().setColumns(Arrays.asList("nope"))));
  }

  private void sharedMutators() throws Exception {
    MutateSpec spec = new MutateSpec();
    spec.setAppname("test-java");
    spec.setFlush_interval(50);
    spec.setFlags(MutatorFlag.IGNORE_UNKNOWN_CFS.getValue());
    client.offer_cell(ns, "thrift_test", spec, cell("s1", "col", "", "v"));
    client.offer_cells_as_arrays(ns, "thrift_test", spec, Arrays.asList(Arrays.asList("s2", "col", "", "v")));
    client.shared_mutator_set_cells(ns, "thrift_test", spec, Arrays.asList(cell("s3", "col", "", "v")));
    long end = System.nanoTime() + 30_000_000_000L;
    for (String row : Arrays.asList("s1", "s2", "s3")) {
      while (client.get_row(ns, "thrift_test", row).isEmpty()) check(System.nanoTime() < end, "offered cells arrive");
    }
    client.refresh_shared_mutator(ns, "thrift_test", spec);
  }

  private void serializedCells() throws Exception {
    SerializedCellsWriter writer = new SerializedCellsWriter(100, false);
    int added = 0;
    while (writer.add("p" + added, "col", "q", SerializedCellsFlag.AUTO_ASSIGN, bytes("value " + added))) ++added;
    check(added > 1 && added < 10, "a writer that may not grow is full some time: " + added);
    client.set_cells_serialized(ns, "thrift_test", writer.buffer());
    writer.clear();
    check(writer.isEmpty(), "a cleared writer");
    byte[] row = "p-raw".getBytes(StandardCharsets.UTF_8);
    byte[] family = "col".getBytes(StandardCharsets.UTF_8);
    byte[] value = {0, 1, (byte) 0xFF};
    writer.add(row, 0, row.length, family, 0, family.length, null, 0, 0, 77, value, 0, value.length, SerializedCellsFlag.FLAG_INSERT);
    writer.finalize(SerializedCellsFlag.FLUSH);
    long mutator = client.mutator_open(ns, "thrift_test", 0, 0);
    client.mutator_set_cells_serialized(mutator, writer.buffer(), false);
    ByteBuffer packed = client.get_row_serialized(ns, "thrift_test", "p-raw");
    SerializedCellsReader reader = new SerializedCellsReader(packed);
    check(reader.next(), "a row written with FLUSH");
    same(77L, reader.get_timestamp(), "its timestamp");
    check(Arrays.equals(value, reader.get_value()), "its value");
    check(!reader.next() && reader.eos(), "its end");
    client.mutator_close(mutator);
    long scanner = client.scanner_open(ns, "thrift_test", new ScanSpec().setColumns(Arrays.asList("col:q")));
    SerializedCellsReader all = new SerializedCellsReader((ByteBuffer) null);
    int read = 0;
    do {
      all.reset(client.scanner_get_cells_serialized(scanner));
      while (all.next()) ++read;
    } while (!all.eos());
    client.scanner_close(scanner);
    same(added, read, "packed cells of a scan");
  }

  private void scanFutures() throws Exception {
    long future = client.open_future(0);
    ScanSpec spec = new ScanSpec().setColumns(Arrays.asList("col:q"));
    long first = client.open_scanner_async(ns, "thrift_test", future, spec);
    long second = client.async_scanner_open(ns, "thrift_test", future, spec);
    int cells = 0;
    for (Result result = client.get_future_result(future, 0); !result.isIs_empty(); result = client.get_future_result(future, 0)) {
      check(!result.isIs_error() && result.isIs_scan(), "a scan's result");
      check(result.getId() == first || result.getId() == second, "its id");
      cells += result.getCells().size();
    }
    int wanted = client.get_cells(ns, "thrift_test", spec).size();
    same(2 * wanted, cells, "cells of two scanners");
    check(client.future_is_empty(future) && !client.future_is_full(future) && !client.future_has_outstanding(future), "an empty future");
    client.close_scanner_async(first);
    client.async_scanner_close(second);
    long packed = client.open_scanner_async(ns, "thrift_test", future, spec);
    int read = 0;
    SerializedCellsReader reader = new SerializedCellsReader((ByteBuffer) null);
    for (ResultSerialized result = client.get_future_result_serialized(future, 0); !result.isIs_empty();
        result = client.get_future_result_serialized(future, 0)) {
      reader.reset(ByteBuffer.wrap(result.getCells()));
      while (reader.next()) ++read;
    }
    same(wanted, read, "packed cells of a future");
    client.close_scanner_async(packed);
    long arrays = client.open_scanner_async(ns, "thrift_test", future, spec);
    ResultAsArrays block = client.get_future_result_as_arrays(future, 30_000);
    check(!block.isIs_error(), "arrays of a future");
    client.cancel_scanner_async(arrays);
    client.close_scanner_async(arrays);
    client.cancel_future(future);
    check(client.future_is_cancelled(future), "a cancelled future");
    fails(33, () -> client.open_scanner_async(ns, "thrift_test", future, spec));
    client.close_future(future);
    fails(0x90004, () -> client.future_is_empty(future));
  }

  private void mutatorFutures() throws Exception {
    long future = client.future_open(0);
    long mutator = client.open_mutator_async(ns, "thrift_test", future, 0);
    client.set_cell_async(mutator, cell("f1", "col", "", "v"));
    client.set_cells_as_arrays_async(mutator, Arrays.asList(Arrays.asList("f2", "col", "", "v")));
    client.flush_mutator_async(mutator);
    Result result = client.get_future_result(future, 0);
    check(!result.isIs_empty() && !result.isIs_scan() && !result.isIs_error(), "the flush's result");
    same(mutator, result.getId(), "the flush's id");
    check(client.get_future_result(future, 0).isIs_empty(), "one result a flush");
    client.close_mutator_async(mutator);
    client.future_close(future);
    same(1, client.get_row(ns, "thrift_test", "f2").size(), "an asynchronous cell");
  }

  private void uniqueCells() throws Exception {
    client.hql_query(ns, "create table uniq (id TIME_ORDER DESC)");
    Key key = new Key();
    key.setRow("user");
    key.setColumn_family("id");
    key.setFlag(KeyFlag.INSERT);
    String guid = client.create_cell_unique(ns, "uniq", key, "");
    same(36, guid.length(), "a GUID");
    fails(48, () -> client.create_cell_unique(ns, "uniq", key, "other"));
    same(36, client.generate_guid().length(), "another");
  }

  private void errors() throws Exception {
    fails(40, () -> client.open_namespace("/test/nope"));
    fails(22, () -> client.get_row(ns, "nope", "r"));
    fails(9, () -> client.set_cell(ns, "thrift_test", cell("", "col", "", "v")));
    same("HYPERTABLE ok", client.error_get_text(0), "text of 0");
    same(0, client.status().getCode(), "status");
  }

  private void end() throws Exception {
    client.drop_table(ns, "uniq", true);
    client.drop_table(ns, "thrift_test", true);
    client.close_namespace(ns);
    client.drop_namespace("/test/java", false);
    check(!client.exists_namespace("/test/java"), "the namespace is gone");
  }
}

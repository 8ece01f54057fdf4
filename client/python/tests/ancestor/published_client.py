"""A program written for PyPI's `hypertable`, run by ancestor_test.py with that package (argument "published") or with ours ("cellar"):
`published_client.py published|cellar HOST PORT`. Text is bytes below 0x80 but where it says otherwise, so that both see the same."""

import sys
import time

import libHyperPython
from hyperthrift.gen.ttypes import (AccessGroupSpec, Cell, ClientException, ColumnFamilyOptions, ColumnFamilySpec, Key, KeyFlag, MutateSpec, MutatorFlag,
                                    RowInterval, ScanSpec, Schema)
from hypertable.thriftclient import ThriftClient

PUBLISHED = sys.argv[1] == "published"
ROOT = "ancestor_" + sys.argv[1]


def wire(data):
    """Bytes as this package has them in a value: Python 2's str, or bytes."""
    return data.decode("latin-1") if PUBLISHED else data


def plain(value):
    return value.encode("latin-1") if PUBLISHED else value


def check(found, wanted):
    if found != wanted:
        raise AssertionError("found %r, wanted %r" % (found, wanted))


def fails(code, call, *arguments):
    try:
        call(*arguments)
    except ClientException as error:
        check((error.code, bool(error.message)), (code, True))
        return
    raise AssertionError("%s%r did not fail" % (call.__name__, arguments))


def namespaces(client):
    client.create_namespace(ROOT)
    client.namespace_create(ROOT + "/inner")
    check(client.exists_namespace("/" + ROOT + "/"), True)
    check(client.namespace_exists(ROOT + "/none"), False)
    fails(42, client.create_namespace, ROOT)
    fails(40, client.namespace_open, ROOT + "/none")
    ns = client.open_namespace(ROOT)
    check(ns != client.namespace_open(ROOT), True)
    check([(entry.name, entry.is_namespace) for entry in client.get_listing(ns)], [("inner", True)])
    client.drop_namespace(ROOT + "/inner", False)
    fails(40, client.namespace_drop, ROOT + "/inner", False)
    client.namespace_drop(ROOT + "/inner", True)
    other = client.open_namespace(ROOT)
    client.close_namespace(other)
    fails(0x90003, client.namespace_close, other)
    return ns


def schemas(client, ns):
    spec = ColumnFamilySpec(name="col", access_group="fast", deleted=False, value_index=False, qualifier_index=False,
                            options=ColumnFamilyOptions(max_versions=3))
    client.table_create(ns, "made", Schema(access_groups={"fast": AccessGroupSpec(name="fast")}, column_families={"col": spec}))
    fails(39, client.table_create, ns, "made", Schema(column_families={"col": spec}, access_groups={"fast": AccessGroupSpec(name="fast")}))
    schema = client.get_schema(ns, "made")
    check(schema.column_families["col"].options.max_versions, 3)
    schema.column_families["more"] = ColumnFamilySpec(name="more", access_group="default", deleted=False, value_index=False,
                                                      qualifier_index=False)
    client.table_alter(ns, "made", schema)
    fails(0x40008, client.table_alter, ns, "made", schema)
    check(sorted(client.table_get_schema(ns, "made").column_families), ["col", "more"])
    check("<ColumnFamily" in client.get_schema_str(ns, "made"), True)
    check("Generation" in client.get_schema_str_with_ids(ns, "made"), True)
    check(client.get_tables(ns), ["made"])
    check(client.table_get_id(ns, "made").replace("/", "").isdigit(), True)
    splits = client.get_table_splits(ns, "made")
    check((len(splits), splits[-1].end_row), (1, None))
    client.rename_table(ns, "made", "other")
    check((client.exists_table(ns, "made"), client.table_exists(ns, "other")), (False, True))
    client.drop_table(ns, "other", False)
    fails(22, client.table_drop, ns, "other", False)
    client.drop_table(ns, "other", True)


def mutators(client, ns):
    client.hql_query(ns, "CREATE TABLE stored (col, n COUNTER)")
    mutator = client.open_mutator(ns, "stored", 0, 0)
    client.mutator_set_cell(mutator, Cell(Key("a", "col", "1"), wire(b"one")))
    client.mutator_set_cells(mutator, [Cell(Key("b", "col", None), wire(b"two")), Cell(Key("c", "col", "3", 5), wire(b"\xff\x00\xc3"))])
    client.mutator_set_cell_as_array(mutator, ["d", "col", "4", "four"])
    client.mutator_set_cells_as_arrays(mutator, [["e", "col", "5", "five", "7"], ["n", "n", "", "+2"]])
    client.mutator_flush(mutator)
    client.mutator_set_cell(mutator, Cell(Key("n", "n", None), wire(b"+3")))
    client.mutator_close(mutator)
    fails(0x90002, client.mutator_flush, mutator)
    client.set_cell(ns, "stored", Cell(Key("gone", "col", "x"), wire(b"gone")))
    client.set_cell(ns, "stored", Cell(Key("gone", "col", "x", flag=KeyFlag.DELETE_CELL)))
    client.set_cells(ns, "stored", [Cell(Key("gone", "col", "y"), wire(b"gone")), Cell(Key("gone", flag=KeyFlag.DELETE_ROW))])
    fails(9, client.set_cell, ns, "stored", Cell(Key("", "col", ""), wire(b"x")))
    fails(9, client.set_cell, ns, "stored", Cell(Key("a", "nofamily", ""), wire(b"x")))
    fails(22, client.open_mutator, ns, "nothing", 0, 0)
    check(plain(client.get_cell(ns, "stored", "n", "n")), b"5")
    spec = MutateSpec("ancestor", 100, MutatorFlag.NO_LOG_SYNC)
    client.offer_cell(ns, "stored", spec, Cell(Key("shared", "col", ""), wire(b"later")))
    client.shared_mutator_set_cells(ns, "stored", spec, [Cell(Key("shared2", "col", ""), wire(b"later"))])
    end = time.time() + 30
    while len(client.get_row(ns, "stored", "shared2")) == 0:
        check(time.time() < end, True)
    client.set_cells(ns, "stored", [Cell(Key(row, flag=KeyFlag.DELETE_ROW)) for row in ("shared", "shared2")])


STORED = [("a", "col", "1", b"one"), ("b", "col", "", b"two"), ("c", "col", "3", b"\xff\x00\xc3"), ("d", "col", "4", b"four"),
          ("e", "col", "5", b"five"), ("n", "n", "", b"5")]


def tuples(cells):
    return [(cell.key.row, cell.key.column_family, cell.key.column_qualifier, plain(cell.value or wire(b""))) for cell in cells]


def scanners(client, ns):
    def drained(fetch, scanner):
        cells = []
        while True:
            batch = fetch(scanner)
            if len(batch) == 0:
                client.close_scanner(scanner)
                return cells
            cells += batch
    check(tuples(drained(client.next_cells, client.open_scanner(ns, "stored", ScanSpec()))), STORED)
    check(tuples(drained(client.scanner_get_row, client.scanner_open(ns, "stored", ScanSpec(versions=1)))), STORED)
    arrays = [cell for cell in drained(client.next_cells_as_arrays, client.open_scanner(ns, "stored", ScanSpec(columns=["col:5"])))]
    check(arrays, [["e", "col", "5", "five", "7"]])
    check(tuples(client.get_cells(ns, "stored", ScanSpec(row_intervals=[RowInterval("b", True, "d", False)]))), STORED[1:3])
    check(tuples(client.get_cells(ns, "stored", ScanSpec(None, None, None, 1, 0, None, None, ["col"], False, 0, 0, "^[ab]", "o"))), STORED[:2])
    check(client.get_row_as_arrays(ns, "stored", "e"), [["e", "col", "5", "five", "7"]])
    check((tuples(client.get_row(ns, "stored", "zzz")), plain(client.get_cell(ns, "stored", "zzz", "col"))), ([], b""))
    fails(0x5000a, lambda: client.next_cells(client.open_scanner(ns, "stored", ScanSpec(columns=["nofamily"]))))
    fails(22, client.open_scanner, ns, "nothing", ScanSpec())
    fails(0x90001, client.next_cells, ns)


def packed(client, ns):
    writer = libHyperPython.SerializedCellsWriter(100, 1)
    for number in range(5):
        writer.add("packed%d" % number, "col", "", 9, "cell%d" % number, 5, 255)
    writer.add("packed5", "col", "a", 9, "cell5", 5, 255)
    writer.add("packed5", "col", "b", 9, "cell6", 5, 255)
    writer.finalize(0)
    client.set_cells_serialized(ns, "stored", wire(writer.get()))
    scanner = client.open_scanner(ns, "stored", ScanSpec(row_regexp="^packed"))
    found = []
    while True:
        data = plain(client.next_cells_serialized(scanner))
        reader = libHyperPython.SerializedCellsReader(data, len(data))
        while reader.has_next():
            found.append((reader.row(), reader.column_family(), reader.column_qualifier(), reader.value(), reader.timestamp()))
        if reader.eos():
            break
    client.close_scanner(scanner)
    check(found, [("packed%d" % min(n, 5), "col", {5: "a", 6: "b"}.get(n, ""), "cell%d" % n, 9) for n in range(7)])
    mutator = client.open_mutator(ns, "stored", 0, 0)
    writer.clear()
    writer.add("packed0", "col", "", 10, "newer", 5, 255)
    writer.finalize(0)
    client.mutator_set_cells_serialized(mutator, wire(writer.get()), True)
    client.close_mutator(mutator)
    check(plain(client.get_cell(ns, "stored", "packed0", "col")), b"newer")
    data = plain(client.get_row_serialized(ns, "stored", "packed0"))
    reader = libHyperPython.SerializedCellsReader(data, len(data))
    check((reader.has_next(), reader.value(), reader.has_next(), reader.eos()), (True, "newer", False, True))
    client.set_cells(ns, "stored", [Cell(Key("packed%d" % n, flag=KeyFlag.DELETE_ROW)) for n in range(6)])


def futures(client, ns):
    future = client.future_open(0)
    first, second = (client.async_mutator_open(ns, "stored", future, 0) for _ in range(2))
    client.async_mutator_set_cell(first, Cell(Key("async", "col", "1"), wire(b"1")))
    client.set_cells_async(second, [Cell(Key("async", "col", "2"), wire(b"2"))])
    client.async_mutator_flush(first)
    client.flush_mutator_async(second)
    results = [client.future_get_result(future, 0) for _ in range(3)]
    check([(r.is_empty, r.is_error, r.is_scan) for r in results], [(False, False, False), (False, False, False), (True, False, False)])
    check((client.future_is_empty(future), client.future_is_full(future), client.future_has_outstanding(future)), (True, False, False))
    scanner = client.open_scanner_async(ns, "stored", future, ScanSpec(row_regexp="^async"))
    cells = []
    while True:
        result = client.get_future_result(future, 10000)
        if result.is_empty:
            break
        check((result.is_scan, result.is_error), (True, False))
        cells += result.cells or []
    check(tuples(cells), [("async", "col", "1", b"1"), ("async", "col", "2", b"2")])
    client.close_scanner_async(scanner)
    client.future_cancel(future)
    check(client.future_is_cancelled(future), True)
    client.async_mutator_close(first)
    client.close_mutator_async(second)
    client.future_close(future)
    fails(0x90004, client.future_is_empty, future)
    client.set_cell(ns, "stored", Cell(Key("async", flag=KeyFlag.DELETE_ROW)))


def statements(client, ns):
    check(client.hql_query(ns, "SHOW TABLES").results, ["stored"])
    check(tuples(client.hql_query(ns, "SELECT * FROM stored").cells), STORED)
    check([cell[:4] for cell in client.hql_query_as_arrays(ns, "SELECT col FROM stored WHERE ROW = 'a'").cells], [["a", "col", "1", "one"]])
    check([cell[:4] for cell in client.hql_query2(ns, "SELECT col FROM stored WHERE ROW = 'a'").cells], [["a", "col", "1", "one"]])
    scanner = client.hql_exec(ns, "SELECT * FROM stored", False, True).scanner
    check(tuples(client.next_cells(scanner)), STORED)
    client.close_scanner(scanner)
    mutator = client.hql_exec(ns, "INSERT INTO stored VALUES ('hql', 'col', 'x')", True, False).mutator
    client.close_mutator(mutator)
    check(plain(client.get_cell(ns, "stored", "hql", "col")), b"x")
    client.hql_query(ns, "DELETE * FROM stored WHERE ROW = 'hql'")
    fails(11, client.hql_query, ns, "SELEC * FROM stored")
    fails(11, client.hql_query, ns, "SHOW TABLES;")


def others(client, ns):
    check([client.error_get_text(code) for code in (0, 1, 2)], ["HYPERTABLE ok", "HYPERTABLE protocol error", "HYPERTABLE request truncated"])
    check(client.status().code, 0)
    check(len(client.generate_guid()), 36)
    client.hql_query(ns, "CREATE TABLE once (col TIME_ORDER DESC MAX_VERSIONS 1)")
    check(client.create_cell_unique(ns, "once", Key("row", "col", ""), "mine"), "mine")
    fails(48, client.create_cell_unique, ns, "once", Key("row", "col", ""), "yours")
    client.drop_table(ns, "once", False)


def main():
    client = ThriftClient(sys.argv[2], int(sys.argv[3]))
    ns = namespaces(client)
    schemas(client, ns)
    mutators(client, ns)
    scanners(client, ns)
    packed(client, ns)
    futures(client, ns)
    statements(client, ns)
    others(client, ns)
    client.drop_table(ns, "stored", False)
    client.namespace_close(ns)
    client.drop_namespace(ROOT, False)
    client.close()
    print("the published client's program ran: " + sys.argv[1])


if __name__ == "__main__":
    main()

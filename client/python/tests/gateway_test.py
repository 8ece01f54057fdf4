#!/usr/bin/env python3
"""The client against a real Cellar through a real gateway: every byte, every operation, and gateways killed in the middle.
`gateway_test.py CELLAR PORT_OFFSET`"""

import asyncio
import random
import threading
import unittest

import real_gateway
from real_gateway import RealTest

import cellar
from cellar import Cell, Family, Flag, Where
from hypertable.thriftclient import ThriftClient
from hyperthrift.gen.ttypes import ScanSpec

ALL_BYTES = bytes(range(256))
SEED = random.SystemRandom().randrange(1 << 32)


class BytesTest(RealTest):
    def test_every_byte_in_row_qualifier_and_value(self):
        table = self.table()
        rows = [b"\0", b"a\0b", b"\xff", b"\xfe\xff", b"\xff\xff\0", b"line\nend\t\\", ALL_BYTES]
        for row in rows:
            table.put(row, {("f", row): row + ALL_BYTES, ("f", b""): b""})
        for row in rows:
            found = table.get(row)
            self.assertEqual((found.key, found[("f", row)], found["f"]), (row, row + ALL_BYTES, b""), row)
        self.assertEqual([row.key for row in table.scan()], sorted(rows))
        self.assertEqual([row.key for row in table.scan(prefix=b"\xff")], [b"\xff", b"\xff\xff\0"])

    def test_random_cells_come_back(self):
        table = self.table([f"f{i}" for i in range(3)])
        chance = random.Random(SEED)
        stored = {}
        with table.batch() as batch:
            for _ in range(3000):
                row = bytes(chance.randrange(256) for _ in range(chance.randint(1, 3)))
                family = b"f%d" % chance.randrange(3)
                qualifier = bytes(chance.randrange(256) for _ in range(chance.randint(0, 2)))
                timestamp, value = chance.randrange(1, 4), bytes(chance.randrange(256) for _ in range(chance.randint(0, 50)))
                stored[(row, family, qualifier, -timestamp)] = value
                batch.write([Cell(row, family, qualifier, value, timestamp)])
        self.assertEqual(batch.acknowledged, 3000)
        wanted = [Cell(row, family, qualifier, value, -minus, Flag.INSERT) for (row, family, qualifier, minus), value in sorted(stored.items())]
        found = list(table.scan(versions=0).cells())
        self.assertEqual(len(found), len(wanted))
        self.assertEqual(found, wanted, f"seed {SEED}")

    def test_the_ancestors_text_keeps_bytes_that_are_not_utf_8(self):
        table = self.table()
        table.put(b"r\xff\x80", {("f", b"\xc3"): b"\xff\0"})
        with ThriftClient("127.0.0.1", self.gateway.port) as old:
            ns = old.open_namespace(self.space)
            (cell,) = old.get_cells(ns, "t", ScanSpec())
            self.assertEqual((cell.key.row, cell.value), ("r\udcff\udc80", b"\xff\0"))
            old.set_cell(ns, "t", cell)
        self.assertEqual(len(list(table.scan(versions=0).cells())), 1)


class RowTest(RealTest):
    def test_versions_and_deletes(self):
        table = self.table()
        for timestamp in (10, 20, 30):
            table.put("r", {"f:a": str(timestamp), "f": "plain", "g:a": "x"}, timestamp=timestamp)
        self.assertEqual(table.get("r", ["f:a"], versions=0).versions("f:a"), [(30, b"30"), (20, b"20"), (10, b"10")])
        table.delete_version("r", "f:a", 20)
        self.assertEqual(table.get("r", ["f:a"], versions=2).versions("f:a"), [(30, b"30"), (10, b"10")])
        table.delete("r", "f:")
        self.assertEqual(table.get("r").to_dict(), {b"f:a": b"30", b"g:a": b"x"})
        table.delete("r", "f")
        self.assertEqual(table.get("r").to_dict(), {b"g:a": b"x"})
        table.delete("r")
        self.assertIsNone(table.get("r"))
        table.put("r", {"f:a": "again"})
        self.assertEqual(table.value("r", "f:a"), b"again")
        self.assertEqual(table.value("r", "f:b", default=b"none"), b"none")

    def test_scans(self):
        table = self.table()
        with table.batch() as batch:
            for i in range(100):
                batch.put(f"r{i:03}", {"f:a": str(i), "f:b": "b", "g": str(i % 10)}, timestamp=i + 1)
        def keys(**options):
            return [row.key.decode() for row in table.scan(**options)]
        self.assertEqual(keys(prefix="r01"), [f"r{i:03}" for i in range(10, 20)])
        self.assertEqual(keys(start="r010", stop="r012"), ["r010", "r011"])
        self.assertEqual(keys(stop="r002"), ["r000", "r001"])
        self.assertEqual(keys(rows=["r050", "r005", "nothing"]), ["r005", "r050"])
        self.assertEqual(keys(ranges=[("r001", "r002"), ("r098", None)]), ["r001", "r098", "r099"])
        self.assertEqual(keys(limit=2, offset=3), ["r003", "r004"])
        self.assertEqual(keys(since=3, until=5), ["r002", "r003"])
        self.assertEqual(keys(where=[Where("g", equals="7")], limit=2), ["r007", "r017"])
        self.assertEqual(keys(row_regex="^r0.5$")[:2], ["r005", "r015"])
        self.assertEqual([(c.row, c.column, c.value) for c in table.scan(columns=["f:^b", "g"], start="r099").cells()],
                         [(b"r099", b"f:b", b"b"), (b"r099", b"g", b"9")])
        self.assertEqual([c.value for c in table.scan(columns=[("f", "a")], start="r099", keys_only=True).cells()], [b""])
        for nothing in (dict(rows=[]), dict(ranges=[]), dict(columns=[])):
            self.assertEqual(keys(**nothing), [], nothing)
        self.assertIsNone(table.get("r099", []))
        table.delete("r099", "g")
        self.assertIn(Flag.DELETE_FAMILY, [c.flag for c in table.scan(start="r099", deletes=True).cells()])

    def test_a_token_is_taken_up_by_another_client(self):
        table = self.table()
        with table.batch() as batch:
            for i in range(3000):
                batch.put(f"r{i:05}", {"f": "x" * 100})
        small = self.connect(scan_bytes=20000).table(table.name)
        batches = small.scan().batches()
        cells, token = next(batches)
        batches.close()
        self.assertLess(len(cells), 3000)
        rest = list(self.connect().table(table.name).scan(token=token).cells())
        self.assertEqual([cell.row for cell in cells + rest], [b"r%05d" % i for i in range(3000)])


class ConditionTest(RealTest):
    def test_updates(self):
        table = self.table()
        self.assertTrue(table.update("r").if_absent("f:a").set("f:a", "1").put({"g:b": "2"}).apply())
        lost = table.update("r").if_equals("f:a", "1").if_absent("g:b").set("f:a", "x").apply()
        self.assertEqual((lost.applied, lost.failed_condition, lost.current_value), (False, 1, b"2"))
        won = table.update("r").if_equals("f:a", "1").if_less("g:b", "3").if_present("g:b").set("f:a", "3").delete("g:b").apply()
        self.assertTrue(won)
        self.assertEqual(table.get("r").to_dict(), {b"f:a": b"3"})

    def test_insert_if_absent(self):
        table = self.table()
        self.assertEqual(table.insert_if_absent("r", "f:a", "1"), (True, None))
        self.assertEqual(table.insert_if_absent("r", "f:a", "2"), (False, b"1"))

    def test_counters_of_many_threads(self):
        table = self.table({"n": Family(counter=True), "f": Family()})
        self.assertEqual(table.increment("r", "n:a", 5), 5)
        self.assertEqual(table.increment("r", "n:a", -7), -2)
        seen = []
        threads = [threading.Thread(target=lambda: seen.extend(table.increment("r", "n:b") for _ in range(20))) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(seen), list(range(1, 101)))
        self.assertEqual(table.value("r", "n:b"), b"100")
        with self.assertRaises(cellar.InvalidArgumentError):
            table.increment("r", "f:a")


class SchemaTest(RealTest):
    def test_tables_and_namespaces(self):
        client, space = self.client, self.space
        client.create_namespace(f"{space}/a/b", parents=True)
        client.create_namespace(f"{space}/a", if_absent=True)
        table = client.create_table(f"{space}/t", {"f": Family(max_versions=2), "n": Family("fast", counter=True)},
                                    access_groups={"fast": cellar.AccessGroup(in_memory=True)})
        self.assertTrue(table.exists())
        self.assertEqual(client.list(space), [("a", True), ("t", False)])
        schema = table.schema()
        self.assertEqual((schema.families["f"].max_versions, schema.families["n"].counter), (2, True))
        self.assertTrue(schema.access_groups["fast"].in_memory)
        table.put("r", {"f": "kept"})
        table.alter(add=["more"], drop=["n"], rename={"f": "first"})
        self.assertEqual(set(table.schema().families), {"first", "more"})
        self.assertEqual(table.value("r", "first"), b"kept")
        table.alter(modify={"first": Family(max_versions=1)})
        with self.assertRaises(cellar.ExistsError):
            table.alter(add={"first": Family()})
        self.assertEqual(table.schema().families["first"].max_versions, 1)
        self.assertEqual(table.value("r", "first"), b"kept")
        self.assertEqual([split.end for split in table.splits()], [None])
        client.rename_table(f"{space}/t", "u")
        self.assertFalse(table.exists())
        self.assertEqual(client.table(f"{space}/u").value("r", "first"), b"kept")
        client.drop_table(f"{space}/u")
        client.drop_table(f"{space}/u", if_exists=True)
        client.drop_namespace(f"{space}/a/b")
        self.assertTrue(client.namespace_exists(f"{space}/a"))

    def test_a_dropped_namespace_made_again(self):
        table = self.table()
        table.put("r", {"f": "old"})
        other = self.connect()
        other.drop_table(table.name)
        other.drop_namespace(self.space)
        other.create_namespace(self.space)
        other.create_table(table.name, ["f"])
        table.put("r2", {"f": "new"})
        self.assertEqual([row.key for row in table.scan()], [b"r2"])

    def test_statements(self):
        self.table().put("r", {"f:q": b"v\xff"})
        self.assertEqual(self.client.hql("SHOW TABLES", namespace=self.space).lines, ["t"])
        (cell,) = self.client.hql("SELECT * FROM t;", namespace=self.space)
        self.assertEqual((cell.row, cell.column, cell.value), (b"r", b"f:q", b"v\xff"))
        self.client.hql("INSERT INTO t VALUES ('s', 'f', 'é')", namespace=self.space)
        self.assertEqual(self.client.table(f"{self.space}/t").value("s", "f"), "é".encode())

    def test_errors(self):
        client, table = self.client, self.table()
        for code, kind, call in (
                (22, cellar.TableNotFoundError, lambda: client.table(f"{self.space}/none").put("r", {"f": "x"})),
                (40, cellar.NamespaceNotFoundError, lambda: client.table("none/t").get("r")),
                (42, cellar.ExistsError, lambda: client.create_namespace(self.space)),
                (39, cellar.ExistsError, lambda: client.create_table(table.name, ["f"])),
                (0x30013, cellar.NotEmptyError, lambda: client.drop_namespace(self.space)),
                (9, cellar.InvalidArgumentError, lambda: table.put("r", {"none": "x"})),
                (9, cellar.InvalidArgumentError, lambda: table.put("", {"f": "x"})),
                (9, cellar.InvalidArgumentError, lambda: table.get("")),
                (9, cellar.InvalidArgumentError, lambda: table.delete("")),
                (9, cellar.InvalidArgumentError, lambda: table.increment("", "f")),
                (9, cellar.InvalidArgumentError, lambda: table.insert_if_absent("", "f", "x")),
                (9, cellar.InvalidArgumentError, lambda: table.update("")),
                (0x5000a, cellar.UnknownFamilyError, lambda: list(table.scan(columns=["none"]))),
                (30, cellar.InvalidArgumentError, lambda: list(table.scan(start="b", stop="a"))),
                (11, cellar.HqlError, lambda: client.hql("SELEC"))):
            with self.assertRaises(kind) as caught:
                call()
            self.assertEqual(caught.exception.code, code, caught.exception)
        self.assertEqual(client.server_version().api, 1)
        with self.assertRaises(cellar.TableNotFoundError) as caught:
            client.table(f"{self.space}/none").get("r")
        self.assertEqual(str(caught.exception), f"table /{self.space}/none does not exist (error 22)")


class KillTest(RealTest):
    """The gateway is killed with SIGKILL; the data is the cluster's."""

    def in_the_background(self, work):
        thread = threading.Thread(target=work)
        self.addCleanup(lambda: thread.ident and thread.join())
        return thread

    def fill(self, rows):
        table = self.table()
        with table.batch() as batch:
            for i in range(rows):
                batch.put(f"r{i:06}", {"f": b"x" * 100})
        return table

    def test_a_scan_goes_on(self):
        self.fill(20000)
        table = self.connect(scan_bytes=100_000).table(f"{self.space}/t")
        seen = []
        for row in table.scan():
            seen.append(row.key)
            if len(seen) in (1, 7000, 15000):
                self.gateway.restart()
        self.assertEqual(seen, [b"r%06d" % i for i in range(20000)])

    def test_a_scan_waits_for_a_gateway_that_is_away(self):
        self.fill(5000)
        table = self.connect(scan_bytes=50_000).table(f"{self.space}/t")
        seen = []
        timer = threading.Timer(1, self.gateway.start)
        self.addCleanup(lambda: timer.ident and timer.join())
        for row in table.scan():
            seen.append(row.key)
            if len(seen) == 100:
                self.gateway.kill()
                timer.start()
        timer.join()
        self.assertEqual(len(seen), 5000)

    def test_a_batch_says_what_is_not_acknowledged(self):
        table = self.table()
        remaining = [Cell(b"r%06d" % i, b"f", b"", b"x" * 100) for i in range(30000)]
        failures = 0
        small = self.connect(batch_bytes=50_000).table(table.name)
        killed = self.in_the_background(self.gateway.restart)
        while remaining:
            cells, remaining = remaining, []
            try:
                with small.batch() as batch:
                    for i, cell in enumerate(cells):
                        if i == 10000 and not killed.ident:
                            killed.start()
                        batch.write([cell])
            except cellar.BatchError as error:
                failures += 1
                self.assertLess(failures, 10)
                acknowledged = batch.acknowledged
                written = acknowledged + len(error.unacknowledged)
                remaining = error.unacknowledged + cells[written:]
                self.assertEqual(cells[acknowledged:], remaining)
        killed.join()
        self.assertEqual([row.key for row in table.scan()], [b"r%06d" % i for i in range(30000)])

    def test_a_batch_at_least_once(self):
        table = self.connect(batch_bytes=50_000).table(self.table().name)
        killed = self.in_the_background(lambda: [self.gateway.restart() for _ in range(2)])
        with table.batch(at_least_once=True) as batch:
            for i in range(30000):
                if i == 5000:
                    killed.start()
                batch.put(f"r{i:06}", {"f": b"x" * 100}, timestamp=7)
        killed.join()
        self.assertEqual(batch.acknowledged, 30000)
        self.assertEqual(sum(1 for _ in table.scan(versions=0).cells()), 30000)

    def test_idle_clients_notice_nothing(self):
        table = self.table()
        table.put("a", {"f": "1"})
        self.gateway.restart()
        table.put("b", {"f": "2"})
        self.assertEqual(table.value("a", "f"), b"1")


class AsyncTest(RealTest):
    def test_everything_once(self):
        async def main():
            async with await cellar.connect_async(self.gateway.address) as client:
                table = await client.create_table(f"{self.space}/t", {"f": Family(), "n": Family(counter=True)})
                await asyncio.gather(*(table.put(f"r{i:03}", {"f": str(i)}) for i in range(50)))
                self.assertEqual((await table.get("r007"))["f"], b"7")
                self.assertEqual(await table.value("r008", "f"), b"8")
                self.assertEqual(await table.increment("c", "n"), 1)
                self.assertEqual((await table.insert_if_absent("r000", "f", "x")).current, b"0")
                self.assertTrue(await table.update("r000").if_equals("f", "0").set("f", "zero").apply())
                async with table.batch() as batch:
                    for i in range(500):
                        await batch.put(f"s{i:03}", {"f": "x"})
                    await batch.delete("s000")
                async with table.scan(prefix="s") as scan:
                    self.assertEqual(len([row async for row in scan]), 499)
                self.assertEqual([entry.name for entry in await client.list(self.space)], ["t"])
                self.assertEqual(set((await table.schema()).families), {"f", "n"})
                self.assertEqual((await client.hql("SHOW TABLES", namespace=self.space)).lines, ["t"])
                await table.delete("r000")
                with self.assertRaises(cellar.TableNotFoundError):
                    await client.table(f"{self.space}/none").get("r")
                await client.drop_table(f"{self.space}/t")
        asyncio.run(main())


if __name__ == "__main__":
    real_gateway.main()

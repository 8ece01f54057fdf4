#!/usr/bin/env python3
"""What the client does when gateways fail: nothing is done twice, nothing is lost in silence, scans go on."""

import asyncio
import os
import threading
import time
import unittest

import cellar
from cellar.core.session import Session, Settings
from scripted_gateway import ScriptedGateway


class GatewayTest(unittest.TestCase):
    def setUp(self):
        self.gateway = ScriptedGateway()
        self.addCleanup(self.gateway.stop)
        self.addCleanup(self.gateway.released.set)

    def connect(self, **settings):
        client = cellar.connect(self.gateway.address, **{"timeout": 60, **settings})
        self.addCleanup(client.close)
        return client

    def table(self, **settings):
        return self.connect(**settings).table("t")

    @staticmethod
    def hurried(table, timeout):
        """The same table over the same connections, with less patience."""
        return cellar.Table(Session(table._session.pool, Settings(timeout=timeout)), table.name)

    def fill(self, rows):
        key = ("/", "t")
        self.gateway.tables[key] = {(b"row%05d" % i, b"f", b"", -i - 1): b"value %d" % i for i in range(rows)}


class RetryTest(GatewayTest):
    def test_a_read_is_repeated_when_its_answer_is_lost(self):
        self.fill(3)
        self.gateway.faults["get_cells_serialized"] += ["lose", "lose answer", 65]
        self.assertEqual(self.table().get(b"row00001")["f"], b"value 1")
        self.assertEqual(self.gateway.count("get_cells_serialized"), 4)

    def test_a_write_is_not_repeated_when_its_answer_is_lost(self):
        table = self.table()
        for fault in ("lose", "lose answer"):
            self.gateway.faults["set_cells_serialized"].append(fault)
            with self.assertRaises(cellar.UnknownOutcomeError) as caught:
                table.put("row", {"f": fault})
            self.assertEqual(caught.exception.code, 4)
        self.assertEqual(self.gateway.count("set_cells_serialized"), 2)
        self.assertEqual(table.get("row")["f"], b"lose answer")

    def test_a_write_is_repeated_when_it_was_certainly_not_done(self):
        table = self.table()
        self.gateway.faults["set_cells_serialized"] += [65, 0x90003]
        self.gateway.faults["open_namespace"] += ["lose answer"]
        table.put("row", {"f": "value"})
        self.assertEqual(self.gateway.count("set_cells_serialized"), 3)
        self.assertEqual(len(self.gateway.tables[("/", "t")]), 1)

    def test_a_counter_is_never_incremented_twice(self):
        table = self.table()
        self.gateway.faults["increment"].append("lose answer")
        with self.assertRaises(cellar.UnknownOutcomeError):
            table.increment("row", "n")
        self.assertEqual(table.increment("row", "n"), 2)

    def test_a_late_answer_is_a_deadline_for_reads_and_an_unknown_outcome_for_writes(self):
        table = self.table()
        table.put("row", {"f": "value"})
        table = self.hurried(table, 1)
        self.gateway.faults["get_cells_serialized"].append("stall")
        self.gateway.faults["set_cells_serialized"].append("stall")
        with self.assertRaises(cellar.UnknownOutcomeError):
            table.put("row", {"f": "value"})
        with self.assertRaises(cellar.DeadlineError):
            table.get("row")

    def test_a_refusal_is_an_error_at_once(self):
        table = self.table()
        for code, kind in ((22, cellar.TableNotFoundError), (0x5000a, cellar.UnknownFamilyError), (9, cellar.InvalidArgumentError),
                           (12345, cellar.ServerError)):
            self.gateway.faults["get_cells_serialized"].append(code)
            with self.assertRaises(kind) as caught:
                table.get("row")
            self.assertEqual(caught.exception.code, code)
        self.assertEqual(self.gateway.count("get_cells_serialized"), 4)

    def test_all_tries_end_by_one_deadline(self):
        self.gateway.faults["get_cells_serialized"] += [65] * 1000
        table = self.hurried(self.table(), 1)
        with self.assertRaises((cellar.UnavailableError, cellar.DeadlineError)):
            table.get("row")

    def test_a_request_that_no_gateway_takes_is_refused_here(self):
        table = self.table()
        for name in ("put", "batch"):
            with self.assertRaisesRegex(cellar.CellarError, "the gateway takes") as caught:
                if name == "put":
                    table.put("row", {"f": bytes(70 << 20)})
                else:
                    with table.batch() as batch:
                        batch.put("row", {"f": bytes(70 << 20)})
            self.assertEqual(caught.exception.code, 9)
        self.assertEqual(self.gateway.count("set_cells_serialized"), 0)

    def test_an_unknown_method_is_named(self):
        with self.assertRaisesRegex(cellar.NotImplementedByServerError, "get_table_splits"):
            self.table().splits()

    def test_a_peer_that_speaks_something_else_is_a_protocol_error(self):
        import socket
        with socket.create_server(("127.0.0.1", 0)) as server:
            def speak():
                for _ in range(2):
                    connection, _ = server.accept()
                    with connection:
                        connection.recv(100)
                        connection.sendall(b"\0\0\0\x05hello")
            threading.Thread(target=speak, daemon=True).start()
            with self.assertRaises(cellar.ProtocolError):
                cellar.connect(f"127.0.0.1:{server.getsockname()[1]}", timeout=60).server_version()

    def test_no_gateway_is_said_at_once(self):
        self.gateway.stop()
        with self.assertRaisesRegex(cellar.UnavailableError, "no gateway answers"):
            cellar.connect(self.gateway.address)
        self.gateway.start()


class RestartTest(GatewayTest):
    def test_idle_connections_do_not_fail_the_first_write_after_a_restart(self):
        table = self.table()
        table.put("a", {"f": "1"})
        self.gateway.restart()
        table.put("b", {"f": "2"})
        self.assertEqual([row.key for row in table.scan()], [b"a", b"b"])

    def test_namespace_ids_are_those_of_the_gateway_behind_the_connection(self):
        client = self.connect()
        self.gateway.namespaces |= {"/one", "/two"}
        self.gateway.tables.update({("/one", "t"): {}, ("/two", "t"): {}})
        client.table("one/t").put("row", {"f": "1"})  # /one is number 1
        self.gateway.restart()
        client.table("two/t").put("row", {"f": "2"})  # /two is number 1
        client.table("one/t").put("row", {"f": "3"})
        self.assertEqual(sorted(self.gateway.tables[("/one", "t")].values()), [b"1", b"3"])

    def test_a_restart_while_waiting_for_connections(self):
        self.gateway.stop()
        timer = threading.Timer(0.2, self.gateway.start)
        client = cellar.client.Client(cellar.core.session.Session(
            cellar.core.blocking_io.BlockingPool([("127.0.0.1", self.gateway.port)], 4, 1 << 20), Settings(timeout=60)))
        timer.start()
        client.table("t").put("row", {"f": "1"})
        timer.join()
        client.close()

    def test_the_second_gateway_is_taken_when_the_first_is_gone(self):
        other = ScriptedGateway()
        self.addCleanup(other.stop)
        client = cellar.connect([self.gateway.address, other.address], timeout=60)
        self.gateway.stop()
        client.table("t").put("row", {"f": "1"})
        self.assertEqual(other.count("set_cells_serialized"), 1)
        client.close()
        self.gateway.start()


class ScanTest(GatewayTest):
    def test_every_row_comes_once_over_restarts(self):
        self.fill(95)
        scan = self.table().scan()
        seen = []
        for row in scan:
            seen.append(row.key)
            if len(seen) in (5, 37, 60):
                self.gateway.restart()
        self.assertEqual(seen, [b"row%05d" % i for i in range(95)])

    def test_lost_and_refused_batches_are_asked_for_again(self):
        self.fill(50)
        self.gateway.faults["resumable_scan_next"] += ["lose", "lose answer", 0x90001, 65]
        self.gateway.faults["resumable_scan_open"] += ["lose answer", 65]
        self.assertEqual(len(list(self.table().scan().cells())), 50)

    def test_the_next_batch_is_on_its_way_before_this_one_is_used(self):
        self.fill(30)
        batches = self.table().scan().batches()
        next(batches)
        end = time.monotonic() + 60
        while self.gateway.count("resumable_scan_next") < 2:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.001)
        batches.close()

    def test_a_scan_left_early_gives_its_connection_back(self):
        self.fill(100)
        table = self.table(max_connections=1)
        for _ in range(3):
            for row in table.scan():
                break
            with table.scan() as scan:
                next(iter(scan))
        self.assertIsNotNone(table.get(row.key))
        self.assertEqual([thing for thing in self.gateway.ids.values() if isinstance(thing, list)], [])

    def test_a_token_goes_on_after_its_batch(self):
        self.fill(35)
        table = self.table()
        batches = table.scan().batches()
        first = next(batches)
        batches.close()
        rest = table.scan(token=first.token)
        self.assertEqual(len(first.cells) + len(list(rest.cells())), 35)

    def test_a_scan_that_cannot_go_on_says_why(self):
        self.fill(35)
        batches = self.table().scan(timeout=3).batches()
        next(batches)
        self.gateway.stop()
        with self.assertRaises((cellar.UnavailableError, cellar.DeadlineError)):
            list(batches)
        self.gateway.start()

    def test_a_server_without_resumable_scans_is_scanned_plainly(self):
        self.fill(35)
        self.gateway.resumable_scan_open = None
        scan = self.table().scan()
        self.assertEqual([row.key for row in scan], [b"row%05d" % i for i in range(35)])
        self.assertEqual(scan.token, b"")
        self.gateway.faults["next_cells_serialized"] += ["lose"]
        with self.assertRaises((cellar.UnavailableError, cellar.DeadlineError)):
            list(self.table().scan())

    def test_open_scans_exhaust_the_pool_and_it_is_said(self):
        self.fill(100)
        table = self.table(max_connections=1)
        with table.scan() as scan:
            rows = iter(scan)
            next(rows)
            with self.assertRaisesRegex(cellar.PoolTimeoutError, "1 connections are in use"):
                self.hurried(table, 0.1).get("row00001")


class BatchTest(GatewayTest):
    def put_rows(self, batch, count):
        for i in range(count):
            batch.put(b"row%05d" % i, {"f": b"x" * 100})

    def stored(self):
        return len({key[0] for key in self.gateway.tables[("/", "t")]})

    def test_pieces_are_acknowledged(self):
        with self.table(batch_bytes=1000).batch() as batch:
            self.put_rows(batch, 100)
        self.assertEqual((self.stored(), batch.acknowledged), (100, 100))
        self.assertGreater(self.gateway.count("set_cells_serialized"), 5)

    def test_a_lost_answer_names_what_is_not_acknowledged(self):
        table = self.table(batch_bytes=1000)
        with self.assertRaises(cellar.BatchError) as caught:
            with table.batch() as batch:
                self.put_rows(batch, 20)
                batch.flush()
                self.gateway.faults["set_cells_serialized"] += ["lose answer"]
                self.put_rows(batch, 20)
        self.assertIsInstance(caught.exception.cause, cellar.UnknownOutcomeError)
        self.assertEqual(batch.acknowledged, 20)
        table.write(caught.exception.unacknowledged)
        self.assertGreaterEqual(len(caught.exception.unacknowledged), 7)
        self.assertEqual(caught.exception.unacknowledged[0].row, b"row00000")
        with self.assertRaises(cellar.ClosedError):
            batch.put("more", {"f": "x"})

    def test_at_least_once_sends_again(self):
        self.gateway.faults["set_cells_serialized"] += ["lose answer", "lose", "lose answer"]
        with self.table(batch_bytes=1000).batch(at_least_once=True) as batch:
            self.put_rows(batch, 50)
        self.assertEqual((self.stored(), batch.acknowledged), (50, 50))

    def test_refused_pieces_that_were_not_done_go_again(self):
        self.gateway.faults["set_cells_serialized"] += [65, 0x90003]
        with self.table(batch_bytes=1000).batch() as batch:
            self.put_rows(batch, 30)
        self.assertEqual((self.stored(), self.gateway.clock), (30, 1030))

    def test_an_error_in_the_block_leaves_the_rest_unsent(self):
        with self.assertRaises(ZeroDivisionError):
            with self.table().batch() as batch:
                self.put_rows(batch, 5)
                raise ZeroDivisionError
        self.assertEqual(self.stored(), 0)

    def test_a_bad_cell_is_refused_before_anything_of_its_piece_is_sent(self):
        with self.assertRaises(cellar.BatchError) as caught:
            with self.table().batch() as batch:
                batch.put("row", {"f" * 256: "x"})
        self.assertEqual(caught.exception.code, 55)
        self.assertEqual(self.gateway.count("set_cells_serialized"), 0)


def subprocess_of(work):
    """Runs `work` in a forked child; its exit status is 0 when that is true."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = 0 if work() else 1
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1]


class ThreadsTest(GatewayTest):
    def test_many_threads_share_a_client_over_a_restart(self):
        table = self.table(max_connections=4)
        failures = []

        def work(number):
            try:
                for i in range(30):
                    row = f"{number}-{i}"
                    try:
                        table.put(row, {"f": row})
                    except cellar.UnknownOutcomeError:
                        table.put(row, {"f": row})
                    if table.get(row)["f"] != row.encode():
                        failures.append(row)
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        self.gateway.restart()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        self.assertLessEqual(len(self.gateway.connections), 4 + 4)

    def test_a_forked_child_has_connections_of_its_own(self):
        self.fill(100)
        table = self.table()
        scan = iter(table.scan())
        next(scan)
        child = subprocess_of(lambda: table.get("row00001")["f"] == b"value 1" and len(list(table.scan())) == 100)
        self.assertEqual(child, 0)
        self.assertEqual(len(list(scan)), 99)

    def test_a_closed_client_says_so(self):
        client = self.connect()
        table = client.table("t")
        client.close()
        with self.assertRaises(cellar.ClosedError):
            table.get("row")


class AsyncTest(GatewayTest):
    def run_with(self, work, **settings):
        async def main():
            async with await cellar.connect_async(self.gateway.address, **{"timeout": 60, **settings}) as client:
                return await work(client.table("t"))
        return asyncio.run(main())

    def test_tasks_share_a_pool(self):
        async def work(table):
            async def one(i):
                await table.put(f"row{i}", {"f": str(i)})
                return (await table.get(f"row{i}"))["f"]
            return await asyncio.gather(*(one(i) for i in range(40)))
        self.assertEqual(self.run_with(work, max_connections=3), [str(i).encode() for i in range(40)])
        self.assertLessEqual(len(self.gateway.connections), 3)

    def test_scans_survive_restarts(self):
        self.fill(95)

        async def work(table):
            seen = []
            async with table.scan() as scan:
                async for row in scan:
                    seen.append(row.key)
                    if len(seen) in (5, 37):
                        self.gateway.restart()
            return seen
        self.assertEqual(self.run_with(work), [b"row%05d" % i for i in range(95)])

    def test_a_cancelled_call_does_not_leave_its_answer_to_the_next(self):
        self.fill(2)
        self.gateway.faults["get_cells_serialized"].append("stall")

        async def work(table):
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(table.get("row00000"), 0.1)
            return (await table.get("row00001"))["f"]
        self.assertEqual(self.run_with(work, max_connections=1), b"value 1")

    def test_lost_answers(self):
        self.gateway.faults["set_cells_serialized"] += ["lose answer"]
        self.gateway.faults["get_cells_serialized"] += ["lose answer", 65]

        async def work(table):
            with self.assertRaises(cellar.UnknownOutcomeError):
                await table.put("row", {"f": "1"})
            return (await table.get("row"))["f"]
        self.assertEqual(self.run_with(work), b"1")

    def test_a_cancelled_batch_does_not_pretend(self):
        self.gateway.faults["set_cells_serialized"] += ["stall"]

        async def work(table):
            batch = table.batch()
            await batch.put("row", {"f": "1"})
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(batch.flush(), 0.1)
            with self.assertRaises(cellar.ClosedError):
                await batch.flush()
        self.run_with(work)

    def test_batches(self):
        self.gateway.faults["set_cells_serialized"] += [65]

        async def work(table):
            async with table.batch() as batch:
                for i in range(100):
                    await batch.put(f"row{i:03}", {"f": b"x" * 100})
            return batch.acknowledged, len([cell async for cell in table.scan().cells()])
        self.assertEqual(self.run_with(work, batch_bytes=1000), (100, 100))


if __name__ == "__main__":
    unittest.main()

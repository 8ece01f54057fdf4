#!/usr/bin/env python3
"""`cellar check` and the status pages of a real server: well, damaged, gone, and of another cluster.

    check_and_status_test.py CELLAR PORT_OFFSET
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.request

from cellar_process import PortOffset

HTTP_PORT = 15860
STATEMENTS = """CREATE NAMESPACE '/n'; USE '/n'; CREATE TABLE t (a, b);
INSERT INTO t VALUES ('r1', 'a', 'one'), ('r2', 'b', 'two'); COMPACT TYPE=MAJOR TABLE t; SELECT * FROM t;"""


def start(cellar, data, offset):
    server = subprocess.Popen([cellar, "start", "--data-dir", data, "--port-offset", offset],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert "ready" in server.stdout.readline(), f"cellar start ended with {server.wait()}"
    return server


def check(cellar, offset, *options):
    return subprocess.run([cellar, "check", "--port-offset", offset, *options],
                          capture_output=True, text=True, timeout=100, check=False)


def page(offset, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{HTTP_PORT + int(offset)}{path}", timeout=10) as answer:
        return answer.read().decode()


def files_of_tables(data):
    return sorted((pathlib.Path(data) / "files" / "tables").glob("1-*/[0-9]*"))


def damage(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0xff
    path.write_bytes(content)


def status_with_the_table(offset):
    """The pages are at most a second old: again until they show the table."""
    deadline = time.monotonic() + 20
    while True:
        status = json.loads(page(offset, "/status"))
        states = {one["range"]: one["state"] for one in status["rangeserver"]["ranges"]}
        if states.get("1/1(..]") == "serving":
            return status
        assert time.monotonic() < deadline, status
        time.sleep(0.05)


def expect_status(offset):
    status = status_with_the_table(offset)
    assert status["master"]["recovered"] is True, status["master"]
    assert status["master"]["servers"][0]["state"] == "ready", status["master"]
    metrics = page(offset, "/metrics")
    for name in ("cellar_master_term 1", 'cellar_rangeserver_ranges{state="serving"} 4',
                 'cellar_rangeserver_commit_seconds_count{log="user"}', "cellar_rangeserver_cells_read_total"):
        assert name in metrics, f"{name} is not in\n{metrics}"


def expect_findings(cellar, offset, data):
    found = check(cellar, offset)
    assert found.returncode == 0 and "all is well" in found.stdout, found.stdout + found.stderr
    report = json.loads(check(cellar, offset, "--json").stdout)
    assert report["clean"] and report["counts"]["stores"] >= 1, report
    damage(files_of_tables(data)[0])
    found = check(cellar, offset, "--json")
    report = json.loads(found.stdout)
    assert found.returncode == 1, found
    assert [one["rule"] for one in report["findings"]] == ["store-damaged"], report
    assert report["findings"][0]["file"].startswith("tables/1-1/"), report
    damage(files_of_tables(data)[0].parent / ".seal")
    rules = {one["rule"] for one in json.loads(check(cellar, offset, "--json").stdout)["findings"]}
    assert "directory-damaged" in rules, rules


def main():
    cellar, first_offset = sys.argv[1:]
    ports = PortOffset(int(first_offset))
    offset = str(ports.value)
    with tempfile.TemporaryDirectory(prefix="cellar-check-") as folder:
        data = folder + "/data"
        server = start(cellar, data, offset)
        try:
            shell = subprocess.run([cellar, "shell", "--port-offset", offset, "--batch", "-e", STATEMENTS],
                                   capture_output=True, text=True, timeout=60, check=False)
            assert shell.returncode == 0, shell.stderr
            expect_status(offset)
            expect_findings(cellar, offset, data)
            other = check(cellar, offset, "--data-dir", folder)
            assert other.returncode == 2 and "is not Cellar's" in other.stderr, other
            server.terminate()
            assert server.wait(timeout=30) == 0, "SIGTERM did not end the server in order"
            gone = check(cellar, offset)
            assert gone.returncode == 2 and "it has to run while it is checked" in gone.stderr, gone
        finally:
            server.kill()
            server.wait()


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Kills a real Cellar with SIGKILL at random moments and looks for every acknowledged row afterwards.

    kill9.py BUILD_DIR [--cycles N] [--seed S] [--port-offset P]

Every second kill comes within half a second of a start, that is during recovery or the flush that follows it; caches
are small, so that compactions run all the time. In the end `cellar check` must find nothing, and nothing left over.
Exits with 1 when a row is lost or wrong, a start takes too long, or something is found.
"""

import argparse
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

LOCK_SERVICE_PORT = 15861
START_LIMIT_SECONDS = 30
MIN_ROWS_PER_CYCLE = 1000
SETTINGS = ["rangeserver.range_cache_bytes=1MiB", "rangeserver.max_group_stores=4"]


class Server:
    """One life of `cellar start`."""

    def __init__(self, build, data_dir, port_offset, log):
        command = [build / "cellar", "start", "--data-dir", data_dir, "--port-offset", str(port_offset)]
        for setting in SETTINGS:
            command += ["--set", setting]
        self.began = time.monotonic()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)

    def wait_ready(self):
        line = self.process.stdout.readline()
        if "ready" not in line:
            raise SystemExit(f"cellar start ended with {self.process.wait()} before it was ready")
        took = time.monotonic() - self.began
        if took > START_LIMIT_SECONDS:
            raise SystemExit(f"the start took {took:.1f} s")
        return took

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def acknowledged(ledger):
    lines = ledger.read_text().split() if ledger.exists() else []
    return int(lines[-1]) if lines else 0


def wait_for_rows(ledger, count, loader):
    while acknowledged(ledger) < count:
        if loader.poll() is not None:
            raise SystemExit("the loader ended by itself: see its message above")
        time.sleep(0.01)


def run(options):
    chance = random.Random(options.seed)
    build = pathlib.Path(options.build_dir).resolve()
    workload = build / "tests" / "crash" / "crash_workload"
    url = f"cellar://127.0.0.1:{LOCK_SERVICE_PORT + options.port_offset}"
    starts = []
    with tempfile.TemporaryDirectory(prefix="cellar-kill9-") as directory:
        folder = pathlib.Path(directory)
        ledger = folder / "ledger"
        log = open(folder / "server.log", "w")
        server = Server(build, folder / "data", options.port_offset, log)
        server.wait_ready()
        subprocess.run([workload, "create", url], check=True)
        loader = subprocess.Popen([workload, "load", url, ledger, "100"], stdin=subprocess.PIPE)
        try:
            for cycle in range(1, options.cycles + 1):
                wait_for_rows(ledger, acknowledged(ledger) + MIN_ROWS_PER_CYCLE, loader)
                time.sleep(chance.uniform(0, 0.5))
                server.kill()
                if cycle % 2 == 0:
                    server = Server(build, folder / "data", options.port_offset, log)
                    time.sleep(chance.uniform(0, 0.5))
                    server.kill()
                server = Server(build, folder / "data", options.port_offset, log)
                starts.append(server.wait_ready())
                subprocess.run([workload, "verify", url, ledger], check=True)
            loader.stdin.close()
            if loader.wait(timeout=120) != 0:
                raise SystemExit("the loader failed")
            subprocess.run([workload, "verify", url, ledger], check=True)
            subprocess.run([build / "cellar", "check", "--url", url], check=True)
        except (SystemExit, subprocess.CalledProcessError):
            log.flush()
            sys.stderr.write("".join((folder / "server.log").read_text().splitlines(keepends=True)[-40:]))
            raise
        finally:
            loader.kill()
            server.kill()
        print(f"{options.cycles} cycles, {acknowledged(ledger)} rows acknowledged, 0 lost; "
              f"start {sorted(starts)[len(starts) // 2]:.2f} s in the middle, {max(starts):.2f} s at worst")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build_dir")
    parser.add_argument("--cycles", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port-offset", type=int, default=1000)
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    try:
        run(options)
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"{error.cmd[1]} failed") from error


if __name__ == "__main__":
    main()

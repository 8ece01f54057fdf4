#!/usr/bin/env python3
"""A real ZooKeeper on loopback, without systemd: one server or an ensemble, each a process in a folder of its own.

As a module: `Ensemble(folder, ports).start()`. As a command, for tests in other languages:

    zookeeper.py serve FOLDER PORT[,PORT…] INDEX [--tick MS] [--max-session MS] [--no-conf]

becomes the INDEXth server of the ensemble with those client ports (the process itself, so that it can be killed or
stopped by its id), over FOLDER/INDEX.
"""

import argparse
import ctypes
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time

JARS = ("/usr/share/java/zookeeper.jar", "/usr/share/java/slf4j-simple.jar")
HOST = "127.0.0.1"
PATIENCE_SECONDS = 60
MAX_SESSION_MS = 600_000
# An ensemble's servers talk to each other at their client port plus these.
FOLLOW_OFFSET, ELECT_OFFSET = 30, 60


def check_installed():
    missing = [jar for jar in JARS if not os.path.exists(jar)]
    if missing or shutil.which("java") is None:
        raise SystemExit(f"ZooKeeper is missing ({', '.join(missing) or 'java'}): ./dev setup installs it "
                         "(packages zookeeper and openjdk-17-jre-headless)")


def write_configuration(folder, ports, index, tick_ms, max_session_ms, with_conf):
    """Fills FOLDER/INDEX; returns it."""
    home = pathlib.Path(folder) / str(index)
    (home / "data").mkdir(parents=True, exist_ok=True)
    words = "srvr,ruok,conf,mntr" if with_conf else "srvr,ruok"
    lines = [f"tickTime={tick_ms}", "initLimit=20", "syncLimit=10", f"dataDir={home}/data", f"clientPort={ports[index]}",
             f"clientPortAddress={HOST}", "maxClientCnxns=0", f"maxSessionTimeout={max_session_ms}", "admin.enableServer=false",
             f"4lw.commands.whitelist={words}"]
    if len(ports) > 1:
        (home / "data" / "myid").write_text(f"{index + 1}\n")
        lines += [f"server.{i + 1}={HOST}:{port + FOLLOW_OFFSET}:{port + ELECT_OFFSET}" for i, port in enumerate(ports)]
    (home / "zoo.cfg").write_text("\n".join(lines) + "\n")
    return home


def java_command(home):
    return ["java", "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Djava.net.preferIPv4Stack=true",
            "-Dzookeeper.forceSync=no", "-Dorg.slf4j.simpleLogger.defaultLogLevel=info", "-cp", f"{home}:{':'.join(JARS)}",
            "org.apache.zookeeper.server.quorum.QuorumPeerMain", f"{home}/zoo.cfg"]


def end_with_parent():
    """The server is killed when the process that started it ends, however that happens."""
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def serve(folder, ports, index, tick_ms, max_session_ms, with_conf):
    """Does not return: the process becomes the server."""
    check_installed()
    end_with_parent()
    home = write_configuration(folder, ports, index, tick_ms, max_session_ms, with_conf)
    log = os.open(home / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(log, 1)
    os.dup2(log, 2)
    command = java_command(home)
    os.execvp(command[0], command)


def ask(port, word, seconds=1.0):
    """The answer to a four-letter word; empty when there is none."""
    try:
        with socket.create_connection((HOST, port), timeout=seconds) as connection:
            connection.sendall(word.encode())
            parts = []
            while part := connection.recv(4096):
                parts.append(part)
            return b"".join(parts).decode()
    except OSError:
        return ""


def mode_of(port):
    """leader, follower, standalone; empty while it serves nobody."""
    for line in ask(port, "srvr").splitlines():
        if line.startswith("Mode: "):
            return line[len("Mode: "):]
    return ""


class Ensemble:
    """One server (one port) or several. Its processes end with this one (stop)."""

    def __init__(self, folder, ports, tick_ms=200, with_conf=True):
        check_installed()
        self.folder, self.ports, self.tick_ms, self.with_conf = pathlib.Path(folder), list(ports), tick_ms, with_conf
        self.processes = [None] * len(self.ports)

    @property
    def servers(self):
        """For the URL of the lock service."""
        return ",".join(f"{HOST}:{port}" for port in self.ports)

    def spawn(self, index):
        home = write_configuration(self.folder, self.ports, index, self.tick_ms, MAX_SESSION_MS, self.with_conf)
        with open(home / "log", "ab") as log:
            self.processes[index] = subprocess.Popen(java_command(home), stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def start(self):
        """All that do not run; returns when they serve."""
        for index, process in enumerate(self.processes):
            if process is None:
                self.spawn(index)
        self.wait_until_serving()

    def wait_until_serving(self):
        end = time.monotonic() + PATIENCE_SECONDS
        for index, port in enumerate(self.ports):
            while self.processes[index] is not None and not mode_of(port):
                if self.processes[index].poll() is not None or time.monotonic() > end:
                    log = (self.folder / str(index) / "log").read_text()[-2000:]
                    raise AssertionError(f"ZooKeeper at port {port} does not serve:\n{log}")
                time.sleep(0.02)

    def leader(self):
        """The index of the leader; None when there is none."""
        modes = [mode_of(port) for port in self.ports]
        return modes.index("leader") if "leader" in modes else None

    def await_leader(self, other_than=None, seconds=PATIENCE_SECONDS):
        """The index of a leader, also while an election is under way."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            leader = self.leader()
            if leader not in (None, other_than):
                return leader
            time.sleep(0.05)
        raise AssertionError(f"no leader within {seconds} s")

    def kill(self, index, how=signal.SIGKILL):
        process = self.processes[index]
        if process is not None:
            process.send_signal(how)
            process.wait()
            self.processes[index] = None

    def signal(self, index, how):
        """SIGSTOP and SIGCONT. Returns when it has stopped."""
        self.processes[index].send_signal(how)
        if how == signal.SIGSTOP:
            os.waitpid(self.processes[index].pid, os.WUNTRACED)

    def stop(self):
        for index in range(len(self.ports)):
            self.kill(index)

    def wipe(self):
        """Forgets everything. Stopped ones only."""
        assert not any(self.processes)
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=["serve"])
    parser.add_argument("folder")
    parser.add_argument("ports")
    parser.add_argument("index", type=int)
    parser.add_argument("--tick", type=int, default=200)
    parser.add_argument("--max-session", type=int, default=MAX_SESSION_MS)
    parser.add_argument("--no-conf", action="store_true")
    options = parser.parse_args()
    ports = [int(port) for port in options.ports.split(",")]
    serve(options.folder, ports, options.index, options.tick, options.max_session, not options.no_conf)


if __name__ == "__main__":
    sys.exit(main())

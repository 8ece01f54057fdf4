#!/usr/bin/env python3
"""Starts that must be refused: by name, and before anything on the disk is touched.

    refused_start_test.py CELLAR PORT_OFFSET
"""

import os
import pwd
import socket
import subprocess

import testing
from cellar_process import Cellar, PortOffset


def snapshot(folder):
    """Everything below `folder`: names, modes, times, contents."""
    found = {}
    for directory, directories, files in os.walk(folder):
        for name in directories + files:
            path = os.path.join(directory, name)
            info = os.lstat(path)
            content = b"" if name in directories else open(path, "rb").read()
            found[path] = (info.st_mode, info.st_mtime_ns, info.st_ino, content)
    info = os.lstat(folder)
    return found, info.st_mtime_ns


class RefusedStartTest(testing.LivesTest):
    def expect_refused(self, cellar, *messages, arguments=()):
        """Refused with these words, and nothing in this test's folder has changed."""
        before = snapshot(self.path)
        said = cellar.refused_start(*arguments)
        for message in messages:
            self.assertIn(message, said)
        self.assertEqual(snapshot(self.path), before)

    def other(self, name):
        return Cellar(testing.executable, self.path / name, self.ports.value)

    def test_foreign_directory(self):
        foreign = self.path / "photos"
        foreign.mkdir()
        (foreign / "cat.jpg").write_text("meow")
        self.expect_refused(self.other("photos"), str(foreign), "cat.jpg", "it is not Cellar's")

    def test_directory_that_is_a_file(self):
        (self.path / "file").write_text("text")
        self.expect_refused(self.other("file"), str(self.path / "file"), "not a directory")
        self.expect_refused(self.other("file/below"), str(self.path / "file"), "ot a directory")

    def test_newer_and_unreadable_format(self):
        self.cellar.start()
        self.cellar.stop()
        form = self.cellar.data_dir / "FORMAT"
        good = form.read_text()
        form.write_text(good.replace("format 1", "format 2"))
        self.expect_refused(self.cellar, "has format 2; this build knows up to 1")
        form.write_text("Cellar data directory\nformat one\n")
        self.expect_refused(self.cellar, "FORMAT does not read as")
        form.write_text(good)
        self.cellar.start()

    def test_directory_of_a_running_server(self):
        self.cellar.start()
        elsewhere = PortOffset(testing.first_offset)
        self.addCleanup(elsewhere.release)
        said = Cellar(testing.executable, self.cellar.data_dir, elsewhere.value).refused_start()
        self.assertIn(f"data directory '{self.cellar.data_dir}' is in use by process {self.cellar.process.pid}", said)
        self.cellar.run("SHOW TABLES;")

    def test_each_port_that_is_in_use(self):
        self.cellar.start()
        self.cellar.stop()
        for role in ("http", "lockservice", "master", "rangeserver"):
            with self.subTest(role), socket.socket() as taken:
                taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                taken.bind(("127.0.0.1", self.cellar.port(role)))
                taken.listen()
                self.expect_refused(self.cellar, f"127.0.0.1:{self.cellar.port(role)}", "ddress already in use")
                self.expect_refused(self.other("none"), f"127.0.0.1:{self.cellar.port(role)}")
        self.assertFalse((self.path / "none").exists())
        self.cellar.start()

    def test_wrong_settings_and_options(self):
        for arguments, message in [(("--set", "rangeserver.nonsense=1"), "rangeserver.nonsense"),
                                   (("--set", "server.http.port=many"), "server.http.port"),
                                   (("--set", "server.log.level=loud"), "server.log.level"),
                                   (("--config", "/nowhere/x.toml"), "/nowhere/x.toml"),
                                   (("--port-offset", "60000"), "port"), (("--nonsense",), "nonsense")]:
            with self.subTest(arguments):
                self.expect_refused(self.cellar, message, arguments=arguments)
        self.assertFalse(self.cellar.data_dir.exists())

    def test_unwritable_directory(self):
        if os.getuid() != 0:
            os.chmod(self.path, 0o500)
            self.addCleanup(os.chmod, self.path, 0o700)
            self.expect_refused(self.cellar, str(self.cellar.data_dir), "ermission denied")
            return
        # Root may write everywhere: ask as somebody else.
        nobody = pwd.getpwnam("nobody")
        if not self.may_run(nobody):
            self.skipTest("nobody may not run the executable here")
        os.chmod(self.path, 0o755)
        for make in (False, True):
            if make:
                self.cellar.start()
                self.cellar.stop()
            before = snapshot(self.path)
            run = subprocess.run(self.cellar.command(), user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[],
                                 capture_output=True, text=True, timeout=60, check=False)
            self.assertEqual(run.returncode, 1, run.stderr)
            self.assertIn(str(self.cellar.data_dir), run.stderr)
            self.assertIn("ermission denied", run.stderr)
            self.assertEqual(snapshot(self.path), before)

    @staticmethod
    def may_run(user):
        try:
            run = subprocess.run([testing.executable, "version"], user=user.pw_uid, group=user.pw_gid, extra_groups=[],
                                 capture_output=True, check=False)
        except PermissionError:
            return False
        return run.returncode == 0


if __name__ == "__main__":
    testing.main()

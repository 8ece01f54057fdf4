#!/usr/bin/env python3
"""The real ZooKeepers that other tests rely on: start, kill, stop, restart and wipe do what they say.

usage: zookeeper_ensemble_test.py FIRST-PORT
"""

import signal
import sys
import tempfile
import unittest

import zookeeper

FIRST_PORT = 0


class ZooKeeperEnsembleTest(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory(prefix="cellar-zookeeper-")
        self.addCleanup(self._folder.cleanup)

    def start(self, count, **options):
        ports = range(FIRST_PORT, FIRST_PORT + count)
        ensemble = zookeeper.Ensemble(self._folder.name, ports, **options)
        self.addCleanup(ensemble.stop)
        ensemble.start()
        return ensemble

    def test_one_server_serves_and_tells_its_configuration(self):
        ensemble = self.start(1, tick_ms=250)
        self.assertEqual(ensemble.servers, f"127.0.0.1:{FIRST_PORT}")
        self.assertEqual(zookeeper.mode_of(FIRST_PORT), "standalone")
        self.assertIn("tickTime=250", zookeeper.ask(FIRST_PORT, "conf"))
        ensemble.kill(0)
        self.assertEqual(zookeeper.mode_of(FIRST_PORT), "")
        ensemble.wipe()
        ensemble.start()
        self.assertEqual(zookeeper.ask(FIRST_PORT, "ruok"), "imok")

    def test_configuration_may_be_kept_secret(self):
        self.start(1, with_conf=False)
        self.assertIn("not in the whitelist", zookeeper.ask(FIRST_PORT, "conf"))

    def test_ensemble_elects_another_leader(self):
        ensemble = self.start(3)
        first = ensemble.await_leader()
        ensemble.kill(first)
        ensemble.wait_until_serving()
        second = ensemble.await_leader(other_than=first)
        ensemble.start()
        follower = next(i for i in range(3) if i not in (first, second))
        ensemble.signal(follower, signal.SIGSTOP)
        self.assertEqual(zookeeper.ask(ensemble.ports[follower], "ruok"), "")
        ensemble.signal(follower, signal.SIGCONT)
        ensemble.wait_until_serving()


if __name__ == "__main__":
    FIRST_PORT = int(sys.argv.pop(1))
    unittest.main()

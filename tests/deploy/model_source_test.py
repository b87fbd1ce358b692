"""What a pod's server does when the models that it should serve are missing or damaged: not ready, with the reason where operators look."""

import argparse
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

# From the command line: folder of the programs, and a repository with one good model, "digits".
options = None
# How long anything may take on a busy machine.
PATIENCE_SECONDS = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class PodServer:
    """A server as a pod starts it, which need not become ready."""

    def __init__(self, folder: pathlib.Path, *flags: str):
        self._log = folder / "log"
        self._http = free_port()
        command = [options.programs / "provnet-server", f"--model-repository={folder / 'models'}", "--listen=127.0.0.1:0",
                   f"--http=127.0.0.1:{self._http}", "--repository-poll-interval=100ms", *flags]
        with open(self._log, "w") as log:
            self.process = subprocess.Popen(command, stderr=log)

    def log(self) -> str:
        return self._log.read_text()

    def get(self, path: str) -> tuple[int, str]:
        """Status and body; 0 where nothing answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._http}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()
        except OSError:
            return 0, ""

    def failures(self, reason: str) -> float:
        lines = self.get("/metrics")[1].splitlines()
        return sum(float(line.split()[1]) for line in lines if line.startswith(f'provnet_model_load_failures_total{{reason="{reason}"}}'))


class ModelSource(unittest.TestCase):
    def setUp(self):
        self._scratch = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self._scratch.name)
        (self.folder / "models/digits").mkdir(parents=True)
        self.server = None

    def tearDown(self):
        if self.server and self.server.process.poll() is None:
            self.server.process.kill()
            self.server.process.wait()
        self._scratch.cleanup()

    def start(self, *flags: str) -> PodServer:
        self.server = PodServer(self.folder, *flags)
        return self.server

    def await_that(self, what: str, condition) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            self.assertLess(time.monotonic(), deadline, f"never: {what}\n{self.server.log()}")
            time.sleep(0.02)

    def publish(self, damage: bool = False) -> None:
        """Version 1, by rename, as the trainer does; an earlier one goes."""
        model = self.folder / "models/digits"
        copy = model / ".1"
        shutil.copytree(options.repository / "digits/1", copy)
        if damage:
            network = copy / "model.pt"
            content = bytearray(network.read_bytes())
            content[len(content) // 2] ^= 0xFF
            network.write_bytes(content)
        if (model / "1").exists():
            (model / "1").rename(model / ".old")
        copy.rename(model / "1")

    def test_missing_models_are_awaited_without_being_ready(self):
        server = self.start("--await-models=1h")
        self.await_that("a log line", lambda: "nothing to serve yet" in server.log())
        self.assertIn("holds no published version", server.log())
        self.assertRegex(server.get("/metrics")[1], r"(?m)^provnet_repository_lost 1$")
        self.assertEqual(server.get("/healthz")[0], 200)
        self.assertEqual(server.get("/readyz")[0], 503)
        self.publish()
        self.await_that("ready", lambda: server.get("/readyz")[0] == 200)

    def test_wrong_checksums_are_in_log_and_metric_until_a_good_copy_comes(self):
        self.publish(damage=True)
        server = self.start("--await-models=1h")
        self.await_that("a log line", lambda: "nothing to serve yet" in server.log())
        self.assertRegex(server.log(), r"nothing to serve yet.*model\.pt")
        self.assertGreaterEqual(server.failures("damaged"), 1)
        self.assertEqual(server.get("/readyz")[0], 503)
        self.publish()
        self.await_that("ready", lambda: server.get("/readyz")[0] == 200)

    def test_a_server_that_has_waited_ends_with_the_reason(self):
        self.publish(damage=True)
        server = self.start("--await-models=300ms")
        self.assertEqual(server.process.wait(PATIENCE_SECONDS), 1)
        # Kubernetes puts the log's end into the pod's status.
        self.assertRegex(server.log().splitlines()[-1], r"stopped.*no model could be loaded.*model\.pt")

    def test_one_that_need_not_wait_ends_at_once(self):
        server = self.start()
        self.assertEqual(server.process.wait(PATIENCE_SECONDS), 1)
        self.assertNotIn("nothing to serve yet", server.log())

    def test_sigterm_ends_the_wait_cleanly(self):
        server = self.start("--await-models=1h")
        self.await_that("a log line", lambda: "nothing to serve yet" in server.log())
        server.process.terminate()
        self.assertEqual(server.process.wait(PATIENCE_SECONDS), 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("--repository", type=pathlib.Path, required=True)
    options, sys.argv[1:] = parser.parse_known_args()
    unittest.main(verbosity=2)

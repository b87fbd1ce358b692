"""A real Prometheus as a child process, on a loopback port, that scrapes what it is told to."""

import json
import pathlib
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

READY_WITHIN_SECONDS = 60


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Prometheus:
    """Ready when the constructor returns. Keeps its data under `folder`, and evaluates the file `rules` each second.

    `pods` has the address of each by its name; their series get the labels that a PodMonitor gives them.
    """

    def __init__(self, program, folder: pathlib.Path, namespace: str, pods: dict[str, str], rules: pathlib.Path):
        found = [
            {"targets": [address], "labels": {"__meta_kubernetes_namespace": namespace, "__meta_kubernetes_pod_name": pod}}
            for pod, address in pods.items()
        ]
        relabelled = [
            {"source_labels": ["__meta_kubernetes_namespace"], "target_label": "namespace"},
            {"source_labels": ["__meta_kubernetes_pod_name"], "target_label": "pod"},
        ]
        settings = {
            "global": {"scrape_interval": "500ms", "scrape_timeout": "500ms", "evaluation_interval": "1s"},
            "rule_files": [str(rules)],
            "scrape_configs": [{"job_name": "provnet", "static_configs": found, "relabel_configs": relabelled}],
        }
        # JSON is YAML.
        (folder / "prometheus.yml").write_text(json.dumps(settings))
        self.address = f"127.0.0.1:{free_port()}"
        self._log = folder / "prometheus.log"
        with open(self._log, "wb") as log:
            self.process = subprocess.Popen(
                [str(program), f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'prometheus'}",
                 f"--web.listen-address={self.address}", "--log.level=warn"],
                stdout=log, stderr=log,
            )
        self._await_ready()

    def _await_ready(self):
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"http://{self.address}/-/ready", timeout=5):
                    return
            except OSError:
                ended = self.process.poll() is not None
                if ended or time.monotonic() > deadline:
                    self.__exit__()
                    raise RuntimeError(f"Prometheus {'ended' if ended else 'was not ready in time'}: {self._log.read_text()}")
                time.sleep(0.05)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def _get(self, path: str):
        with urllib.request.urlopen(f"http://{self.address}/api/v1/{path}", timeout=30) as answer:
            return json.load(answer)["data"]

    def values(self, query: str) -> list[float]:
        """What the query's series, or its one number, are now. Raises ValueError for one that it can't take."""
        try:
            data = self._get("query?" + urllib.parse.urlencode({"query": query}))
        except urllib.error.HTTPError as error:
            raise ValueError(f"{query}: {error.read().decode()}") from error
        if data["resultType"] == "scalar":
            return [float(data["result"][1])]
        return [float(series["value"][1]) for series in data["result"]]

    def rules(self) -> list[dict]:
        return [rule for group in self._get("rules")["groups"] for rule in group["rules"]]

"""Measures what a server's callers notice of new versions. Started by scripts/bench_reload.sh, which says what for."""

import argparse
import contextlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import threading
import time

import grpc
from manifests import read_manifest, write_manifest
from provnet.v1 import provenance_service_pb2 as wire
from server import Server

SERVICE = "/provnet.v1.ProvenanceService/"
PATIENCE_SECONDS = 120
FIRST_ANSWERS = 20


def median(values):
    return statistics.median(values) if values else None


class Repository:
    """Versions of one model, all from the files of one bundle; the class names say which version they belong to."""

    def __init__(self, root: pathlib.Path, source: pathlib.Path):
        self.model = root / "reference"
        self.source = source
        self.version = 0
        shutil.rmtree(root, ignore_errors=True)
        self.model.mkdir(parents=True)

    def publish(self) -> int:
        """As the trainer does: complete beside its place, then renamed."""
        self.version += 1
        staging = self.model / f".staging-{self.version}"
        # Links: the benchmark measures reloads, not copies.
        shutil.copytree(self.source, staging, copy_function=os.link, ignore=shutil.ignore_patterns("manifest.json*"))
        manifest = read_manifest(self.source)
        manifest["model"] = self.model.name
        manifest["version"] = str(self.version)
        manifest["class_names"] = [f"{name} of {self.version}" for name in map(str, range(len(manifest["class_names"])))]
        write_manifest(staging, manifest)
        staging.rename(self.model / str(self.version))
        return self.version

    def remove(self, version: int):
        shutil.rmtree(self.model / str(version), ignore_errors=True)


def settled_rss_bytes(server) -> int:
    """Resident memory with one version in it: those that were replaced are freed a moment later."""
    end = time.monotonic() + PATIENCE_SECONDS
    while server.metric("provnet_model_unloads_total ") < server.metric("provnet_model_loads_total ") - 1:
        if time.monotonic() > end:
            raise TimeoutError("a version that was replaced was not unloaded")
        time.sleep(0.01)
    return server.resident_bytes()


class Caller:
    def __init__(self, server: Server):
        self.channel = grpc.insecure_channel(server.grpc, options=[("grpc.enable_retries", 0), ("grpc.use_local_subchannel_pool", 1)])
        info = self.call("GetModel", wire.GetModelRequest(), wire.GetModelResponse).info.input
        self.request = wire.ExplainRequest(top_k=5)
        self.request.tensor.spec.data_type = 1  # DATA_TYPE_UINT8
        self.request.tensor.spec.shape.extend([info.channels, info.height, info.width])
        size = info.channels * info.height * info.width
        self.request.tensor.data = bytes(7 * i % 256 for i in range(size))

    def call(self, method, request, response):
        return self.channel.unary_unary(SERVICE + method, lambda message: message.SerializeToString(), response.FromString)(request, timeout=PATIENCE_SECONDS)

    def explain(self):
        return self.call("Explain", self.request, wire.ExplainResponse)

    def timed(self, count):
        seconds = []
        for _ in range(count):
            start = time.monotonic()
            self.explain()
            seconds.append(time.monotonic() - start)
        return seconds

    def await_version(self, version):
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            for info in self.call("ListModels", wire.ListModelsRequest(), wire.ListModelsResponse).models:
                if info.model.version == version and info.state == wire.ModelInfo.STATE_AVAILABLE:
                    return
                if info.model.version == version and info.state == wire.ModelInfo.STATE_FAILED:
                    raise RuntimeError(f"version {version} was refused: {info.error}")
            time.sleep(0.01)
        raise TimeoutError(f"version {version} did not come up")


class Checker(threading.Thread):
    """A caller that holds each answer against the version that it says it is of."""

    def __init__(self, server):
        super().__init__()
        self.caller, self.stopping = Caller(server), threading.Event()
        self.answers = self.mixed = self.errors = 0
        self.versions = set()

    def run(self):
        while not self.stopping.is_set():
            try:
                answer = self.caller.explain()
            except grpc.RpcError:
                self.errors += 1
                continue
            suffix = f" of {answer.model.version}"
            names = [answer.predicted.name, *(exemplar.label_name for exemplar in answer.provenance)]
            self.answers += 1
            self.mixed += not all(name.endswith(suffix) for name in names)
            self.versions.add(answer.model.version)


class Reloads:
    """One version after the other, until stopped."""

    def __init__(self, server, repository):
        self.caller, self.repository, self.count = Caller(server), repository, 0

    def one(self):
        version = self.repository.publish()
        self.caller.await_version(version)
        if version > 2:
            self.repository.remove(version - 2)
        self.count += 1

    @contextlib.contextmanager
    def throughout(self):
        stopping = threading.Event()

        def work():
            while not stopping.is_set():
                self.one()

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield
        finally:
            stopping.set()
            thread.join()


def load(arguments, server, seconds=None):
    """One run of the load driver."""
    output = arguments.folder / "load.json"
    subprocess.run(
        [arguments.programs / "provnet", "bench", f"--server={server.grpc}", f"--concurrency={arguments.concurrency}", f"--duration={seconds or arguments.seconds}s", "--warmup=1s", f"--json={output}"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return json.loads(output.read_text())


def under_load(arguments, server, repository):
    """Steady runs and runs that are full of reloads, in turns."""
    checker, reloads = Checker(server), Reloads(server, repository)
    checker.start()
    rounds = []
    for _ in range(arguments.repeats):
        steady = load(arguments, server)
        with reloads.throughout():
            reloading = load(arguments, server)
        rounds.append({"steady": steady, "reloading": reloading})
    checker.stopping.set()
    checker.join()
    p99 = lambda run: run["latency_seconds"]["p99"]
    failed = sum(run["requests_failed"] for each in rounds for run in each.values())
    return {
        "reloads": reloads.count,
        "errors": checker.errors + failed,
        "mixed_version_answers": checker.mixed,
        "answers_checked": checker.answers,
        "versions_seen": len(checker.versions),
        "p99_reload_over_steady": median([p99(each["reloading"]) / p99(each["steady"]) for each in rounds]),
        "rounds": rounds,
    }


def first_answers(arguments, repository):
    """The first calls to a server that has just become ready, against calls to the same one later."""
    ratios = []
    for _ in range(arguments.repeats):
        with Server(arguments, repository.model.parent) as server:
            caller = Caller(server)
            first = caller.timed(FIRST_ANSWERS)
            caller.timed(10 * FIRST_ANSWERS)
            ratios.append(median(first) / median(caller.timed(10 * FIRST_ANSWERS)))
    return median(ratios)


def drift(arguments, server, repository):
    """Resident memory along many reloads, with callers all the time; its drift is that of the last over the first tenths' median."""
    checker, reloads = Checker(server), Reloads(server, repository)
    checker.start()
    rss = []
    calls = failed = 0

    def drive():
        nonlocal calls, failed
        while calls < arguments.calls:
            run = load(arguments, server, seconds=10)
            calls += run["requests_succeeded"]
            failed += run["requests_failed"]

    driver = threading.Thread(target=drive)
    driver.start()
    while len(rss) < 10 + arguments.reloads or driver.is_alive():
        reloads.one()
        rss.append(settled_rss_bytes(server))
    driver.join()
    checker.stopping.set()
    checker.join()
    # The allocator has what it needs after ten.
    rss = rss[10:]
    some = max(1, len(rss) // 10)
    drift = median(rss[-some:]) / median(rss[:some]) - 1
    return {"reloads": len(rss), "calls": checker.answers + calls, "errors": checker.errors + failed, "mixed_version_answers": checker.mixed, "rss_bytes": rss, "drift": drift}


def start_up(arguments, repository):
    """Start to ready, and resident memory after some calls."""
    seconds, rss = [], []
    for _ in range(arguments.repeats):
        with Server(arguments, repository.model.parent) as server:
            seconds.append(server.seconds_to_ready)
            Caller(server).timed(FIRST_ANSWERS)
            rss.append(settled_rss_bytes(server))
    return {"seconds_to_ready": median(seconds), "rss_bytes": max(rss)}


def main():
    parser = argparse.ArgumentParser()
    for name in ("--programs", "--bundle", "--folder", "--json"):
        parser.add_argument(name, type=pathlib.Path, required=True)
    for name in ("--seconds", "--repeats", "--reloads", "--calls", "--concurrency"):
        parser.add_argument(name, type=int, required=True)
    arguments = parser.parse_args()
    repository = Repository(arguments.folder / "models", arguments.bundle)
    repository.publish()
    manifest = read_manifest(arguments.bundle)
    report = {"date": time.strftime("%Y-%m-%d"), "cores": os.cpu_count(), "samples": int(manifest["sample_count"]), "start_up": start_up(arguments, repository)}
    first = first_answers(arguments, repository)
    with Server(arguments, repository.model.parent) as server:
        report["under_load"] = under_load(arguments, server, repository)
    with Server(arguments, repository.model.parent) as server:
        report["drift"] = drift(arguments, server, repository)
    report["ratios"] = {
        "reload_errors": report["under_load"]["errors"] + report["drift"]["errors"],
        "reload_mixed_version_answers": report["under_load"]["mixed_version_answers"] + report["drift"]["mixed_version_answers"],
        "reload_p99_over_steady": report["under_load"]["p99_reload_over_steady"],
        "first_answers_over_steady_p50": first,
        "rss_drift": report["drift"]["drift"],
        "start_seconds_to_ready": report["start_up"]["seconds_to_ready"],
        "start_rss_gib": report["start_up"]["rss_bytes"] / 2**30,
    }
    arguments.json.write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps({key: report[key] for key in ("date", "cores", "samples", "ratios")}, indent=1))


main()

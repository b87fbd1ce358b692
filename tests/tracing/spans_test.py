"""Spans of a real server's calls, as a collector gets them; and what happens where there is none."""

import argparse
import collections
import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import grpc
from provnet.v1 import provenance_service_pb2 as wire

from calls import SERVICE, Caller, picture
from server import Server

Setting = collections.namedtuple("Setting", "programs folder")
TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SAMPLED, NOT_SAMPLED = (("traceparent", f"00-{TRACE}-{CALLER}-{flags}") for flags in ("01", "00"))
# How long anything may take on a busy machine.
PATIENCE_SECONDS = 120
# From the command line.
options = None


def trace_response(call: grpc.Call) -> str | None:
    """The trailer that says what the call is named: 00-TRACE-SPAN-FLAGS."""
    return dict(call.trailing_metadata()).get("traceresponse")


class Traced(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.setting = Setting(options.programs, pathlib.Path(scratch.name))

    def server(self, *flags, environment=None) -> Server:
        server = Server(self.setting, options.repository, *flags, environment=environment)
        self.addCleanup(server.kill)
        return server

    def explain(self, caller, *metadata, request=None):
        """The call, after its end."""
        method = caller.method("Explain", wire.ExplainResponse)
        try:
            return method.with_call(request or picture(), timeout=PATIENCE_SECONDS, metadata=metadata)[1]
        except grpc.RpcError as refused:
            return refused


class WithCollector(Traced):
    def setUp(self):
        super().setUp()
        from collector import Collector

        self.collector = Collector()
        self.enterContext(self.collector)

    def calls_of(self, server: Server) -> list:
        """The spans of the calls that it has taken: SIGTERM sends what still waits."""
        self.assertEqual(server.terminate(), 0, server.log())
        return self.collector.calls()

    def test_a_sampled_call_is_the_span_that_trailer_and_log_name(self):
        server = self.server(f"--otlp-endpoint={self.collector.url}", "--otlp-sample-ratio=0", "--log-level=debug",
                             environment={"OTEL_RESOURCE_ATTRIBUTES": "deployment.environment=test"})
        with Caller(server) as caller:
            named = trace_response(self.explain(caller, SAMPLED)).split("-")
            self.explain(caller, NOT_SAMPLED)
            self.explain(caller)
        [span] = self.calls_of(server)
        self.assertEqual((span.trace_id, span.span_id, span.parent), (TRACE, named[2], CALLER))
        self.assertEqual(span.name, "provnet.v1.ProvenanceService/Explain")
        self.assertEqual(span.status.code, 0)
        self.assertLess(span.start, span.end)
        self.assertLess(abs(span.end / 1e9 - time.time()), 3600)
        wanted = {"rpc.system": "grpc", "rpc.service": "provnet.v1.ProvenanceService", "rpc.method": "Explain",
                  "rpc.grpc.status_code": 0, "provnet.model": "digits", "provnet.model_version": 1, "provnet.batch_size": 1}
        self.assertEqual(span.attributes, span.attributes | wanted)
        self.assertEqual(set(span.attributes) - set(wanted), {"provnet.request_id", "provnet.queue_seconds"})
        self.assertEqual(span.resource["service.name"], "provnet-server")
        self.assertEqual(span.resource["deployment.environment"], "test")
        lines = [json.loads(line) for line in server.log().splitlines()]
        [line] = [line for line in lines if line.get("span_id") == span.span_id]
        self.assertEqual((line["trace_id"], line["request_id"]), (span.trace_id, span.attributes["provnet.request_id"]))
        parts = {part.name: part for part in self.collector.spans if part.parent == span.span_id}
        self.assertEqual(set(parts), {"queue", "execute"})
        self.assertLessEqual(parts["queue"].end, parts["execute"].start)
        self.assertLessEqual(parts["execute"].end, span.end + 1000)
        self.assertEqual(len(self.collector.spans), 3)

    def test_each_kind_of_call_is_a_span_with_its_code(self):
        server = self.server(f"--otlp-endpoint={self.collector.url}", "--otlp-sample-ratio=0")
        bad, unknown = picture(), picture()
        bad.top_k = 10**6
        unknown.model.name = "unheard-of"
        with Caller(server) as caller:
            for request in (None, bad, unknown):
                self.explain(caller, SAMPLED, request=request)
            one = picture()
            method = caller.channel.stream_stream(SERVICE + "ExplainStream", request_serializer=wire.ExplainRequest.SerializeToString,
                                                  response_deserializer=wire.ExplainStreamResponse.FromString)
            self.assertEqual(len(list(method(iter([one] * 3), timeout=PATIENCE_SECONDS, metadata=(SAMPLED,)))), 3)
            exemplars = wire.GetExemplarsRequest(sample_index=[0])
            exemplars.model.name = "digits"
            caller.method("GetExemplars", wire.GetExemplarsResponse)(exemplars, timeout=PATIENCE_SECONDS, metadata=(SAMPLED,))
            caller.method("ListModels", wire.ListModelsResponse)(
                wire.ListModelsRequest(), timeout=PATIENCE_SECONDS, metadata=(SAMPLED,))
        found = sorted((span.attributes["rpc.method"], span.attributes["rpc.grpc.status_code"]) for span in self.calls_of(server))
        self.assertEqual(found, [("Explain", 0), ("Explain", 3), ("Explain", 5), ("ExplainStream", 0), ("GetExemplars", 0),
                                 ("ListModels", 0)])
        [stream] = [span for span in self.collector.calls() if span.attributes["rpc.method"] == "ExplainStream"]
        self.assertEqual((stream.attributes["provnet.stream_requests"], stream.attributes["provnet.model"]), (3, "digits"))
        self.assertEqual(len({span.span_id for span in self.collector.spans}), len(self.collector.spans))

    def test_nothing_of_samples_labels_or_errors_goes_out(self):
        server = self.server(f"--otlp-endpoint={self.collector.url}")
        request, bad = picture(), picture()
        request.include_exemplars = True
        bad.model.name = "a-name-that-a-caller-made-up"
        with Caller(server) as caller:
            answer = caller.explain(request, metadata=(SAMPLED,))
            self.explain(caller, SAMPLED, request=bad)
        self.assertEqual(len(self.calls_of(server)), 2)
        for exemplar in answer.provenance:
            self.assertNotIn(exemplar.sample.content, self.collector.bytes)
            self.assertNotIn(exemplar.sample.source_id.encode(), self.collector.bytes)
        self.assertNotIn(b"made-up", self.collector.bytes)
        for span in self.collector.spans:
            self.assertEqual(span.status.message, "")

    def test_calls_without_a_trace_begin_one(self):
        server = self.server(f"--otlp-endpoint={self.collector.url}", "--otlp-sample-ratio=1")
        with Caller(server) as caller:
            named = [trace_response(self.explain(caller)) for _ in range(40)]
        found = {f"00-{span.trace_id}-{span.span_id}-01" for span in self.calls_of(server) if not span.parent}
        self.assertEqual(found, set(named))
        self.assertEqual(len(found), 40)

    def test_spans_arrive_while_the_server_serves(self):
        server = self.server(f"--otlp-endpoint={self.collector.url}")
        with Caller(server) as caller:
            self.explain(caller, SAMPLED)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not server.metric(r'provnet_trace_spans_total\{outcome="exported"\}'):
            self.assertLess(time.monotonic(), deadline, server.log())
            time.sleep(0.05)
        self.assertEqual(len(self.collector.calls()), 1)


class WithoutCollector(Traced):
    def served_as_ever(self, endpoint: str) -> Server:
        """Calls succeed, and the server ends cleanly, although nobody takes the spans."""
        server = self.server(f"--otlp-endpoint={endpoint}", "--otlp-sample-ratio=1")
        with Caller(server) as caller:
            for _ in range(30):
                self.assertEqual(self.explain(caller).code(), grpc.StatusCode.OK)
        self.assertEqual(server.terminate(), 0, server.log())
        return server

    def test_nobody_listens(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = self.served_as_ever(f"http://127.0.0.1:{port}")
        warnings = [line for line in server.log().splitlines() if "spans were not exported" in line]
        self.assertEqual(len(warnings), 1, server.log())
        self.assertIn("UNAVAILABLE", json.loads(warnings[0])["reason"])

    def test_who_listens_does_not_answer(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            self.served_as_ever(f"http://127.0.0.1:{silent.getsockname()[1]}")

    def test_an_endpoint_that_is_none_is_refused_with_the_reason(self):
        for endpoint, why in (("collector:4317", "does not begin with"), ("http://collector:4318/v1/traces", "has a path")):
            refused = refused_start(f"--otlp-endpoint={endpoint}")
            self.assertRegex(refused, f"--otlp-endpoint.*{re.escape(endpoint)}.*{why}")


def refused_start(*flags: str) -> str:
    """What a server says that does not start."""
    command = [options.programs / "provnet-server", f"--model-repository={options.repository}", "--listen=127.0.0.1:0",
               "--http=127.0.0.1:0", *flags]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, timeout=PATIENCE_SECONDS, check=False)
    assert done.returncode == 2, done
    return done.stderr


class ABuildWithoutExport(unittest.TestCase):
    def test_says_what_it_lacks(self):
        refused = refused_start("--otlp-endpoint=http://collector:4317")
        self.assertRegex(refused, "--otlp-endpoint: .*can't export.*opentelemetry-cpp was not found.*Debian 13")


CASES = {"SpansOfRealCallsReachACollector": (True, [WithCollector, WithoutCollector]),
         "ABuildThatCanNotExportSaysSo": (False, [ABuildWithoutExport])}

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", required=True, type=pathlib.Path)
    parser.add_argument("--repository", required=True, type=pathlib.Path)
    parser.add_argument("--exports", required=True, type=int)
    parser.add_argument("--case", required=True, choices=CASES)
    options = parser.parse_args()
    needs_export, cases = CASES[options.case]
    if needs_export != bool(options.exports):
        print("skipped: this build was made", "with" if options.exports else "without", "opentelemetry-cpp")
        sys.exit(77)
    suite = unittest.TestSuite(unittest.defaultTestLoader.loadTestsFromTestCase(case) for case in cases)
    sys.exit(0 if unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful() else 1)

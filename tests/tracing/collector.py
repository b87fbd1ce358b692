"""An OpenTelemetry collector that keeps what it gets: OTLP over gRPC on a loopback port of its own."""

import concurrent.futures
import threading

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as wire

SERVICE = "opentelemetry.proto.collector.trace.v1.TraceService"


def _plain(attributes) -> dict:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in attributes}


class Span:
    """One of OTLP's, with ids in hexadecimal digits and attributes by name."""

    def __init__(self, message, resource):
        self.trace_id, self.span_id, self.parent = message.trace_id.hex(), message.span_id.hex(), message.parent_span_id.hex()
        self.name, self.kind, self.status = message.name, message.kind, message.status
        self.start, self.end = message.start_time_unix_nano, message.end_time_unix_nano
        self.attributes = _plain(message.attributes)
        self.resource = _plain(resource.attributes)

    def __repr__(self):
        return f"{self.name} {self.trace_id}/{self.span_id} under {self.parent or 'nothing'}: {self.attributes}"


class Collector:
    """Listens while the block lasts. `spans` and `bytes` grow on other threads."""

    def __init__(self):
        self.spans, self.bytes, self.exports = [], b"", 0
        self._lock = threading.Lock()
        self._server = grpc.server(concurrent.futures.ThreadPoolExecutor(2))
        self._server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(SERVICE, {
            "Export": grpc.unary_unary_rpc_method_handler(
                self._export, request_deserializer=wire.ExportTraceServiceRequest.FromString,
                response_serializer=wire.ExportTraceServiceResponse.SerializeToString)
        })])
        self.url = f"http://127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"

    def _export(self, request, _):
        with self._lock:
            self.exports += 1
            self.bytes += request.SerializeToString()
            for of_resource in request.resource_spans:
                for of_scope in of_resource.scope_spans:
                    self.spans += [Span(message, of_resource.resource) for message in of_scope.spans]
        return wire.ExportTraceServiceResponse()

    def __enter__(self):
        self._server.start()
        return self

    def __exit__(self, *_):
        self._server.stop(None).wait()

    def calls(self) -> list[Span]:
        """Those of whole calls."""
        return [span for span in self.spans if span.kind == 2]  # SPAN_KIND_SERVER

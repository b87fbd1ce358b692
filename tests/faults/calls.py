"""Calls to the server, one at a time or as a steady load."""

import collections
import threading
import time

import grpc
from provnet.v1 import provenance_service_pb2 as wire

SERVICE = "/provnet.v1.ProvenanceService/"
SIDE = 28
# A call takes milliseconds; one that needs longer than this is stuck.
PATIENCE_SECONDS = 20


def picture(shade: int = 0x20) -> wire.ExplainRequest:
    request = wire.ExplainRequest(top_k=5)
    request.model.name = "digits"
    request.tensor.spec.data_type = 1  # DATA_TYPE_UINT8
    request.tensor.spec.shape.extend([1, SIDE, SIDE])
    request.tensor.data = bytes((shade + 7 * i) % 256 for i in range(SIDE * SIDE))
    return request


class Caller:
    """One connection. Raises grpc.RpcError."""

    def __init__(self, server, *options):
        # No retries: a fault shall show. A private pool makes it a connection of its own.
        options = [("grpc.enable_retries", 0), ("grpc.use_local_subchannel_pool", 1), ("grpc.enable_http_proxy", 0), *options]
        if server.tls:
            self.channel = grpc.secure_channel(server.grpc, server.tls.channel_credentials(), options)
        else:
            self.channel = grpc.insecure_channel(server.grpc, options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.channel.close()

    def connected(self):
        """Itself, once the server has said hello. Where a channel is closed before that, gRPC 1.51 leaves its connection open."""
        grpc.channel_ready_future(self.channel).result(timeout=PATIENCE_SECONDS)
        return self

    def method(self, name, response):
        return self.channel.unary_unary(
            SERVICE + name, request_serializer=lambda message: message.SerializeToString(), response_deserializer=response.FromString
        )

    def explain(self, request=None, timeout=PATIENCE_SECONDS, **more):
        return self.method("Explain", wire.ExplainResponse)(request or picture(), timeout=timeout, **more)

    def explain_later(self, request=None, timeout=PATIENCE_SECONDS, **more):
        """A call under way: cancel() it, or ask for its result()."""
        return self.method("Explain", wire.ExplainResponse).future(request or picture(), timeout=timeout, **more)

    def exemplars(self, indices, timeout=PATIENCE_SECONDS):
        request = wire.GetExemplarsRequest(sample_index=indices)
        request.model.name = "digits"
        return self.method("GetExemplars", wire.GetExemplarsResponse)(request, timeout=timeout)

    def models(self):
        return self.method("ListModels", wire.ListModelsResponse)(wire.ListModelsRequest(), timeout=PATIENCE_SECONDS).models


class Load:
    """Callers that ask without pause until they are stopped, each on a connection of its own."""

    def __init__(self, server, callers=4, timeout=PATIENCE_SECONDS, until_refused=False):
        self._server, self._timeout, self._until_refused = server, timeout, until_refused
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self.codes = collections.Counter()
        self.seconds = []
        self.texts = {}
        self.versions = collections.Counter()
        self._threads = [threading.Thread(target=self._ask, args=(i,)) for i in range(callers)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self._stop.set()
        self.join()

    def join(self):
        for thread in self._threads:
            thread.join()

    def answered(self) -> int:
        with self._lock:
            return self.codes["OK"]

    def await_answers(self, count):
        """Until that many more were answered."""
        goal = self.answered() + count
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.answered() < goal:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{count} answers did not come; so far {dict(self.codes)}, {self.texts}")
            time.sleep(0.005)

    def failures(self) -> dict:
        return {code: count for code, count in self.codes.items() if code != "OK"}

    def _ask(self, number):
        with Caller(self._server) as caller:
            while not self._stop.is_set():
                start = time.monotonic()
                try:
                    answer = caller.explain(picture(number), timeout=self._timeout)
                    code, text, version = "OK", "", answer.model.version
                except grpc.RpcError as error:
                    code, text, version = error.code().name, error.details(), None
                with self._lock:
                    self.codes[code] += 1
                    self.seconds.append(time.monotonic() - start)
                    self.texts.setdefault(code, text)
                    if version is not None:
                        self.versions[version] += 1
                if code != "OK" and self._until_refused:
                    return


def works_again(server, within=10.0) -> float:
    """Seconds until a call on a new connection is answered; raises TimeoutError."""
    start = time.monotonic()
    while time.monotonic() - start < within:
        try:
            with Caller(server) as caller:
                caller.explain(timeout=within)
            return time.monotonic() - start
        except grpc.RpcError as error:
            last = error
            time.sleep(0.05)
    raise TimeoutError(f"no answer within {within} s: {last.code().name} {last.details()}")


def await_true(holds, complaint, within):
    """Raises TimeoutError with the complaint where that takes longer."""
    until = time.monotonic() + within
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError(f"{complaint} within {within:g} s")
        time.sleep(0.02)


def percentile(values, share) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

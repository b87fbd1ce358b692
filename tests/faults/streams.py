"""Streams whose answers nobody reads."""

import threading

from provnet.v1 import provenance_service_pb2 as wire

from calls import SERVICE, Caller, picture


class UnreadStreams:
    """Each on a connection of its own, asking for as much as is taken of it, until the end of the block."""

    def __init__(self, server, count, timeout):
        self._running = threading.Event()
        self._running.set()
        self._sent = [0] * count
        self._callers = [Caller(server).connected() for _ in range(count)]
        self._calls = [
            caller.channel.stream_stream(
                SERVICE + "ExplainStream",
                request_serializer=wire.ExplainRequest.SerializeToString,
                response_deserializer=wire.ExplainStreamResponse.FromString,
            )(self._requests(number), timeout=timeout)
            for number, caller in enumerate(self._callers)
        ]

    def sent(self) -> int:
        """Requests that were taken so far."""
        return sum(self._sent)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._running.clear()
        for call in self._calls:
            call.cancel()
        for caller in self._callers:
            caller.channel.close()

    def _requests(self, number):
        request = picture(number)
        request.include_exemplars = True
        while self._running.is_set():
            self._sent[number] += 1
            yield request

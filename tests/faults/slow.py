"""Callers that read, send or open their connection a few bytes a second."""

import socket
import threading

import http2
from calls import SERVICE, picture

BYTES_AT_A_TIME = 2
PAUSE_SECONDS = 0.5
# Together they fit into HTTP/2's first window of 64 KiB; their answers are more than the kernel takes.
QUESTIONS = 40


def question():
    """One with an answer of about 80 KiB."""
    request = picture()
    request.top_k = 100
    request.include_exemplars = True
    return request.SerializeToString()


class SlowReader:
    """Asks for megabytes at once, and takes them slowly."""

    def __init__(self, server):
        self._connection = http2.Connection(server, receive_buffer=4096, window=1 << 30)
        self._connection.socket.sendall(http2.headers(SERVICE + "ExplainStream") + QUESTIONS * http2.message(question()))

    def go_on(self):
        try:
            self._connection.socket.recv(BYTES_AT_A_TIME, socket.MSG_DONTWAIT)
        except BlockingIOError:
            pass  # Nothing has come yet.

    def close(self):
        self._connection.close()


class SlowSender:
    """Begins a call, and sends its request slowly."""

    def __init__(self, server):
        self._connection = http2.Connection(server)
        self._connection.socket.sendall(http2.headers(SERVICE + "Explain"))
        self._request = http2.message(picture().SerializeToString())

    def go_on(self):
        now, self._request = self._request[:BYTES_AT_A_TIME], self._request[BYTES_AT_A_TIME:]
        self._connection.socket.sendall(now)

    def close(self):
        self._connection.close()


class SlowOpener:
    """Takes its time to say hello."""

    def __init__(self, server):
        self._socket = http2.connect(server)
        self._hello = http2.opening()

    def go_on(self):
        now, self._hello = self._hello[:1], self._hello[1:]
        self._socket.sendall(now)

    def close(self):
        self._socket.close()


class SlowCallers:
    """So many of each of the kinds, until the end of the block."""

    def __init__(self, server, count, *kinds):
        self._callers = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._go_on)
        try:
            for kind in kinds:
                self._callers.extend(kind(server) for _ in range(count))
        except OSError:
            self._close()
            raise

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()
        self._close()

    def _close(self):
        for caller in self._callers:
            caller.close()

    def _go_on(self):
        while not self._stop.wait(PAUSE_SECONDS):
            for caller in self._callers:
                try:
                    caller.go_on()
                except OSError:
                    pass  # The server has ended it.

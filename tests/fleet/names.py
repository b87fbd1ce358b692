"""A DNS server for one name, as a headless Kubernetes Service has one: an A record for each replica that is ready."""

import ipaddress
import socket
import struct
import threading

NAME = "provnet.fleet"
_A, _IN = 1, 1
_RESPONSE, _AUTHORITATIVE, _NO_SUCH_NAME = 0x8000, 0x0400, 3


def _question(query: bytes):
    """The question's end, name and type."""
    labels, at = [], 12
    while (length := query[at]) != 0:
        labels.append(query[at + 1 : at + 1 + length].decode())
        at += 1 + length
    kind, _ = struct.unpack_from("!HH", query, at + 1)
    return at + 5, ".".join(labels), kind


def answer(query: bytes, addresses: list[str]) -> bytes:
    """The response to one query; records live for no time, so that nobody keeps them."""
    end, name, kind = _question(query)
    known = name.lower() == NAME
    records = addresses if known and kind == _A else []
    flags = _RESPONSE | _AUTHORITATIVE | (0 if known else _NO_SUCH_NAME)
    header = query[:2] + struct.pack("!HHHHH", flags, 1, len(records), 0, 0)
    body = b"".join(
        # 0xC00C points at the question's name.
        struct.pack("!HHHIH", 0xC00C, _A, _IN, 0, 4) + ipaddress.IPv4Address(address).packed
        for address in records
    )
    return header + query[12:end] + body


class Names:
    """Serves until the end of the block."""

    def __init__(self):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._addresses: list[str] = []
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        # An empty datagram ends the thread.
        self._socket.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def set(self, addresses: list[str]):
        self._addresses = list(addresses)

    def _serve(self):
        while True:
            query, sender = self._socket.recvfrom(4096)
            if not query:
                return
            try:
                self._socket.sendto(answer(query, self._addresses), sender)
            except (IndexError, struct.error, UnicodeDecodeError):
                pass  # No query.

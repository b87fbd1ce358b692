"""HTTP/2 by hand, for callers that do less than gRPC's own, or do it slower."""

import socket
import struct

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, _HEADERS, _SETTINGS, _PING, _WINDOW_UPDATE = 0, 1, 4, 6, 8
_INITIAL_WINDOW_SIZE = 4
_ACK, _END_HEADERS = 1, 4
_HEADER = struct.Struct("!BHBBI")
_TIMEOUT_SECONDS = 20


def _frame(kind, flags=0, stream=0, payload=b"") -> bytes:
    return _HEADER.pack(len(payload) >> 16, len(payload) & 0xFFFF, kind, flags, stream) + payload


def _literal(name: str, value: str) -> bytes:
    """A header field in the plainest form that HPACK has: never indexed, no Huffman code. For texts below 127 bytes."""
    return b"\x00" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()


def opening(window=None) -> bytes:
    """What a client says first. With a `window` the server may send that many bytes before it is told to go on."""
    if window is None:
        return _PREFACE + _frame(_SETTINGS)
    setting = struct.pack("!HI", _INITIAL_WINDOW_SIZE, window)
    return _PREFACE + _frame(_SETTINGS, payload=setting) + _frame(_WINDOW_UPDATE, payload=struct.pack("!I", window))


def headers(path: str) -> bytes:
    """The begin of a gRPC call, as stream 1."""
    fields = {":method": "POST", ":scheme": "http", ":path": path, ":authority": "localhost", "content-type": "application/grpc", "te": "trailers"}
    return _frame(_HEADERS, _END_HEADERS, 1, b"".join(_literal(*field) for field in fields.items()))


def message(content: bytes) -> bytes:
    """One message of that call, at most a frame of 16 KiB."""
    return _frame(_DATA, 0, 1, struct.pack("!BI", 0, len(content)) + content)


def connect(server, receive_buffer=None) -> socket.socket:
    """A connection on which nothing was said yet."""
    host, port = server.grpc.rsplit(":", 1)
    connection = socket.socket()
    connection.settimeout(_TIMEOUT_SECONDS)
    if receive_buffer is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    connection.connect((host, int(port)))
    return connection


class Connection:
    """One that has been opened in due form, and says no more than it is told to."""

    def __init__(self, server, receive_buffer=None, window=None):
        self.socket = connect(server, receive_buffer)
        self.socket.sendall(opening(window))
        self._await(_SETTINGS, flags=0)
        self.socket.sendall(_frame(_SETTINGS, _ACK))

    def alive(self) -> bool:
        """Whether it answers a PING."""
        try:
            self.socket.sendall(_frame(_PING, payload=b"are you?"))
            self._await(_PING, _ACK)
            return True
        except OSError:
            return False

    def close(self):
        self.socket.close()

    def _await(self, kind, flags):
        """Reads up to a frame of that kind."""
        while True:
            high, low, seen, seen_flags, _ = _HEADER.unpack(self._read(_HEADER.size))
            self._read(high << 16 | low)
            if (seen, seen_flags) == (kind, flags):
                return

    def _read(self, count) -> bytes:
        content = b""
        while len(content) < count:
            part = self.socket.recv(count - len(content))
            if not part:
                raise ConnectionError("the server closed the connection")
            content += part
        return content

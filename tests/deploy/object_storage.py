"""A stand-in for S3 on a loopback port: lists and gives the files of a folder, whose first level are the buckets, to anybody."""

import hashlib
import http.server
import pathlib
import threading
import time
import urllib.parse
from xml.sax.saxutils import escape


class ObjectStorage:
    """Runs until closed. `folder` belongs to the caller and may change meanwhile."""

    def __init__(self, folder: pathlib.Path):
        handler = type("Handler", (_Handler,), {"folder": folder})
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _digest(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder: pathlib.Path

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self._answer()

    def do_GET(self):
        self._answer()

    def _answer(self) -> None:
        url = urllib.parse.urlsplit(self.path)
        bucket, _, key = urllib.parse.unquote(url.path).lstrip("/").partition("/")
        path = self.folder / bucket
        if not path.is_dir():
            self._refuse("NoSuchBucket")
        elif not key:
            query = dict(urllib.parse.parse_qsl(url.query))
            self._send(200, self._listing(path, query.get("prefix", ""), query.get("delimiter", "")).encode())
        elif (path / key).is_file():
            self._object(path / key)
        else:
            self._refuse("NoSuchKey")

    def _listing(self, bucket: pathlib.Path, prefix: str, delimiter: str) -> str:
        folders, contents = set(), []
        for path in sorted(bucket.rglob("*")):
            key = path.relative_to(bucket).as_posix()
            if not path.is_file() or not key.startswith(prefix):
                continue
            inside, cut, _ = key[len(prefix):].partition(delimiter) if delimiter else (key, "", "")
            if cut:
                folders.add(prefix + inside + cut)
                continue
            content = path.read_bytes()
            changed = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(path.stat().st_mtime))
            contents.append(f"<Contents><Key>{escape(key)}</Key><LastModified>{changed}</LastModified>"
                            f"<ETag>&quot;{_digest(content)}&quot;</ETag><Size>{len(content)}</Size></Contents>")
        common = "".join(f"<CommonPrefixes><Prefix>{escape(folder)}</Prefix></CommonPrefixes>" for folder in sorted(folders))
        return (f'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>{bucket.name}</Name><Prefix>{escape(prefix)}</Prefix>'
                f"<IsTruncated>false</IsTruncated>{''.join(contents)}{common}</ListBucketResult>")

    def _object(self, path: pathlib.Path) -> None:
        content = path.read_bytes()
        self._send(200, content, {"ETag": f'"{_digest(content)}"', "Last-Modified": self.date_time_string(path.stat().st_mtime)},
                   "application/octet-stream")

    def _refuse(self, code: str) -> None:
        self._send(404, f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode())

    def _send(self, status: int, body: bytes, headers: dict = {}, kind: str = "application/xml") -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

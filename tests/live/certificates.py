"""Certificates made on the spot with the openssl command, and a server that shows them."""

import os
import pathlib
import ssl
import subprocess

KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def openssl(*arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {arguments[0]}: {done.stderr.strip()}")


def validity(days):
    """The arguments that make a certificate good for so long from now on; negative days are over."""
    # OpenSSL 3.4 and later refuse an end before the beginning, and can be told both; earlier ones can't.
    if days < 0 and ssl.OPENSSL_VERSION_INFO >= (3, 4):
        return ("-not_before", "20200101000000Z", "-not_after", "20200102000000Z")
    return ("-days", days)


class Authority:
    """A certificate authority in a folder of its own."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        self.certificate = self.folder / "authority.pem"
        # With what Python 3.13 asks of an authority, and below of what it signs.
        openssl("req", "-x509", *KEY, "-days", 2, "-subj", "/CN=authority", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
                "-keyout", self.folder / "authority.key", "-out", self.certificate)

    def issue(self, name, alternative_names="DNS:localhost,IP:127.0.0.1", days=1) -> tuple[bytes, bytes]:
        """A certificate and its key in PEM. It has expired where `days` is negative."""
        request, key, certificate, extensions = (self.folder / f"{name}.{kind}" for kind in ("csr", "key", "pem", "ext"))
        extensions.write_text(f"subjectAltName={alternative_names}\nauthorityKeyIdentifier=keyid\n")
        openssl("req", *KEY, "-subj", f"/CN={name}", "-keyout", key, "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.folder / "authority.key", *validity(days),
                "-extfile", extensions, "-out", certificate)
        return certificate.read_bytes(), key.read_bytes()


class ServerTls:
    """The files of a server with mTLS, and what callers need to be let in."""

    def __init__(self, folder):
        self.authority = Authority(folder)
        self.certificate, self.key = self.authority.folder / "tls.crt", self.authority.folder / "tls.key"
        self.rotate(*self.authority.issue("server"))
        self._client = self.authority.issue("client")

    def flags(self):
        return (f"--tls-cert={self.certificate}", f"--tls-key={self.key}", f"--tls-client-ca={self.authority.certificate}")

    def rotate(self, certificate, key):
        """Replaces both files, one after the other; None removes one."""
        for path, content in ((self.certificate, certificate), (self.key, key)):
            if content is None:
                path.unlink(missing_ok=True)
                continue
            staging = path.with_suffix(".new")
            staging.write_bytes(content)
            os.rename(staging, path)

    def channel_credentials(self):
        # Here, so that those who only need the files need no grpc.
        import grpc

        certificate, key = self._client
        return grpc.ssl_channel_credentials(self.authority.certificate.read_bytes(), key, certificate)

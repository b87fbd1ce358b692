"""Certificates that are replaced while callers ask, well and badly."""

import socket
import ssl
import time

from calls import Load, works_again
from certificates import ServerTls
from fault import Outcome, fault
from server import Server

# The server looks every two seconds.
NOTICED_WITHIN_SECONDS = 20


def shown(server, tls) -> str:
    """The certificate that a new connection is shown, in PEM."""
    context = ssl.create_default_context(cafile=tls.authority.certificate)
    context.load_cert_chain(tls.authority.folder / "client.pem", tls.authority.folder / "client.key")
    context.set_alpn_protocols(["h2"])
    host, port = server.grpc.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=10) as plain, context.wrap_socket(plain, server_hostname=host) as secure:
        return ssl.DER_cert_to_PEM_cert(secure.getpeercert(binary_form=True))


def reloads(server, outcome) -> float:
    return server.metric(rf'provnet_security_reloads_total{{outcome="{outcome}",what="certificates"}}')


def rotate_and_await(server, tls, pair, outcome):
    before = reloads(server, outcome)
    tls.rotate(*pair)
    until = time.monotonic() + NOTICED_WITHIN_SECONDS
    while reloads(server, outcome) == before:
        if time.monotonic() > until:
            raise TimeoutError(f"no reload with outcome {outcome} within {NOTICED_WITHIN_SECONDS} s: {server.log()[-500:]}")
        time.sleep(0.05)


@fault("bad certificate rotation", "Certificates that can't be used change nothing: new connections see the old one, log and metric say so, no call fails; the next good one is taken.")
def rotation(setting):
    tls = ServerTls(setting.folder / "tls")
    good, good_key = tls.authority.issue("next")
    _, other_key = tls.authority.issue("other")
    bad = {
        "rubbish": (b"rubbish", b"rubbish"),
        "another's key": (good, other_key),
        "cut short": (good[: len(good) // 2], good_key),
        "expired": tls.authority.issue("expired", days=-1),
        "no key": (good, None),
    }
    with Server(setting, setting.repository, tls=tls) as server:
        first = shown(server, tls)
        old_shown, slowest = 0, 0.0
        with Load(server) as load:
            load.await_answers(20)
            for pair in bad.values():
                rotate_and_await(server, tls, pair, "failed")
                old_shown += shown(server, tls) == first
                slowest = max(slowest, works_again(server))
            rotate_and_await(server, tls, (good, good_key), "ok")
            taken = shown(server, tls) == good.decode() != first
            load.await_answers(20)
            load.stop()
        logged = server.log().count("not reloaded; what was in force stays")
    kept = old_shown == len(bad) and taken and not load.failures() and logged >= len(bad)
    return Outcome(kept, f"{old_shown} of {len(bad)} bad ones changed nothing ({logged} lines in the log); the good one taken: {taken}; new connections within {slowest * 1e3:.0f} ms; {load.answered()} answers, failures {load.failures()}")

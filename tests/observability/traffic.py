"""Calls to two servers: one that is well, and one to which happens what the alerts are about."""

import contextlib
import hashlib
import json
import shutil
import socket
import threading

import grpc
from provnet.v1 import provenance_service_pb2 as wire

from calls import Caller, picture
from files import copy_repository, flip_bit, renumber, spoil_samples
from server import Server

ALLOWED, NARROW = "token-that-may-do-all", "token-that-may-do-little"


class _Rounds:
    """Calls `_round` again and again on a thread and a connection of its own, until the end of the block."""

    def __init__(self, server, pause_seconds):
        self._server = server
        self._caller = Caller(server)
        self._pause_seconds = pause_seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._error = None

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()
        self._caller.channel.close()
        if self._error:
            raise self._error

    def _run(self):
        try:
            while not self._stop.wait(self._pause_seconds):
                self._round()
        except Exception as error:  # pylint: disable=broad-except
            self._error = error


class Traffic(_Rounds):
    """A few calls a second to a server that is well; some of them have a mistake of the caller's."""

    def __init__(self, server):
        super().__init__(server, pause_seconds=0.1)
        self._bad = picture()
        self._bad.top_k = 10**6

    def _round(self):
        self._caller.explain()
        with contextlib.suppress(grpc.RpcError):
            self._caller.explain(self._bad)


def _bearer(token):
    return [("authorization", f"Bearer {token}")]


class TroubledServer(Server):
    """Room for little, one question about membership a day, no disk for its record of disclosures, a label on no version; serves version 2 of the model."""

    def __init__(self, setting):
        self.repository = copy_repository(setting, versions=2)
        (self.repository / "digits/serving.json").write_text(json.dumps({"labels": {"canary": {"version": 9}}}))
        self.tokens = setting.folder / "tokens.json"
        policy, state = setting.folder / "policy.json", setting.folder / "state"
        state.mkdir()
        policy.write_text(json.dumps({"roles": [
            {"name": "all", "grants": [{"rpcs": ["*"], "models": ["*"]}], "disclosure": "DISCLOSURE_CONTENT",
             "membership_budget": {"queries": 1}},
            {"name": "little", "grants": [{"rpcs": ["ListModels"], "models": ["*"]}]},
        ]}))
        self.tokens.write_text(json.dumps({"tokens": [
            {"name": role, "roles": [role], "sha256": hashlib.sha256(token.encode()).hexdigest()}
            for role, token in (("all", ALLOWED), ("little", NARROW))
        ]}))
        super().__init__(
            setting, self.repository, f"--access-policy={policy}", f"--tokens={self.tokens}", f"--state-dir={state}",
            "--audit-log=/dev/full", "--executors=1", "--max-queue=1", "--max-connections=16", "--repository-poll-interval=500ms",
        )


class Trouble(_Rounds):
    """Again and again what goes wrong: load that a TroubledServer refuses, strangers, damage, files that can't be used."""

    def __init__(self, server):
        super().__init__(server, pause_seconds=0.3)
        self._rounds = 0

    def __enter__(self):
        model = self._server.repository / "digits"
        self._bad_version = model / "3"
        staging = model / ".3"
        shutil.copytree(model / "1", staging)
        renumber(staging, 3)
        flip_bit(staging / "model.pt", 0)
        staging.rename(self._bad_version)
        spoil_samples(model / "2")
        return super().__enter__()

    def _ask(self, name, request, response, token):
        with contextlib.suppress(grpc.RpcError):
            self._caller.method(name, response)(request, timeout=20, metadata=_bearer(token))

    def _round(self):
        self._rounds += 1
        self._flood()
        for token in ("nobody's", NARROW):
            self._ask("Explain", picture(), wire.ExplainResponse, token)
        question = picture()
        self._ask("CheckMembership", wire.CheckMembershipRequest(model=question.model, tensor=question.tensor), wire.CheckMembershipResponse, ALLOWED)
        samples = wire.GetExemplarsRequest(model=question.model, sample_index=range(1000))
        self._ask("GetExemplars", samples, wire.GetExemplarsResponse, ALLOWED)
        self._write_what_can_not_be_used()

    def _flood(self):
        calls = [self._caller.explain_later(metadata=_bearer(ALLOWED)) for _ in range(50)]
        host, port = self._server.grpc.rsplit(":", 1)
        with contextlib.ExitStack() as connections:
            for _ in range(32):
                connections.enter_context(socket.create_connection((host, int(port)), timeout=10))
            for call in calls:
                call.exception()

    def _write_what_can_not_be_used(self):
        # Something else each time, so that each is noticed.
        rubbish = f"rubbish {self._rounds}"
        self._server.tokens.write_text(rubbish)
        (self._server.repository / "digits" / "serving.json").write_text(rubbish)
        flip_bit(self._bad_version / "model.pt", self._rounds)

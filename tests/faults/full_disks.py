"""The disk that what must be recorded is written to is full: what can't be recorded is not done."""

import hashlib
import json
import subprocess

import grpc
from provnet.v1 import provenance_service_pb2 as wire

from calls import Caller, Load, await_true, picture
from fault import Outcome, fault
from host import Mounted
from server import Server

TOKEN = "not secret"
BUDGET = 16


class Filler:
    """A file that takes what is left of a disk, until it is removed."""

    def __init__(self, disk):
        self._path = disk.folder / "filler"

    def fill(self):
        try:
            with open(self._path, "ab", buffering=0) as file:
                while True:
                    file.write(bytes(4096))
        except OSError:
            pass  # It is full.

    def remove(self):
        self._path.unlink()


def disclosures_in(record) -> int:
    """Raises ValueError where a line is not whole."""
    return [json.loads(line)["event"] for line in record.read_text().splitlines()].count("disclosure")


@fault("full disk, record of disclosures", "No answer without its line: on a full disk those that show samples are UNAVAILABLE and the server is not ready, others go on; with room again it serves by itself, and all lines are whole.")
def record(setting):
    with Mounted(setting.folder / "small", "256k") as disk:
        filler, log = Filler(disk), disk.folder / "audit.jsonl"
        with Server(setting, setting.repository, f"--audit-log={log}") as server, Caller(server) as caller:
            with Load(server) as load:
                load.await_answers(50)
                filler.fill()
                await_true(lambda: load.failures(), "nothing is refused", within=20)
                # The server tries to write a line each second, and a short one may still fit.
                await_true(lambda: server.readiness() == 503, "the server stays ready", within=20)
                others = len(caller.models())
                refused = server.metric(r'provnet_disclosures_total\{outcome="refused"\}')
                filler.remove()
                await_true(lambda: server.readiness() == 200, "the server is not ready again", within=20)
                load.await_answers(50)
                load.stop()
            answered, lines = load.answered(), disclosures_in(log)
    kept = set(load.failures()) == {"UNAVAILABLE"} and others == 1 and refused > 0 and lines >= answered
    return Outcome(kept, f"{answered} answers, {lines} whole lines; while full: {load.failures()}, /readyz 503, {others} model listed; then it serves again")


def model_with_reference(setting):
    """A repository with a model that can be asked about membership."""
    repository = setting.folder / "models"
    subprocess.run(
        [setting.programs / "provnet-train", "fit", "--dataset=glyphs:1200", "--size=tiny", "--epochs=1", "--membership-reference=200",
         f"--output={repository}/digits"],
        check=True, capture_output=True,
    )
    return repository


def rules(folder) -> list[str]:
    """Flags for a policy under which the token's holder has a budget."""
    policy, tokens = folder / "policy.json", folder / "tokens.json"
    policy.write_text(json.dumps({"roles": [{
        "name": "auditor", "grants": [{"rpcs": ["*"], "models": ["*"]}], "disclosure": "DISCLOSURE_CONTENT",
        # Each question is written down by itself.
        "membership_budget": {"queries": BUDGET, "window": "86400s"},
    }]}))
    tokens.write_text(json.dumps({"tokens": [{"name": "alice", "roles": ["auditor"], "sha256": hashlib.sha256(TOKEN.encode()).hexdigest()}]}))
    return [f"--access-policy={policy}", f"--tokens={tokens}"]


def ask(caller, name, request, response) -> str:
    """The code of a call with the token."""
    try:
        caller.method(name, response)(request, timeout=20, metadata=[("authorization", f"Bearer {TOKEN}")])
        return "OK"
    except grpc.RpcError as error:
        return error.code().name


def check_membership(caller) -> str:
    request = wire.CheckMembershipRequest(model=wire.ModelSelector(name="digits"), tensor=picture().tensor)
    return ask(caller, "CheckMembership", request, wire.CheckMembershipResponse)


@fault("full disk, membership budgets", "A question that can't be recorded is UNAVAILABLE and the server is not ready for membership, other calls go on; with room again questions are answered, and not even kill -9 gives one back.")
def budgets(setting):
    repository = model_with_reference(setting)
    with Mounted(setting.folder / "small", "64k") as disk:
        filler = Filler(disk)
        flags = [f"--state-dir={disk.folder}", *rules(setting.folder)]
        with Server(setting, repository, *flags) as server, Caller(server) as caller:
            codes = [check_membership(caller) for _ in range(3)]
            filler.fill()
            while_full = [check_membership(caller) for _ in range(BUDGET)]
            beside = ask(caller, "Explain", picture(), wire.ExplainResponse)
            counted = server.metric(r'provnet_membership_refusals_total\{reason="budget_not_recorded"\}')
            ready_while_full = server.readiness(), server.readiness("membership")
            filler.remove()
            await_true(lambda: server.readiness("membership") == 200, "the server is not ready again for membership", within=20)
            codes += [check_membership(caller) for _ in range(3)]
            server.kill()
        with Server(setting, repository, *flags) as server, Caller(server) as caller:
            rest = [check_membership(caller) for _ in range(BUDGET)]
    answered = (codes + rest).count("OK")
    kept = set(codes) == {"OK"} and set(while_full) == {"UNAVAILABLE"} and beside == "OK" and counted == len(while_full)
    kept = kept and ready_while_full == (200, 503)
    kept = kept and answered <= BUDGET and set(rest) == {"OK", "RESOURCE_EXHAUSTED"}
    return Outcome(kept, f"budget {BUDGET}: {len(codes)} answered before and after the disk was full, {len(while_full)} refused meanwhile ({sorted(set(while_full))}), Explain {beside}, /readyz and /readyz/membership {ready_while_full}, then 200; after kill -9 {rest.count('OK')} more, then {rest[-1]}")

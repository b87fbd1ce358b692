"""Signals."""

import signal
import threading
import time

from calls import Caller, Load, percentile, works_again
from fault import Outcome, fault
from files import snapshot
from server import Server


def ran(server) -> int:
    """How many requests executors have begun to work on."""
    return int(server.metric("provnet_batch_size_sum"))


@fault("kill -9", "The repository stays as it was, and a new server on it is ready and answers as before.")
def kill(setting):
    before = snapshot(setting.repository)
    with Server(setting, setting.repository) as server:
        with Caller(server) as caller:
            answer = caller.explain().SerializeToString(deterministic=True)
        with Load(server, until_refused=True) as load:
            load.await_answers(50)
            server.kill()
            load.join()
    with Server(setting, setting.repository) as server, Caller(server) as caller:
        same = caller.explain().SerializeToString(deterministic=True) == answer
        ready = server.seconds_to_ready
    unchanged = snapshot(setting.repository) == before
    return Outcome(same and unchanged, f"{len(before)} files unchanged: {unchanged}; same answer: {same}; ready in {ready:.2f} s")


@fault("SIGSTOP", "Calls of a stopped server end at their deadline; continued, it answers at once and does not work off what is overdue.")
def stop(setting):
    seconds = setting.scale.count(30, least=3)
    deadline = 1.0
    with Server(setting, setting.repository) as server:
        with Load(server, callers=8, timeout=deadline) as load:
            load.await_answers(50)
            answered, begun = load.answered(), ran(server)
            server.signal(signal.SIGSTOP)
            time.sleep(seconds)
            cpu = server.cpu_seconds()
            server.signal(signal.SIGCONT)
            again = works_again(server)
            spent = server.cpu_seconds() - cpu
            load.stop()
            # The one that asked whether it works again is not among those answered.
            for_nobody = ran(server) - begun - (load.answered() - answered) - 1
        slowest = max(load.seconds)
        codes = load.failures()
    overdue = sum(codes.values())
    # Each caller's last call before the stop may have been begun, and another have been sent as its time was up.
    kept = set(codes) <= {"DEADLINE_EXCEEDED", "UNAVAILABLE"} and slowest < deadline * 1.5 and again < 5 and for_nobody <= 2 * 8
    return Outcome(kept, f"stopped {seconds} s; slowest call {slowest:.2f} s of {deadline:.0f}; next answer after {again:.2f} s, {spent:.2f} CPU s; {max(0, for_nobody)} of {overdue} overdue were worked on")


@fault("SIGTERM under load", "Every accepted call is answered; the server ends with 0.")
def terminate(setting):
    rounds = setting.scale.count(200, least=10)
    bad_exits, codes, answered = 0, {}, 0
    for _ in range(rounds):
        with Server(setting, setting.repository, "--log-level=warning") as server:
            with Load(server, callers=8, until_refused=True) as load:
                load.await_answers(20)
                bad_exits += server.terminate() != 0
                load.join()
            answered += load.answered()
            for code, count in load.failures().items():
                codes[code] = codes.get(code, 0) + count
    # A caller whose next call finds nobody there sees UNAVAILABLE; that call was never accepted.
    kept = bad_exits == 0 and set(codes) <= {"UNAVAILABLE"}
    return Outcome(kept, f"{rounds} rounds, {answered} answers, bad exits {bad_exits}, refusals {codes}")


@fault("cancelled calls", "Calls that were cancelled in the middle of a batch harm no other: those beside them are answered, in time.")
def cancel(setting):
    total = setting.scale.count(10_000, least=500)
    with Server(setting, setting.repository) as server:
        with Load(server) as load:
            load.await_answers(100)
            calm = percentile(load.seconds, 0.99)
            at = len(load.seconds)
            with Caller(server) as caller:
                done = 0
                while done < total:
                    calls = [caller.explain_later() for _ in range(50)]
                    # Half of them at once, half when they may be running.
                    for number, call in enumerate(calls):
                        if number == 25:
                            time.sleep(0.002)
                        call.cancel()
                    done += len(calls)
            load.await_answers(20)
            load.stop()
            slowest = percentile(load.seconds[at:], 0.99)
        again = works_again(server)
        kept = not load.failures() and server.alive() and setting.scale.steady(calm, slowest)
    return Outcome(kept, f"{total} cancelled; {load.answered()} beside them answered, failures {load.failures()}; p99 {calm * 1e3:.0f} -> {slowest * 1e3:.0f} ms, then {again * 1e3:.0f} ms")


@fault("deadline storm", "Calls whose time is up are not worked on: an ordinary call comes through at once.")
def storm(setting):
    total = setting.scale.count(20_000, least=1_000)
    with Server(setting, setting.repository) as server, Caller(server) as caller:
        slowest = []
        running = threading.Event()
        running.set()

        def ask():
            with Caller(server) as other:
                while running.is_set():
                    start = time.monotonic()
                    other.explain()
                    slowest.append(time.monotonic() - start)

        begun = ran(server)
        asker = threading.Thread(target=ask)
        asker.start()
        expired = 0
        for _ in range(total // 100):
            calls = [caller.explain_later(timeout=0.001) for _ in range(100)]
            expired += sum(call.exception() is not None for call in calls)
        running.clear()
        asker.join()
        # What expires at the caller may have been begun in time; a server that asks nobody's deadline begins them all.
        worked_on = max(0, ran(server) - begun - len(slowest) - (total - expired))
        late = int(server.metric("provnet_requests_late_total"))
        again = works_again(server)
    p99 = percentile(slowest, 0.99)
    kept = p99 < 1 and again < 1 and worked_on <= expired / 2
    return Outcome(kept, f"{worked_on} of {expired} that expired were worked on, {late} ended late; {len(slowest)} ordinary calls beside them, p99 {p99 * 1e3:.0f} ms")

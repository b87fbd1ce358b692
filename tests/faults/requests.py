"""Callers that ask for too much, or never listen."""

import resource
import socket
import time

import grpc

from calls import Caller, Load, await_true, percentile, picture, works_again
from fault import NotHere, Outcome, fault
from http2 import Connection
from server import MIB, Server
from slow import SlowCallers, SlowOpener, SlowReader, SlowSender
from streams import UnreadStreams

# The server's --handshake-timeout.
HANDSHAKE_TIMEOUT_SECONDS = 10
# A busy machine's share of a time that is waited for.
SLACK_SECONDS = 30


def code_of(call) -> str:
    try:
        call()
        return "OK"
    except grpc.RpcError as error:
        return error.code().name


@fault("huge messages and metadata", "Refused with RESOURCE_EXHAUSTED; memory stays bounded; other callers notice nothing.")
def huge(setting):
    rounds = setting.scale.count(200, least=20)
    request = picture()
    request.tensor.data = bytes(64 << 20)
    codes = {"message": set(), "metadata": set()}
    with Server(setting, setting.repository) as server:
        with Caller(server) as caller:
            caller.explain()
        before = server.resident_bytes()
        with Load(server, callers=2) as load:
            for _ in range(rounds):
                with Caller(server) as caller:
                    codes["message"].add(code_of(lambda: caller.explain(request)))
                    codes["metadata"].add(code_of(lambda: caller.explain(metadata=[("x-long", "m" * MIB)])))
            load.await_answers(20)
            load.stop()
        grown = (server.resident_bytes() - before) / MIB
        again = works_again(server)
    refused = codes["message"] == {"RESOURCE_EXHAUSTED"} and codes["metadata"] <= {"RESOURCE_EXHAUSTED", "UNAVAILABLE", "INTERNAL"}
    kept = refused and "OK" not in codes["metadata"] and not load.failures() and setting.scale.within(grown, 128)
    return Outcome(kept, f"{rounds} of each: {({name: sorted(seen) for name, seen in codes.items()})}; memory {grown:+.0f} MiB; failures beside {load.failures()}; then {again * 1e3:.0f} ms")


@fault("callers that never read", "Streams whose answers nobody reads are paused, not buffered; from then on other callers are served as ever.")
def never_read(setting):
    streams = setting.scale.count(200, least=20)
    seconds = setting.scale.count(60, least=5)
    with Server(setting, setting.repository) as server:
        works_again(server)
        before = server.resident_bytes()
        with UnreadStreams(server, streams, timeout=10 * seconds + 60) as unread:
            taken, more = 0, 1
            # Once the buffers on the way are full, nothing is taken any more.
            for _ in range(10 * seconds):
                time.sleep(1)
                taken, more = unread.sent(), unread.sent() - taken
                if more == 0:
                    break
            with Load(server, callers=2) as load:
                load.await_answers(100)
                load.stop()
            grown = (server.resident_bytes() - before) / MIB
        again = works_again(server)
    kept = not load.failures() and more == 0 and setting.scale.within(grown / streams, 8)
    return Outcome(kept, f"{streams} streams took {taken} requests and then {more} a second; memory {grown / streams:.1f} MiB a stream; {load.answered()} calls beside, p99 {percentile(load.seconds, .99) * 1e3:.0f} ms, failures {load.failures()}; then {again * 1e3:.0f} ms")


@fault("slow callers", "Who reads a few bytes a second is paused at some MiB, and gone when he goes; who sends or opens a connection so is ended, by the age of connections with its grace or the time for a handshake; nobody else notices.")
def slow(setting):
    count = setting.scale.count(100, least=20)
    age, grace = 10, 5
    ended_within = max(HANDSHAKE_TIMEOUT_SECONDS, 1.1 * age + grace) + SLACK_SECONDS
    raise_file_limit(3 * count + 1_000)
    with Server(setting, setting.repository, f"--max-connection-age={age}s", f"--max-connection-age-grace={grace}s") as server:
        works_again(server)
        before, files = server.resident_bytes(), server.open_files()
        with SlowCallers(server, count, SlowReader):
            # What the readers asked for is work as any other; after that they only wait.
            await_true(lambda: server.metric("provnet_queue_depth") == 0, "the queue is not empty", SLACK_SECONDS)
            begin = time.monotonic()
            with SlowCallers(server, count, SlowSender, SlowOpener):
                # Done before its own connections are old.
                with Load(server, callers=2) as load:
                    load.await_answers(500)
                    load.stop()
                held = server.open_files() - files
                await_true(lambda: server.open_files() - files <= count, "slow senders or openers are not ended", ended_within)
                seconds = time.monotonic() - begin
            each = (server.resident_bytes() - before) / count / MIB
        await_true(lambda: server.open_files() <= files, "connections are left", SLACK_SECONDS)
        again = works_again(server)
    kept = not load.failures() and setting.scale.within(each, 8)
    return Outcome(kept, f"{count} of each, {held} connections, {each:.1f} MiB a reader; {load.answered()} calls beside, p99 {percentile(load.seconds, .99) * 1e3:.0f} ms, failures {load.failures()}; senders and openers gone after {seconds:.0f} s; then {again * 1e3:.0f} ms")


def raise_file_limit(count):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= count:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, max(hard, count)))
    except (ValueError, PermissionError) as error:
        raise NotHere(f"needs {count} open files, the limit is {hard}: {error}") from error


@fault("idle connections", "Connections over which HTTP/2 has begun, and that then say nothing, stay; they cost little, and keep nobody out.")
def idle(setting):
    count = setting.scale.count(10_000, least=1_000)
    raise_file_limit(count + 1_000)
    with Server(setting, setting.repository) as server:
        works_again(server)
        before = server.resident_bytes()
        connections = []
        try:
            connections.extend(Connection(server) for _ in range(count))
            opened = time.monotonic()
            with Load(server) as load:
                # Those that had not begun would be gone then.
                time.sleep(HANDSHAKE_TIMEOUT_SECONDS + 1)
                load.await_answers(20)
                load.stop()
            each = (server.resident_bytes() - before) / count / 1024
            alive = sum(connection.alive() for connection in connections)
            seconds = time.monotonic() - opened
        finally:
            for connection in connections:
                connection.close()
        again = works_again(server)
    kept = not load.failures() and alive == count and setting.scale.within(each, 32)
    return Outcome(kept, f"{count} connections, {each:.1f} KiB each, {alive} answer a PING after {seconds:.0f} s; {load.answered()} calls beside, p99 {percentile(load.seconds, .99) * 1e3:.0f} ms, failures {load.failures()}; then {again * 1e3:.0f} ms")


@fault("few file descriptors", "Out of descriptors, the server neither ends nor spins; when some are free it serves.")
def few_descriptors(setting):
    limit = 96
    with Server(setting, setting.repository, before_start=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))) as server:
        works_again(server)
        host, port = server.grpc.rsplit(":", 1)
        connections = [socket.create_connection((host, int(port)), timeout=10) for _ in range(2 * limit)]
        cpu = server.cpu_seconds()
        time.sleep(3)
        share = (server.cpu_seconds() - cpu) / 3
        for connection in connections:
            connection.close()
        again = works_again(server)
        kept = server.alive() and share < 0.2
    return Outcome(kept, f"limit {limit}, {2 * limit} connections: {share:.0%} of a core while starved; then answered after {again:.2f} s")

"""Damaged bundles, at the start and under a running server."""

import shutil

import grpc

from calls import Caller, Load
from fault import NotHere, Outcome, fault
from files import copy_repository, flip_bit, seal, spoil_samples, truncate
from server import Server, ServerFailed

# Where a bundle can be hit, and the word by which its refusal is recognised.
DAMAGES = {
    "model.pt cut in half": (lambda bundle: truncate(bundle / "model.pt"), "model.pt"),
    "model.pt, one bit": (lambda bundle: flip_bit(bundle / "model.pt", 12345), "model.pt"),
    "manifest.json, one bit": (lambda bundle: flip_bit(bundle / "manifest.json", 321), "manifest.json"),
    "an SST file, one bit": (lambda bundle: flip_bit(next((bundle / "samples").glob("*.sst")), 999), ".sst"),
    "RocksDB's MANIFEST, one bit": (lambda bundle: flip_bit(next((bundle / "samples").glob("MANIFEST*")), 20), "MANIFEST"),
    "a file missing": (lambda bundle: (bundle / "model.pt").unlink(), "model.pt"),
}


def refused_beside_sound(setting, name, damage, word) -> str:
    """'' if version 2, damaged, is refused with a reason while version 1 serves; else what happened."""
    repository = copy_repository(setting, versions=2)
    try:
        damage(repository / "digits" / "2")
        with Server(setting, repository) as server, Caller(server) as caller:
            if (version := caller.explain().model.version) != 1:
                return f"{name}: version {version} answers"
            failed = [model for model in caller.models() if model.model.version == 2]
            if not failed or word not in failed[0].error:
                return f"{name}: the refusal does not name {word}: {failed}"
            if str(setting.folder) in failed[0].error:
                return f"{name}: the refusal tells callers a path of the host: {failed[0].error}"
        return ""
    except ServerFailed as error:
        return f"{name}: the server did not start: {error}"
    finally:
        shutil.rmtree(repository)


@fault("damaged version", "A version with a damaged file is refused with the file's name; the version before it serves.")
def damaged(setting):
    broken = [what for name, (damage, word) in DAMAGES.items() if (what := refused_beside_sound(setting, name, damage, word))]
    return Outcome(not broken, f"{len(DAMAGES) - len(broken)} of {len(DAMAGES)} kinds of damage; " + ("; ".join(broken) or "all refused"))


def edit_network(bundle, edit):
    """Changes the network's parameters and publishes the result with right checksums."""
    try:
        import torch
    except ImportError as error:
        raise NotHere(f"needs Debian's python3-torch: {error}") from error
    network = torch.jit.load(str(bundle / "model.pt"))
    with torch.no_grad():
        edit(torch, dict(network.named_parameters()))
    network.save(str(bundle / "model.pt"))
    seal(bundle)


def fill_with_nan(torch, parameters):
    for value in parameters.values():
        value.fill_(float("nan"))


def cut_shapes(torch, parameters):
    name = max(parameters, key=lambda name: parameters[name].numel())
    parameters[name].set_(parameters[name][: parameters[name].shape[0] // 2].clone())


@fault("wrong network, right checksums", "A version whose network is not finite or has other shapes is refused; the version before it serves.")
def wrong_network(setting):
    kinds = {"NaN weights": (fill_with_nan, "finite"), "half of the index head's rows": (cut_shapes, "")}
    broken = [
        what
        for name, (edit, word) in kinds.items()
        if (what := refused_beside_sound(setting, name, lambda bundle, edit=edit: edit_network(bundle, edit), word))
    ]
    return Outcome(not broken, f"{len(kinds) - len(broken)} of {len(kinds)}; " + ("; ".join(broken) or "all refused"))


@fault("sample store damaged while served", "A damaged sample gets DATA_LOSS, never another sample's bytes, in words without the host's paths; classification and other samples stay, and readiness says which is which.")
def damaged_store(setting):
    repository = copy_repository(setting)
    with Server(setting, repository) as server, Caller(server) as caller:
        count = caller.models()[0].sample_count
        step = max(1, count // 500)
        indices = range(0, count, step)
        # Read from a second server, so that the first has nothing cached.
        with Server(setting, setting.repository) as sound, Caller(sound) as other:
            truth = {index: other.exemplars([index]).samples[0].sample.SerializeToString() for index in indices}
        spoil_samples(repository / "digits" / "1")
        lost, wrong, other_errors, named_paths = 0, 0, [], 0
        with Load(server) as load:
            for index in indices:
                try:
                    wrong += caller.exemplars([index]).samples[0].sample.SerializeToString() != truth[index]
                except grpc.RpcError as error:
                    named_paths += str(repository) in error.details()
                    if error.code() == grpc.StatusCode.DATA_LOSS:
                        lost += 1
                    else:
                        other_errors.append(f"{error.code().name} {error.details()}")
            load.await_answers(20)
            load.stop()
        ready = server.readiness(), server.readiness("exemplars")
        kept = ready == (200, 503) and wrong == 0 and named_paths == 0 and not other_errors and lost > 0 and not load.failures()
    return Outcome(kept, f"of {len(truth)} samples {lost} DATA_LOSS, {wrong} wrong, {named_paths} errors with a path of the host, other errors {other_errors[:1]}; {load.answered()} classifications beside, failures {load.failures()}; /readyz and /readyz/exemplars {ready}")

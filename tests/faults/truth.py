"""What a bundle answers when all is well, to tell a right answer from a wrong one."""

import grpc

from calls import Caller, picture
from server import Server

# What callers ask about.
SHADES = range(0, 240, 40)
# Batches of other sizes round otherwise.
TOLERANCE = 1e-3
SAMPLES_AT_A_TIME = 500
DATA_LOSS = grpc.StatusCode.DATA_LOSS.value[0]


def question(shade):
    request = picture(shade)
    request.include_exemplars = True
    return request


class Truth:
    """Of one bundle: all its samples, and its answers about all shades."""

    def __init__(self, setting, repository):
        with Server(setting, repository) as server, Caller(server) as caller:
            self._answers = {shade: caller.explain(question(shade)) for shade in SHADES}
            model = caller.models()[0]
            self._snapshot = model.model.store_snapshot_id
            self._samples = []
            for begin in range(0, model.sample_count, SAMPLES_AT_A_TIME):
                indices = range(begin, min(begin + SAMPLES_AT_A_TIME, model.sample_count))
                self._samples += [stored.sample for stored in caller.exemplars(indices).samples]
        self.sample_count = len(self._samples)

    def differs_from(self, other) -> bool:
        """Whether an answer of one can't pass as the other's, for every shade."""
        return self._snapshot != other._snapshot and all(other.fault_of(shade, answer) for shade, answer in self._answers.items())

    def fault_of(self, shade, answer, may_lose=False) -> str:
        """What is wrong with an answer about a shade; '' where nothing is. With `may_lose` samples may be missing, with DATA_LOSS."""
        right = self._answers[shade]
        if answer.model.store_snapshot_id != self._snapshot:
            return f"snapshot {answer.model.store_snapshot_id} instead of {self._snapshot}"
        if answer.predicted.id != right.predicted.id or abs(answer.predicted.probability - right.predicted.probability) > TOLERANCE:
            return f"predicted {answer.predicted} instead of {right.predicted}"
        if len(answer.provenance) != len(right.provenance):
            return f"{len(answer.provenance)} exemplars instead of {len(right.provenance)}"
        for seen, due in zip(answer.provenance, right.provenance):
            if seen.sample_index != due.sample_index or abs(seen.score - due.score) > TOLERANCE:
                return f"rank {due.rank}: sample {seen.sample_index} ({seen.score}) instead of {due.sample_index} ({due.score})"
            if seen.HasField("error") and not (may_lose and seen.error.code == DATA_LOSS):
                return f"sample {seen.sample_index}: {seen.error}"
            if not seen.HasField("error") and seen.sample != self._samples[seen.sample_index]:
                return f"sample {seen.sample_index} has another's content"
        return ""

    def fault_of_samples(self, indices, answer) -> str:
        """The same of an answer of GetExemplars."""
        if answer.model.store_snapshot_id != self._snapshot:
            return f"snapshot {answer.model.store_snapshot_id} instead of {self._snapshot}"
        if [stored.sample_index for stored in answer.samples] != list(indices):
            return f"samples {[stored.sample_index for stored in answer.samples]} instead of {list(indices)}"
        wrong = [stored.sample_index for stored in answer.samples if stored.sample != self._samples[stored.sample_index]]
        return f"samples {wrong} have another's content" if wrong else ""

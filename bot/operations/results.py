"""What a run that acted on records and watched them has come to: its state, its outcome, its figures."""

from __future__ import annotations

from bot.dataclass import dataclass
from bot.operations.reading import FailureNote
from bot.operations.refused import came_to_nothing, why_facts
from bot.store.activity import Outcome
from bot.store.runs import Run, RunState


@dataclass(frozen=True, slots=True)
class Result:
    """Records of a run: all of them, and what became of them."""

    total: int
    done: int
    failed: int
    silent: int
    """Without evidence when watching ended."""
    refused: int

    def outcome(self, state: RunState, failure: FailureNote | None) -> Outcome:
        """What the activity says came of it."""
        if state is RunState.STOPPED:
            return Outcome.STOPPED
        if state is RunState.DONE and self.total == self.done > 0:
            return Outcome.DONE
        if self.done:
            return Outcome.PARTLY
        if self.total == self.refused > 0:
            return Outcome.REFUSED
        nothing_known = state is RunState.DONE and not self.failed and not self.refused
        return Outcome.NO_EVIDENCE if nothing_known else came_to_nothing(failure)

    def facts(self, run: Run, failure: FailureNote | None) -> dict[str, str | int]:
        """What the activity keeps of it."""
        facts: dict[str, str | int] = {"run": run.id, "records": self.total}
        counted = {"failed": self.failed, "no_evidence": self.silent, "refused": self.refused}
        facts |= {name: count for name, count in counted.items() if count}
        if failure is not None:
            facts |= why_facts(failure)
        return facts


def end_state(run: Run, failure: FailureNote | None) -> RunState:
    """How a run ends that has nothing left to do."""
    if failure is not None:
        return RunState.FAILED
    return RunState.STOPPED if run.stop_asked_by else RunState.DONE

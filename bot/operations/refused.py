"""Attempts that the bot refused: they are in the activity like everything that was done.

One line for each press at most; whoever tries the same again within a minute gets none for that, so that
nobody can bury the list.
"""

from __future__ import annotations

import re
from typing import Final

from bot.dataclass import dataclass
from bot.failures import (
    ActionMissing,
    ActionNotPermitted,
    ActionRefused,
    ChoiceChanged,
    ConnectionGone,
    Failure,
    NotAllowed,
    PlaceRefused,
    PurgeChanged,
    PurgeOutOfBounds,
    RetryChanged,
    RightsUnknown,
    StaleButton,
    StaleForm,
    Stranger,
)
from bot.operations.activity import Activity, Deed
from bot.operations.actors import Actor
from bot.operations.reading import FailureNote, note_of
from bot.operations.rights import Act
from bot.store.activity import Outcome, Subject
from bot.store.values import Scope

LOOKS: Final = frozenset(
    {
        Act.READ,
        Act.REFRESH,
        Act.CALL_STACK,
        Act.ARCHIVE,
        Act.COMPARE,
        Act.RULES,
        Act.ACTIVITY,
        Act.ACCESS,
        Act.DOCTOR,
    }
)
"""Who only looks has no line where they may, and so none where they may not."""
BY_BUSINESS_CENTRAL: Final = (ActionRefused, ActionNotPermitted, ActionMissing)
"""A guard of the extension, or a permission that the bot lacks there."""
REFUSALS: Final = (
    NotAllowed,
    RightsUnknown,
    Stranger,
    StaleButton,
    StaleForm,
    ConnectionGone,
    PurgeChanged,
    PurgeOutOfBounds,
    RetryChanged,
    ChoiceChanged,
    PlaceRefused,
    *BY_BUSINESS_CENTRAL,
)
"""Something was asked for and the bot, Slack or Business Central said no, whatever was there to be done."""
ATTEMPT: Final = "refused:"
"""How the key of such a line begins: nothing was even begun."""
_PROBLEM: Final = re.compile(r"[0-9a-f]{16}")
"""As ``bot.diagnosis.identity`` makes them: what a forged button says instead is kept nowhere."""
_GUARD: Final = re.compile(r"[A-Za-z]{1,40}")


@dataclass(frozen=True, slots=True)
class Refused:
    """Writes the lines."""

    activity: Activity

    async def note(
        self,
        scope: Scope,
        actor: Actor,
        act: Act | None,
        why: Failure,
        problem: str | None = None,
        number: int | None = None,
    ) -> None:
        """Have a line say that somebody wanted this and was refused; none for what is no refusal.

        Whoever lacks a right lacks that of the failure, which may be another one than that of the button.
        """
        act = Act(str(why.facts["act"])) if isinstance(why, NotAllowed) else act
        if act is None or act in LOOKS or not isinstance(why, REFUSALS):
            return
        kind, subject = Subject.NOTHING, ""
        if number is not None:
            kind, subject = Subject.ERROR, str(number)
        elif problem is not None and _PROBLEM.fullmatch(problem):
            kind, subject = Subject.PROBLEM, problem
        minute = self.activity.clock.now().strftime("%Y%m%d%H%M")
        await self.activity.add(
            scope,
            Deed(
                key=f"{ATTEMPT}{actor}:{act}:{subject}:{why.key}:{minute}",
                actor=actor,
                act=act,
                outcome=Outcome.REFUSED,
                subject_kind=kind,
                subject=subject,
                facts=why_facts(note_of(why)),
            ),
        )


def why_facts(why: FailureNote) -> dict[str, str | int]:
    """What the activity keeps of a failure: its key, and which guard it was."""
    kept: dict[str, str | int] = {"failure": why.key}
    guard = str(why.facts.get("guard", ""))
    if _GUARD.fullmatch(guard):
        kept["guard"] = guard
    return kept


def came_to_nothing(why: FailureNote | None) -> Outcome:
    """The outcome of a run that did nothing: refused where Business Central said no, else failed."""
    refused = why is not None and why.key in {failure.key for failure in BY_BUSINESS_CENTRAL}
    return Outcome.REFUSED if refused else Outcome.FAILED

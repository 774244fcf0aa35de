"""How a check is made: within its time, and a failure becomes a finding instead of ending the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from bot.failures import Failure
from bot.operations.doctor.values import Check, Fact, Finding, Outcome, Verdict

CHECK_SECONDS: Final = 45.0
"""Real time that one check may take, repeats of its requests included: somebody waits for the answer."""


def good(check: Check, outcome: Outcome, **facts: Fact) -> Finding:
    """All is as it should be."""
    return Finding(check, Verdict.GOOD, outcome, facts)


def note(check: Check, outcome: Outcome, **facts: Fact) -> Finding:
    """It works, and there is something to know."""
    return Finding(check, Verdict.NOTE, outcome, facts)


def broken(check: Check, outcome: Outcome, **facts: Fact) -> Finding:
    """It does not work."""
    return Finding(check, Verdict.BROKEN, outcome, facts)


def failed(check: Check, failure: Failure) -> Finding:
    """It does not work, and the failure has the words."""
    return Finding(check, Verdict.BROKEN, Outcome.FAILURE, {"key": failure.key, **failure.facts})


def blocked(check: Check, because: Check) -> Finding:
    """Not looked at, because of something that was found before."""
    return Finding(check, Verdict.UNKNOWN, Outcome.BLOCKED, because=because)


async def look(check: Check, at: Callable[[], Awaitable[Finding]]) -> Finding:
    """Make a check. Raises nothing that is expected."""
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await at()
    except Failure as failure:
        return failed(check, failure)
    except TimeoutError:
        return broken(check, Outcome.SLOW, seconds=int(CHECK_SECONDS))

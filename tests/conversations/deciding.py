"""What conversations about decisions share: reading all of it, forms that have settled, direct messages."""

from __future__ import annotations

from bot.operations.durable.inline import InlineSteps
from bot.simulator.slack import Message, Modal, Person
from tests.conversations.conftest import Stage

_WAITING = ("One moment", "Een ogenblik")


async def read(stage: Stage) -> None:
    """Errors, then couplings and jobs, as the schedule does."""
    stage.clock.advance(60)
    await stage.read()
    assert await stage.core.synchronization.workflow(InlineSteps(), stage.connection) is None


async def settled(person: Person, *words: str) -> Modal:
    """The modal once it waits no longer, and says all of this."""

    def is_there(one: Person) -> bool:
        if one.modal is None:
            return False
        said = one.modal.plain()
        return not any(word in said for word in _WAITING) and all(word in said for word in words)

    await person.until(is_there)
    assert person.modal is not None
    return person.modal


async def direct(person: Person, text: str) -> Message:
    """A direct message that says this, once it is there."""
    person.visit_bot()
    await person.until(lambda one: any(text in message.plain() for message in one.messages))
    return next(message for message in person.messages if text in message.plain())


def acts(stage: Stage, name: str) -> int:
    """How often an action was called in Business Central."""
    return sum(request.path.endswith(f"Microsoft.NAV.{name}") for request in stage.source.requests)

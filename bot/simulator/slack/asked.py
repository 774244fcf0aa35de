"""Which message answers a command or a press."""

from __future__ import annotations

from dataclasses import dataclass

from bot.simulator.slack.backend import Backend
from bot.simulator.slack.workspace import StoredMessage


@dataclass(frozen=True)
class Asked:
    """Something that the bot was told of, and by what its answer is known.

    ``here`` is the message that was pressed, or the one that came with a command's acknowledgement;
    ``before`` is the number of the last change on any screen before the bot was told.
    """

    before: int
    response_url: str
    trigger_id: str
    here: StoredMessage | None

    def answer(self, backend: Backend) -> StoredMessage | None:
        """What was written through the response_url; or the message ``here``, where it appeared, was
        rewritten, or a modal was opened above it. None so far."""
        answered = backend.response_urls.answered(self.response_url)
        written = backend.workspace.find(*answered) if answered else None
        if written is not None or self.here is None:
            return written
        changed = self.here.changed > self.before and not self.here.deleted
        return self.here if changed or backend.triggers.was_used(self.trigger_id) else None

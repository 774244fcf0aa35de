"""What listeners are given by the composition root."""

from __future__ import annotations

from dataclasses import dataclass

from bot.operations.ask import Ask
from bot.operations.call_stack import CallStacks
from bot.operations.refresh import Refresh
from handlers.drawn import Drawn
from handlers.listening import InFlight
from handlers.visits import Visits


@dataclass(frozen=True, slots=True)
class Dependencies:
    """The use cases, and the way back to the person."""

    visits: Visits
    ask: Ask
    drawn: Drawn
    refresh: Refresh
    call_stacks: CallStacks
    in_flight: InFlight
    team_id: str
    """The workspace that installed the bot; people of any other are refused."""

"""Suite ``ask``: how long ``/syncerrors`` takes.

The overview is kept while nothing changes (``handlers.drawn``), and a search never is. So a search is
compared with an overview that is drawn anew, too: against the kept one, each gain of the overview would count
as a loss of the search. How many times the kept one it takes is told besides.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass

from bot.bench.bare import bare_bolt_app
from bot.bench.commands import Typing
from bot.bench.databases import Databases
from bot.bench.figures import Figure, ratio_at_most
from bot.bench.house import House, open_house
from bot.bench.rounds import Attempt, Plan, side_by_side
from bot.bench.sink import Sink, listening_sink
from bot.bench.stored import FREQUENT_WORD, PROBLEMS, RARE_NAME, fill
from bot.diagnosis import load_classifier

MANY = 1_000_000
FEW = 10_000
_PLAN = Plan(rounds=9, turns=20)


_SEARCHES = {
    "a rare word": RARE_NAME,
    "a frequent word": FREQUENT_WORD,
    "a filter with text": "mapping:CUSTOMER currency",
}


@dataclass(frozen=True, slots=True)
class _Asking:
    """One size of store, and somebody who asks."""

    house: House
    sink: Sink

    def typing(self, text: str = "") -> Attempt:
        return Typing(self.house.web, self.sink, text).once

    async def after_a_change(self) -> float:
        """The overview when it must be drawn anew."""
        async with self.house.core.database.writing():
            """Every transaction counts as a change."""
        return await self.typing()()


async def measure_asking(databases: Databases, scale: float) -> list[Figure]:
    """``ask.overhead``, ``ask.overhead.changed``, ``ask.growth`` and three of ``ask.search``."""
    many, few = max(1, round(MANY * scale)), max(1, round(FEW * scale))
    async with AsyncExitStack() as stack:
        sink = await stack.enter_async_context(listening_sink())
        large = _Asking(await _house(stack, databases, sink, many), sink)
        small = _Asking(await _house(stack, databases, sink, few), sink)
        contestants: dict[str, Attempt] = {
            "bare": Typing(bare_bolt_app(sink), sink).once,
            "few": small.typing(),
            "many": large.typing(),
            "changed": large.after_a_change,
            "few changed": small.after_a_change,
            **{name: large.typing(words) for name, words in _SEARCHES.items()},
        }
        taken = {
            name: seconds * 1000 for name, seconds in (await side_by_side(contestants, _plan(scale))).items()
        }
    size = f"{many:,} errors in {min(many, PROBLEMS)} problems"
    bare = "a Bolt app that acknowledges and sends one fixed reply"
    overview = "the overview, drawn anew as the search is"

    def figure(name: str, contestant: str, baseline: str, limit: float, against: str, note: str) -> Figure:
        goal = ratio_at_most(limit)
        values = (taken[contestant], "ms", goal, databases.kind, scale, taken[baseline])
        return Figure(name, *values, against=against, note=note)

    return [
        figure("ask.overhead", "many", "bare", 1.7, bare, f"{size}; nothing changed since it was last asked"),
        figure(
            "ask.overhead.changed", "changed", "bare", 1.7, bare, f"{size}; something changed before each"
        ),
        figure("ask.growth", "many", "few", 1.2, f"the same with {few:,} errors", size),
        figure("ask.growth.changed", "changed", "few changed", 1.2, f"the same with {few:,} errors", size),
        *(
            figure(
                "ask.search",
                name,
                "changed",
                10.0,
                overview,
                f"{size}; {name}: {words}; {taken[name] / taken['many']:.1f} times the kept overview",
            )
            for name, words in _SEARCHES.items()
        ),
    ]


async def _house(stack: AsyncExitStack, databases: Databases, sink: Sink, errors: int) -> House:
    address = databases.create()
    stack.callback(databases.drop, address)
    house = await stack.enter_async_context(open_house(address, sink))
    await fill(house.core.database, house.scope, load_classifier(), errors)
    databases.settle(address)
    return house


def _plan(scale: float) -> Plan:
    return _PLAN if scale >= 0.05 else Plan(rounds=1, turns=2)

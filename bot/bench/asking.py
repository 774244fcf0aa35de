"""Suite ``ask``: how long ``/syncerrors`` takes."""

from __future__ import annotations

from contextlib import AsyncExitStack

from bot.bench.bare import bare_bolt_app
from bot.bench.commands import Typing
from bot.bench.databases import Databases
from bot.bench.figures import Figure, ratio_at_most
from bot.bench.house import House, open_house
from bot.bench.rounds import Attempt, Plan, side_by_side
from bot.bench.sink import Sink, listening_sink
from bot.bench.stored import PROBLEMS, fill
from bot.diagnosis import load_classifier

MANY = 1_000_000
FEW = 10_000
_PLAN = Plan(rounds=9, turns=20)


async def measure_asking(databases: Databases, scale: float) -> list[Figure]:
    """``ask.overhead`` and ``ask.growth``."""
    many, few = max(1, round(MANY * scale)), max(1, round(FEW * scale))
    async with AsyncExitStack() as stack:
        sink = await stack.enter_async_context(listening_sink())
        large = await _house(stack, databases, sink, many)
        small = await _house(stack, databases, sink, few)
        contestants: dict[str, Attempt] = {
            "bare": Typing(bare_bolt_app(sink), sink).once,
            "few": Typing(small.web, sink).once,
            "many": Typing(large.web, sink).once,
        }
        seconds = await side_by_side(contestants, _plan(scale))
    sizes = f"{many:,} errors in {min(many, PROBLEMS)} problems"
    return [
        Figure(
            "ask.overhead",
            seconds["many"] * 1000,
            "ms",
            ratio_at_most(1.7),
            databases.kind,
            scale,
            seconds["bare"] * 1000,
            against="a Bolt app that acknowledges and sends one fixed reply",
            note=sizes,
        ),
        Figure(
            "ask.growth",
            seconds["many"] * 1000,
            "ms",
            ratio_at_most(1.2),
            databases.kind,
            scale,
            seconds["few"] * 1000,
            against=f"the same with {few:,} errors",
            note=sizes,
        ),
    ]


async def _house(stack: AsyncExitStack, databases: Databases, sink: Sink, errors: int) -> House:
    address = databases.create()
    stack.callback(databases.drop, address)
    house = await stack.enter_async_context(open_house(address, sink))
    await fill(house.core.database, house.scope, load_classifier(), errors)
    return house


def _plan(scale: float) -> Plan:
    return _PLAN if scale >= 0.05 else Plan(rounds=1, turns=2)

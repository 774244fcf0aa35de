"""``forget``: removing somebody's data from the store, because they ask for it."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dataclass import dataclass
from bot.failures import NobodyNamed
from bot.operations.activity import Activity, Deed
from bot.operations.actors import Actor
from bot.operations.causes.awaiting import ties_of
from bot.operations.rights import Act
from bot.store import Database
from bot.store.activity import Outcome
from bot.store.forgetting import Forgetting, Found
from bot.store.mentions import Somebody
from bot.store.values import Scope


@dataclass(frozen=True, slots=True)
class Forget:
    """Looks first, removes when told to. The line of activity says how much it was, and not whose."""

    database: Database
    activity: Activity

    async def look(self, scope: Scope, typed: str) -> Found:
        """How much there is. Raises NobodyNamed for words that are none or everybody's."""
        return await Forgetting(self.database, ties_of).look(scope, _somebody(typed))

    async def forget(self, scope: Scope, actor: Actor, typed: str) -> Found:
        """Remove it; what is said is what there was. Raises NobodyNamed."""
        somebody = _somebody(typed)
        at = self.activity.clock.now()

        async def note(transaction: AsyncConnection, found: Found) -> None:
            deed = Deed(
                key=f"{Act.FORGET}:{actor}:{at.isoformat()}",
                actor=actor,
                act=Act.FORGET,
                outcome=Outcome.DONE,
                count=found.errors,
                facts={
                    "call_stacks": found.call_stacks,
                    "problems": found.problems,
                    "unreadable": found.unreadable,
                    "couplings": found.couplings,
                },
            )
            await self.activity.write(transaction, scope, deed)

        return await Forgetting(self.database, ties_of).forget(scope, somebody, note)


def _somebody(typed: str) -> Somebody:
    somebody = Somebody.read(typed)
    if somebody is None:
        raise NobodyNamed
    return somebody

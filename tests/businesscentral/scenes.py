"""A company in which something can be refused: a skipped customer, a new one whose creation failed."""

from __future__ import annotations

from typing import Final

from bot.businesscentral import acting
from bot.businesscentral.acting import _Action
from bot.businesscentral.field_rows import pair_row
from bot.simulator.businesscentral import Kind
from tests.businesscentral.world import World

NOBODY: Final = "12345678-0000-4000-8000-000000000000"
CUSTOMER: Final = "Customer: 10000"
NEW: Final = "Customer: 20000"
OPTION: Final = "Payment Terms: 30 DAGEN"
SYNCHRONIZE, CREATE, COUPLE = acting._SYNCHRONIZE, acting._CREATE, acting._COUPLE
RELEASE_ALL, WAKE, DELETE_ERRORS = acting._RELEASE_ALL, acting._WAKE, acting._DELETE_ERRORS


class Scene:
    """Calls are made as a client without checks of its own would make them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.there = world.company.synchronization
        self.there.fail(CUSTOMER, "Currency Code USD must be coupled.", times=2)
        self.there.fail(NEW, "number series", kind=Kind.NEW_RECORD)
        self.there.couple(OPTION)
        coupling, option = (self.there.couplings.of_record(one) for one in (CUSTOMER, OPTION))
        assert coupling is not None
        assert option is not None
        self.coupling, self.option = coupling, option
        self.local, self.row = coupling.local_system_id, coupling.dataverse_id or ""
        self.new = self.there.known(NEW).system_id or ""

    def mapping(self, name: str = "CUSTOMER") -> str:
        """SystemId of a mapping."""
        return self.there.mappings[name].id

    async def act(self, action: _Action, mapping: str = "CUSTOMER", **body: str | int) -> None:
        """An action on a mapping."""
        await self.world.client._act(action, "tableMappings", self.mapping(mapping), **body)

    async def force(self, action: _Action, direction: int = 1, mapping: str = "CUSTOMER", **ids: str) -> None:
        """A forced run, with no ids but those."""
        its = {"localSystemIds": "", "dataverseIds": "", **ids}
        await self.act(action, mapping, direction=direction, **its)

    async def read(self, entity_set: str, condition: str) -> None:
        """An entity set that answers only what it is asked."""
        await self.world.client._of_fields(entity_set, condition, pair_row)

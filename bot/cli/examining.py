"""Whom ``syncerrors doctor`` examines: what the settings describe, or a simulated set-up, healthy or broken.

The simulated ones go by a clock of their own, so that they say the same every time, without a network.
"""

from __future__ import annotations

import copy
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr

from bot.app import Outside, open_core
from bot.app.examining import open_doctor
from bot.app.manifest import manifest
from bot.cli.worlds import CLIENT_ID, CUSTOMERS, SECRET, SECRET_FILE, Customer, Simulated, simulated
from bot.clock import ManualClock
from bot.dataclass import dataclass
from bot.operations.doctor.doctor import Doctor
from bot.operations.durable.inline import InlineSteps
from bot.operations.durable.slots import FileLocks, first_free
from bot.settings import WORKSPACE, Need, Settings, load_settings, sqlite_path
from bot.simulator import dataverse
from bot.simulator.businesscentral import Environments, RetentionPolicy
from bot.simulator.dataverse.believable import OWN_ROLE
from bot.simulator.entra import EntraSimulator
from bot.simulator.slack import SlackSimulator
from bot.simulator.slack.workspace import Channel
from bot.store.outbox import Outbox, Place, Told
from bot.store.values import Scope

NOW: Final = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
_LAST_DAY: Final = "2027-03-31"


@asynccontextmanager
async def real_doctor() -> AsyncIterator[Doctor]:
    """What the environment variables describe. Raises SettingsInvalid."""
    settings = load_settings([Need.BUSINESS_CENTRAL])
    async with open_doctor(settings, Outside()) as doctor:
        yield doctor


@asynccontextmanager
async def healthy_world() -> AsyncIterator[Doctor]:
    """Two small companies that were read a minute ago, with a worker at work."""
    async with AsyncExitStack() as stack:
        world = await _World.opened(stack, CUSTOMERS[1:], manifest(), {})
        await world.read()
        world.organize()
        world.work(stack)
        world.clock.advance(60)
        yield await stack.enter_async_context(open_doctor(world.settings, world.outside))


@asynccontextmanager
async def broken_world() -> AsyncIterator[Doctor]:
    """Three companies with which, between them, much is wrong that can be."""
    async with AsyncExitStack() as stack:
        kleiweg = replace(CUSTOMERS[0], errors=120, causes=5)
        customers = (kleiweg, *CUSTOMERS[1:])
        world = await _World.opened(stack, customers, _older(manifest()), _CHANGED)
        await world.read()
        world.organize(with_the_bot=False)
        _break_business_central(world.companies[0])
        world.entra.expire_secret(CUSTOMERS[1].tenant, CLIENT_ID)
        world.clock.advance(timedelta(hours=6).total_seconds())
        await world.read(1, 2)
        yield await stack.enter_async_context(open_doctor(world.settings, world.outside))


_CHANGED: Final[Mapping[str, Mapping[str, str]]] = {
    "Kleiweg": {"secret_expires": "2026-03-16"},
    "Korenaar": {"secret_expires": "2026-03-01"},
    "Northgate": {"environment": "Sandbox-2", "dataverse_url": "https://northgate-test.crm11.dynamics.com"},
}
"""What stands otherwise in the broken file: secrets that end or ended, an environment renamed."""


@dataclass(slots=True)
class _World:
    """Everything outside the bot, and its store."""

    clock: ManualClock
    entra: EntraSimulator
    companies: Sequence[Simulated]
    slack: SlackSimulator
    settings: Settings
    outside: Outside

    @classmethod
    async def opened(
        cls,
        stack: AsyncExitStack,
        customers: Sequence[Customer],
        declared: Mapping[str, Any],
        changed: Mapping[str, Mapping[str, str]],
    ) -> _World:
        """``changed`` says, by name of the customer, what stands otherwise in the connections file."""
        clock = ManualClock(NOW)
        entra = EntraSimulator(clock=clock)
        companies = [simulated(customer, clock, entra) for customer in customers]
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="syncerrors-")))
        (folder / SECRET_FILE).write_text(SECRET, encoding="utf-8")
        file = folder / "connections.toml"
        told = [
            _entry(company.entry, changed.get(customer.name, {}))
            for company, customer in zip(companies, customers, strict=True)
        ]
        file.write_text("\n".join(told), encoding="utf-8")
        slack = await stack.enter_async_context(SlackSimulator(declared, clock=clock))
        settings = Settings.model_construct(
            database_url=f"sqlite:///{folder / 'demo.db'}",
            connections_file=file,
            slack_bot_token=SecretStr(slack.bot_token),
            slack_app_token=SecretStr(slack.app_token),
            slack_api_url=slack.api_url,
        )
        outside = Outside(
            business_central=Environments([company.server for company in companies]),
            dataverse=dataverse.Environments([company.dataverse for company in companies]),
            entra=entra.transport(),
            clock=clock,
        )
        return cls(clock, entra, companies, slack, settings, outside)

    async def read(self, *which: int) -> None:
        """Pull those companies, all unless told, and have a card in a channel of the first."""
        async with open_core(self.settings, self.outside) as core:
            keys = list(core.connections)
            for key in [keys[index] for index in which] or keys:
                await core.pull.workflow(InlineSteps(), key)
            scope = Scope(WORKSPACE, keys[0])
            async with core.database.writing() as transaction:
                outbox = Outbox(transaction, scope, self.clock.now())
                await outbox.show(Told.PROBLEM, "demo", Place(self._channel().id))

    def organize(self, *, with_the_bot: bool = True) -> None:
        """Have the bot in the channel of its card, or put out of it."""
        if with_the_bot:
            self.slack.invite_bot(self._channel())

    def work(self, stack: AsyncExitStack) -> None:
        """Hold a worker's place until the end."""
        file = sqlite_path(self.settings.database_url)
        assert file is not None  # noqa: S101 # made above
        locks = FileLocks(file)
        stack.callback(locks.close)
        first_free(locks)

    def _channel(self) -> Channel:
        return self.slack.general


def _entry(written: str, changed: Mapping[str, str]) -> str:
    """A company's part of the file, with a last day of its secret, and with what is changed."""
    values = {"secret_expires": _LAST_DAY, **changed}
    kept = [line for line in written.splitlines() if line.partition(" = ")[0] not in values]
    return "\n".join([*kept, *(f'{key} = "{value}"' for key, value in values.items()), ""])


def _older(declared: Mapping[str, Any]) -> Mapping[str, Any]:
    """The manifest of a version that wrote no files and knew no user groups."""
    older = copy.deepcopy(dict(declared))
    scopes = older["oauth_config"]["scopes"]["bot"]
    older["oauth_config"]["scopes"]["bot"] = [
        scope for scope in scopes if scope not in {"files:write", "usergroups:read"}
    ]
    return older


def _break_business_central(of: Simulated) -> None:
    """An old extension with a permission less, the connection switched off, and an environment restored."""
    of.company.extension_version = "0.9.2.0"
    of.server.withheld = frozenset({(5339, "Delete"), (472, "Modify")})
    connection = of.company.synchronization.connections[0]
    connection.enabled = False
    connection.disable_reason = (
        "The connection to Dataverse was disabled because integration user BCI has insufficient privileges "
        "to run the synchronization."
    )
    of.company.retention = RetentionPolicy(period="1 Week")
    of.company.restore(NOW - timedelta(days=2))
    role = next(str(row["roleid"]) for row in of.organization.rows("role") if row["name"] == OWN_ROLE)
    of.organization.revoke(role, "prvReadTeam")

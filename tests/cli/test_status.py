"""``syncerrors status``: every mapping as text, and an exit code for scripts."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from rich.console import Console

from bot.app import Outside, open_core
from bot.cli.status import ATTENTION, FINE, tell_status
from bot.cli.worlds import World
from bot.failures import MappingUnknown
from bot.settings import Settings
from tests.businesscentral.world import APPLICATION, SECRET, TENANT, build_world
from tests.businesscentral.world import World as Source


@pytest.fixture
async def source() -> AsyncIterator[Source]:
    source = build_world()
    there = source.company.synchronization
    for name, mapping in there.mappings.items():
        for direction in mapping.directions if mapping.has_job else ():
            source.company.begin_job(name, direction, source.clock.now() - timedelta(minutes=5))
    yield source
    await source.aclose()


async def told(source: Source, folder: Path, mapping: str = "") -> tuple[int, str]:
    settings = Settings.model_construct(
        database_url=f"sqlite:///{folder / 'status.db'}",
        azure_tenant_id=TENANT,
        azure_client_id=APPLICATION,
        azure_client_secret=SecretStr(SECRET),
        bc_environment="Production",
        bc_company_id=source.company.id,
        dataverse_url="https://kleiweg.crm4.dynamics.com",
    )
    outside = Outside(
        business_central=source.server.transport(), entra=source.entra.transport(), clock=source.clock
    )

    @asynccontextmanager
    async def world() -> AsyncIterator[World]:
        async with open_core(settings, outside) as core:
            yield World(settings, core, starts_empty=True)

    out = io.StringIO()
    code = await tell_status(world(), None, mapping, Console(file=out, width=60))
    return code, out.getvalue()


async def test_every_mapping_is_printed_and_nothing_needs_attention(source: Source, tmp_path: Path) -> None:
    code, text = await told(source, tmp_path)
    assert code == FINE
    for name in source.company.synchronization.mappings:
        assert f"\n{name} · " in text
    assert "20 table mappings. None needs anybody's attention." in text


async def test_trouble_is_told_by_the_exit_code_too(source: Source, tmp_path: Path) -> None:
    source.company.synchronization.stop_job("VENDOR", source.clock.now(), "Something [bold]broke[/bold].")
    code, text = await told(source, tmp_path)
    assert code == ATTENTION
    assert "Something [bold]broke[/bold]." in text
    assert (await told(source, tmp_path, "vendor"))[0] == ATTENTION
    code, text = await told(source, tmp_path, "customer")
    assert code == FINE
    assert "Needs first: CURRENCY" in text


async def test_business_central_that_does_not_answer_is_trouble(source: Source, tmp_path: Path) -> None:
    source.server.faults.fail(503, times=500)
    code, text = await told(source, tmp_path)
    assert code == ATTENTION
    assert "Not known: " in text


async def test_a_mapping_that_there_is_not(source: Source, tmp_path: Path) -> None:
    with pytest.raises(MappingUnknown):
        await told(source, tmp_path, "BICYCLES")

"""What ``/readyz`` says about the database, and what gets through to Slack's side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from sqlalchemy import text
from starlette.responses import PlainTextResponse

from bot.app import Site, migrate
from bot.settings import Settings
from bot.store import Database


@asynccontextmanager
async def probing(address: str) -> AsyncIterator[tuple[Site, Database, httpx.AsyncClient]]:
    database = Database.open(address)
    site = Site(database)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=site.app), base_url="http://bot.invalid"
    ) as client:
        yield site, database, client
    await database.close()


async def test_readiness_follows_the_database(database_url: str) -> None:
    async with probing(database_url) as (site, database, client):
        assert (await client.get("/readyz")).json() == {"database": "not migrated", "slack": "signing in"}
        settings = Settings.model_construct(database_url=database_url)
        await asyncio.gather(migrate(settings), migrate(settings))
        site.open(PlainTextResponse("Slack's side"))
        assert (await client.get("/readyz")).json() == {"database": "ready", "slack": "ready"}
        async with database.writing() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = 'of a later release'"))
        assert (await client.get("/readyz")).status_code == 200
        async with database.writing() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        response = await client.get("/readyz")
        assert (response.status_code, response.json()["database"]) == (503, "not migrated")


async def test_nobody_answers_for_a_database_that_is_away() -> None:
    async with probing("postgresql://nobody@127.0.0.1:9/none") as (_, _, client):
        response = await client.get("/readyz")
        assert (response.status_code, response.json()["database"]) == (503, "unreachable")
        assert (await client.get("/healthz")).status_code == 200


async def test_slack_is_let_through_when_the_bot_has_signed_in() -> None:
    async with probing("postgresql://nobody@127.0.0.1:9/none") as (site, _, client):
        assert (await client.post("/slack/events")).status_code == 503
        site.open(PlainTextResponse("Slack's side"))
        assert (await client.post("/slack/events")).text == "Slack's side"

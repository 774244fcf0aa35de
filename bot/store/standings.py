"""Sums over every connection of a workspace: three questions, however many connections there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from sqlalchemy import func, select

from bot.dataclass import dataclass
from bot.store.companies import company_of
from bot.store.database import Database
from bot.store.pulls import state_of
from bot.store.tables import COMPANY, PROBLEM, PULL_STATE
from bot.store.values import KnownCompany, ProblemState, PullState


@dataclass(frozen=True, slots=True)
class Standing:
    """One connection; the defaults are those of one that was never read."""

    errors: int = 0
    """Of open problems, those that Business Central still has."""
    problems: int = 0
    severity: int = 0
    """Of the worst open problem; 0 where none is open."""
    pull: PullState = field(default_factory=PullState)
    company: KnownCompany | None = None


@dataclass(frozen=True, slots=True)
class Standings:
    """The connections of a workspace beside each other."""

    database: Database

    async def all_of(self, workspace: str) -> Mapping[str, Standing]:
        """By connection; one that was never read is not there."""
        sums = (
            select(
                PROBLEM.c.connection,
                func.sum(PROBLEM.c.errors - PROBLEM.c.gone).label("errors"),
                func.count().label("problems"),
                func.max(PROBLEM.c.severity).label("severity"),
            )
            .where(PROBLEM.c.workspace == workspace, PROBLEM.c.state == ProblemState.OPEN)
            .group_by(PROBLEM.c.connection)
        )
        async with self.database.reading() as connection:
            open_problems = {row.connection: row for row in await connection.execute(sums)}
            pulls = await connection.execute(select(PULL_STATE).where(PULL_STATE.c.workspace == workspace))
            states = {row.connection: state_of(row) for row in pulls}
            names = await connection.execute(select(COMPANY).where(COMPANY.c.workspace == workspace))
            companies = {row.connection: company_of(row) for row in names}
        found = {}
        for key in {*open_problems, *states, *companies}:
            row = open_problems.get(key)
            found[key] = Standing(
                errors=int(row.errors) if row is not None else 0,
                problems=row.problems if row is not None else 0,
                severity=row.severity if row is not None else 0,
                pull=states.get(key, PullState()),
                company=companies.get(key),
            )
        return found

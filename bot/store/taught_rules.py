"""Rules that people taught, of a workspace: they hold for all its connections. A rule never changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, select

from bot.dataclass import dataclass
from bot.store.database import Database, insert_into
from bot.store.rule_tables import TAUGHT_RULE
from bot.store.tables import PROBLEM, belongs
from bot.store.values import ProblemState, Scope


@dataclass(frozen=True, slots=True)
class StoredRule:
    """A rule as stored."""

    id: str
    template: str
    digest: str
    class_code: str
    own_title: str
    fixer: str
    """Empty is as the class says."""
    remedy: str
    precedence: str
    language: str
    taught_by: str
    """Who, as ``str`` of an actor."""
    taught_at: datetime


@dataclass(frozen=True, slots=True)
class Addition:
    """What became of rules that were to be added."""

    added: tuple[StoredRule, ...]
    known: tuple[StoredRule, ...]
    """Those that were there with the same words before, as they are stored."""


@dataclass(frozen=True, slots=True)
class TaughtRules:
    """All rules of a workspace."""

    database: Database

    async def all_of(self, workspace: str) -> tuple[StoredRule, ...]:
        """Every rule, in the order in which they were taught."""
        query = (
            select(TAUGHT_RULE)
            .where(TAUGHT_RULE.c.workspace == workspace)
            .order_by(TAUGHT_RULE.c.taught_at, TAUGHT_RULE.c.id)
        )
        async with self.database.reading() as connection:
            return tuple(_rule(row) for row in await connection.execute(query))

    async def ids(self, workspace: str) -> frozenset[str]:
        """Ids of all rules: as a rule never changes, they say whether there is anything new."""
        query = select(TAUGHT_RULE.c.id).where(TAUGHT_RULE.c.workspace == workspace)
        async with self.database.reading() as connection:
            return frozenset((await connection.execute(query)).scalars())

    async def by_digest(self, workspace: str, digest: str) -> StoredRule | None:
        """The rule with these words, if there is one."""
        query = select(TAUGHT_RULE).where(
            TAUGHT_RULE.c.workspace == workspace, TAUGHT_RULE.c.digest == digest
        )
        async with self.database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _rule(row)

    async def add(self, workspace: str, rules: Sequence[StoredRule], most: int) -> Addition:
        """Add rules, all or none; the same words are there once, whoever comes first.

        None where the workspace would have more than ``most``: then neither tuple holds anything.
        """
        added: list[StoredRule] = []
        async with self.database.writing() as connection:
            for rule in rules:
                statement = insert_into(connection, TAUGHT_RULE).values(
                    workspace=workspace, connection="", **_values(rule)
                )
                written = await connection.execute(
                    statement.on_conflict_do_nothing(index_elements=["workspace", "digest"]).returning(
                        TAUGHT_RULE.c.id
                    )
                )
                if written.scalar_one_or_none() is not None:
                    added.append(rule)
            here = TAUGHT_RULE.c.workspace == workspace
            count = (await connection.execute(select(func.count()).where(here))).scalar_one()
            if count > most:
                await connection.rollback()
                return Addition((), ())
            digests = [rule.digest for rule in rules]
            stored = await connection.execute(
                select(TAUGHT_RULE).where(here, TAUGHT_RULE.c.digest.in_(digests))
            )
            fresh = {rule.id for rule in added}
            known = [_rule(row) for row in stored if row.id not in fresh]
        return Addition(tuple(added), tuple(known))

    async def remove(self, workspace: str, rule_id: str) -> StoredRule | None:
        """Forget a rule; gives it as it was, None where it is not there (any more)."""
        here = (TAUGHT_RULE.c.workspace == workspace, TAUGHT_RULE.c.id == rule_id)
        async with self.database.writing() as connection:
            row = (await connection.execute(select(TAUGHT_RULE).where(*here).with_for_update())).one_or_none()
            await connection.execute(delete(TAUGHT_RULE).where(*here))
        return None if row is None else _rule(row)

    async def matched_in(self, scope: Scope, topic: str) -> int:
        """How many stored errors of one connection a topic has."""
        query = select(func.sum(PROBLEM.c.errors)).where(
            belongs(PROBLEM, scope), PROBLEM.c.topic == topic, PROBLEM.c.state != ProblemState.SUPERSEDED
        )
        async with self.database.reading() as connection:
            return int((await connection.execute(query)).scalar_one() or 0)

    async def matched(self, workspace: str) -> dict[str, int]:
        """How many stored errors each topic has, over all connections; rules are topics of their own."""
        query = (
            select(PROBLEM.c.topic, func.sum(PROBLEM.c.errors).label("errors"))
            .where(
                PROBLEM.c.workspace == workspace,
                PROBLEM.c.topic.is_not(None),
                PROBLEM.c.state != ProblemState.SUPERSEDED,
            )
            .group_by(PROBLEM.c.topic)
        )
        async with self.database.reading() as connection:
            return {row.topic: int(row.errors) for row in await connection.execute(query)}


def _values(rule: StoredRule) -> dict[str, object]:
    return {
        "id": rule.id,
        "template": rule.template,
        "digest": rule.digest,
        "class_code": rule.class_code,
        "own_title": rule.own_title,
        "fixer": rule.fixer,
        "remedy": rule.remedy,
        "precedence": rule.precedence,
        "language": rule.language,
        "taught_by": rule.taught_by,
        "taught_at": rule.taught_at,
    }


def _rule(row: Row[Any]) -> StoredRule:
    return StoredRule(
        id=row.id,
        template=row.template,
        digest=row.digest,
        class_code=row.class_code,
        own_title=row.own_title,
        fixer=row.fixer,
        remedy=row.remedy,
        precedence=row.precedence,
        language=row.language,
        taught_by=row.taught_by,
        taught_at=row.taught_at,
    )

"""Ids of buttons and the typed values that they carry.

A value is JSON with a version, so that a button of an older or a newer bot is recognised and answered kindly
(``StaleButton``) instead of being misread. Slack allows 2,000 characters in a value and 255 in an id.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.failures import StaleButton


class Action(StrEnum):
    """Every ``action_id`` that a card may render; each has exactly one listener in ``handlers``."""

    OVERVIEW_SHOW = "overview.show"
    OVERVIEW_PREVIOUS = "overview.previous"
    OVERVIEW_NEXT = "overview.next"
    OVERVIEW_REFRESH = "overview.refresh"
    PROBLEM_SHOW = "problem.show"
    PROBLEM_PREVIOUS = "problem.previous"
    PROBLEM_NEXT = "problem.next"
    PROBLEM_SHARE = "problem.share"
    PROBLEM_CLAIM = "problem.claim"
    PROBLEM_RELEASE = "problem.release"
    PROBLEM_MARK_FIXED = "problem.mark_fixed"
    PROBLEM_REOPEN = "problem.reopen"
    SHARED_DETAILS = "shared.details"
    CALL_STACK_SHOW = "call_stack.show"
    CALL_STACK_TELL = "call_stack.tell"
    SUPPORT_OPEN = "support.open"
    WHY_SHOW = "why.show"
    ERROR_SHOW = "error.show"
    FIND_SHOW = "find.show"
    FIND_PREVIOUS = "find.previous"
    FIND_NEXT = "find.next"
    FORGET_CONFIRM = "forget.confirm"
    ACTIVITY_PREVIOUS = "activity.previous"
    ACTIVITY_NEXT = "activity.next"
    ACTIVITY_EXPORT = "activity.export"
    TEACH_OPEN = "teach.open"
    TEACH_PREVIEW = "teach.preview"
    RULES_PREVIOUS = "rules.previous"
    RULES_NEXT = "rules.next"
    RULES_EXPORT = "rules.export"
    RULE_UNDO = "rule.undo"
    PURGE_OPEN = "purge.open"
    PURGE_CONFIRM = "purge.confirm"
    PURGE_STOP = "purge.stop"
    RETRY_OPEN = "retry.open"
    RETRY_STOP = "retry.stop"
    CONFLICT_OPEN = "conflict.open"
    CONFLICT_BUSINESS_CENTRAL = "conflict.business_central"
    CONFLICT_DATAVERSE = "conflict.dataverse"
    MATCH_OPEN = "match.open"
    COUPLED_SHOW = "coupled.show"
    COUPLED_PREVIOUS = "coupled.previous"
    COUPLED_NEXT = "coupled.next"
    COUPLED_RECORDS = "coupled.records"
    COUPLED_RECORDS_PREVIOUS = "coupled.records.previous"
    COUPLED_RECORDS_NEXT = "coupled.records.next"
    UNCOUPLE_OPEN = "uncouple.open"
    LOST_CREATE = "lost.create"
    DECISION_STOP = "decision.stop"
    DECISION_UNDO = "decision.undo"
    ACCESS_SHOW = "access.show"
    ACCESS_AGAIN = "access.again"
    ACCESS_SCRIPT = "access.script"
    ARCHIVE_SHOW = "archive.show"
    ARCHIVE_PREVIOUS = "archive.previous"
    ARCHIVE_NEXT = "archive.next"
    ARCHIVE_EXPORT = "archive.export"
    DOCTOR_AGAIN = "doctor.again"
    STATUS_SHOW = "status.show"
    STATUS_PREVIOUS = "status.previous"
    STATUS_NEXT = "status.next"
    STATUS_REFRESH = "status.refresh"
    CONNECTION_CHOOSE = "connection.choose"
    CONNECTION_OPEN = "connection.open"
    CONNECTIONS_SHOW = "connections.show"
    CONNECTIONS_PREVIOUS = "connections.previous"
    CONNECTIONS_NEXT = "connections.next"


class ButtonValue(BaseModel):
    """What a button points at. The state itself is in the store."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    v: Literal[1] = 1
    connection: str = Field(max_length=60)
    problem: str | None = Field(default=None, max_length=60)
    number: int | None = Field(default=None, ge=0, lt=2**63)
    page: int = Field(default=0, ge=0, le=1_000_000)
    query: str | None = Field(default=None, max_length=202)
    """What was searched for, as typed; ``handlers.queries`` reads it again."""

    rule: str | None = Field(default=None, max_length=20)
    """Id of a taught rule."""

    purge: str | None = Field(default=None, max_length=120)
    """Bounds of a purge, as ``bot.cards.purge_bounds`` writes them."""
    about: str | None = Field(default=None, max_length=150)
    """Which skipped records or lost creations, in the words of ``bot.operations.retry.Skipped`` and
    ``bot.operations.coupled.Lost``."""
    run: str | None = Field(default=None, max_length=60)
    """Id of a run."""
    confirmed: int | None = Field(default=None, ge=0, le=1_000_000)
    """How many were shown to whoever confirms."""
    side: Literal["business_central", "dataverse"] | None = None
    """Whose values win."""
    match: str | None = Field(default=None, max_length=100)
    """What is coupled or created, as ``bot.operations.matching.Choice`` writes it."""
    seen: str | None = Field(default=None, max_length=40)
    """What somebody chose by, as a fingerprint."""

    def encoded(self) -> str:
        """JSON, at most a few hundred characters."""
        return self.model_dump_json(exclude_none=True)

    @classmethod
    def decoded(cls, value: object) -> ButtonValue:
        """Read a button's value; raises StaleButton for anything that this version did not write."""
        if not isinstance(value, str):
            raise StaleButton
        try:
            return cls.model_validate_json(value)
        except ValidationError as error:
            raise StaleButton from error

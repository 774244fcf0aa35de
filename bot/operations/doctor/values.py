"""What the doctor looks at, and what it finds. Values only; ``bot.cards.doctor_words`` has the sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.dataclass import dataclass

Fact = str | int | datetime


class Check(StrEnum):
    """What is looked at, in this order: what comes first may be why the rest cannot be looked at."""

    SETTINGS = "settings"
    SLACK_TOKEN = "slack.token"  # noqa: S105 # a word
    SLACK_SCOPES = "slack.scopes"
    SLACK_APP_TOKEN = "slack.app_token"  # noqa: S105 # a word
    SLACK_CHANNELS = "slack.channels"
    SLACK_CLOCK = "slack.clock"
    DATABASE = "database"
    MIGRATIONS = "migrations"
    ENTRA = "entra"
    ENTRA_DATAVERSE = "entra.dataverse"
    PLACE = "place"
    """Environment and company."""
    EXTENSION = "extension"
    READ_SET = "permissions.read"
    SYNC_SET = "permissions.sync"
    CONNECTION = "connection"
    """Business Central's own connection to Dataverse, and whether it leads to the same environment."""
    DATAVERSE = "dataverse"
    PRIVILEGES = "dataverse.privileges"
    REPLICA = "replica"
    RATE_LIMIT = "rate_limit"
    RETENTION = "retention"
    CREDENTIAL = "credential"
    WORKER = "worker"
    PULL = "pull"
    NUMBERS = "numbers"
    """Whether the environment was restored or copied."""


_AFTER_THE_WORKER: Final = frozenset({Check.PULL, Check.NUMBERS})


class Verdict(StrEnum):
    """What a finding means for whoever reads it."""

    GOOD = "good"
    NOTE = "note"
    """It works, but somebody should know this."""
    BROKEN = "broken"
    UNKNOWN = "unknown"
    """Could not be looked at; ``Finding.because`` says why."""


class Outcome(StrEnum):
    """What was found, each with a sentence of its own."""

    FAILURE = "failure"
    """A failure of ``bot.failures``: ``facts['key']`` and its facts."""
    SLOW = "slow"
    BLOCKED = "blocked"
    """Not looked at because of what ``Finding.because`` found."""

    SETTINGS_FINE = "settings.fine"
    SETTINGS_CHANGED = "settings.changed"
    SETTINGS_BROKEN_NOW = "settings.broken_now"
    SETTINGS_NO_SLACK = "settings.no_slack"

    TOKEN_FINE = "token.fine"  # noqa: S105 # a word
    TOKEN_NOT_SET = "token.not_set"  # noqa: S105 # a word
    TOKEN_REFUSED = "token.refused"  # noqa: S105 # a word
    SCOPES_FINE = "scopes.fine"
    SCOPES_MISSING = "scopes.missing"
    APP_TOKEN_FINE = "app_token.fine"  # noqa: S105 # a word
    APP_TOKEN_REFUSED = "app_token.refused"  # noqa: S105 # a word
    APP_TOKEN_NOT_SET = "app_token.not_set"  # noqa: S105 # a word
    CHANNELS_FINE = "channels.fine"
    CHANNELS_NONE = "channels.none"
    CHANNELS_LOST = "channels.lost"
    CLOCK_FINE = "clock.fine"
    CLOCK_OFF = "clock.off"
    CLOCK_WRONG = "clock.wrong"

    DATABASE_FINE = "database.fine"
    DATABASE_NONE = "database.none"
    MIGRATIONS_FINE = "migrations.fine"
    MIGRATIONS_DUE = "migrations.due"
    MIGRATIONS_AT_START = "migrations.at_start"

    ENTRA_FINE = "entra.fine"
    ENTRA_BASIC = "entra.basic"
    DATAVERSE_NOT_SET = "dataverse.not_set"
    DATAVERSE_NO_APPLICATION = "dataverse.no_application"
    PLACE_FINE = "place.fine"
    EXTENSION_FINE = "extension.fine"
    EXTENSION_INSTEAD = "extension.instead"
    """The published page is read in its place."""
    EXTENSION_OLD = "extension.old"
    EXTENSION_UNVERSIONED = "extension.unversioned"
    APPLICATION_OLD = "application.old"
    EXTENSION_UNREAD = "extension.unread"
    SET_FINE = "set.fine"
    SET_LACKS = "set.lacks"
    SET_UNTOLD = "set.untold"
    SYNC_NOT_GIVEN = "sync.not_given"
    CONNECTION_FINE = "connection.fine"
    CONNECTION_OFF = "connection.off"
    CONNECTION_NONE = "connection.none"
    CONNECTION_ELSEWHERE = "connection.elsewhere"
    DATAVERSE_FINE = "dataverse.fine"
    PRIVILEGES_FINE = "privileges.fine"
    PRIVILEGES_MISSING = "privileges.missing"
    REPLICA_FINE = "replica.fine"
    REPLICA_BEHIND = "replica.behind"
    REPLICA_FAR_BEHIND = "replica.far_behind"
    RATE_FINE = "rate.fine"
    RATE_LOW = "rate.low"
    RETENTION_OFF = "retention.off"
    RETENTION_ON = "retention.on"
    RETENTION_UNTOLD = "retention.untold"
    RETENTION_SHORT = "retention.short"
    RETENTION_EATS = "retention.eats"
    CERTIFICATE_FINE = "certificate.fine"
    CERTIFICATE_ENDS = "certificate.ends"
    CERTIFICATE_EXPIRED = "certificate.expired"
    CERTIFICATE_EARLY = "certificate.early"
    SECRET_FINE = "secret.fine"  # noqa: S105 # a word
    SECRET_ENDS = "secret.ends"  # noqa: S105 # a word
    SECRET_EXPIRED = "secret.expired"  # noqa: S105 # a word
    SECRET_UNKNOWN = "secret.unknown"  # noqa: S105 # a word
    KEY_UNKNOWN = "key.unknown"
    WORKER_FINE = "worker.fine"
    WORKER_NOT_YET = "worker.not_yet"
    WORKER_NONE = "worker.none"
    PULL_FINE = "pull.fine"
    PULL_UNDER_WAY = "pull.under_way"
    PULL_NEVER = "pull.never"
    PULL_LATE = "pull.late"
    NUMBERS_FINE = "numbers.fine"
    NUMBERS_RESTORED = "numbers.restored"
    NUMBERS_BELOW = "numbers.below"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. Facts are short values, never secrets."""

    check: Check
    verdict: Verdict
    outcome: Outcome
    facts: Mapping[str, Fact] = field(default_factory=dict)
    because: Check | None = None
    """The check that kept this one from being made."""


@dataclass(frozen=True, slots=True)
class Patient:
    """One connection and what was found of it."""

    key: str
    name: str
    """As people know it: its own name, else its environment's."""
    findings: tuple[Finding, ...]

    @property
    def set_up(self) -> tuple[Finding, ...]:
        """Of what has to be right before anything can be read."""
        return tuple(one for one in self.findings if one.check not in _AFTER_THE_WORKER)

    @property
    def past(self) -> tuple[Finding, ...]:
        """Of what was read: it depends on a worker."""
        return tuple(one for one in self.findings if one.check in _AFTER_THE_WORKER)


@dataclass(frozen=True, slots=True)
class Report:
    """A whole examination."""

    at: datetime
    house: tuple[Finding, ...]
    """What all connections share: settings, Slack, database."""
    patients: tuple[Patient, ...]
    worker: Finding
    """It works for all connections."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All of them, in the order of ``Check``."""
        set_up = (finding for patient in self.patients for finding in patient.set_up)
        past = (finding for patient in self.patients for finding in patient.past)
        return (*self.house, *set_up, self.worker, *past)

    def count(self, verdict: Verdict) -> int:
        """How many findings say that."""
        return sum(finding.verdict is verdict for finding in self.findings)

    @property
    def is_well(self) -> bool:
        """Whether nothing is broken. What could not be looked at is so because of something else that is."""
        return not self.count(Verdict.BROKEN)

"""The tree of expected failures.

Each class is one thing that can go wrong and that the bot can say in a sentence; ``bot.cards`` holds the
sentence under the failure's ``key``, in every language. Whatever is not in this tree is a defect and reaches
the user as a short reference that is also in the log.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

ENTRA: Final = "entra"
"""Fact ``host`` where it was not the service itself that gave no answer, but Microsoft Entra."""


class Failure(Exception):
    """Something that can go wrong, known beforehand.

    ``key`` names the sentence that a person reads; ``retry_helps`` says whether the same request may succeed
    later without anybody changing anything; ``facts`` are short values for the sentence, never secrets.
    """

    key: ClassVar[str] = "failure"
    retry_helps: ClassVar[bool] = False

    def __init__(self, detail: str = "", **facts: str | int) -> None:
        super().__init__(detail or self.key)
        self.detail = detail
        self.facts: dict[str, str | int] = facts


class SettingsInvalid(Failure):
    """Settings are missing or wrong; ``problems`` holds one readable line for each."""

    key = "settings.invalid"

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class NotFound(Failure):
    """What was asked for is not in the store."""

    key = "not_found"


class RowNotUnderstood(Failure):
    """Business Central sent the row with ``facts['number']`` in a form that the bot cannot read."""

    key = "row.not_understood"


class ErrorGone(Failure):
    """The error is no longer in Business Central, so what was not kept of it cannot be fetched."""

    key = "error.gone"


class StaleButton(Failure):
    """A button whose value this version does not understand, or that points at something gone."""

    key = "button.stale"


class StaleForm(Failure):
    """A form (a modal) that another version of the bot opened."""

    key = "form.stale"


class Restarting(Failure):
    """The process is about to end, for a new version or another machine."""

    key = "restarting"
    retry_helps = True


class ConnectionGone(Failure):
    """The settings no longer name a connection that was there once; ``facts['name']`` is its company."""

    key = "connection.gone"


class ConnectionUnknown(Failure):
    """No connection has the name that somebody typed; ``facts['nearest']`` is one like it, or empty."""

    key = "connection.unknown"


class Stranger(Failure):
    """Somebody of another organization (Slack Connect) used the bot."""

    key = "stranger"


class NotAllowed(Failure):
    """Somebody may not do what they asked for.

    ``facts``: ``act``, ``connection``, and ``able``, the grantees who may (``bot.settings.roles``),
    separated by blanks.
    """

    key = "not_allowed"

    def __init__(self, act: str, connection: str, able: Iterable[str]) -> None:
        super().__init__(act=str(act), connection=connection, able=" ".join(able))


class NobodyNamed(Failure):
    """Somebody's data is to be removed, and what was typed names nobody, or everybody."""

    key = "forget.nobody"


class RightsUnknown(Failure):
    """Slack does not tell what somebody is or which groups have them, so what they asked for is not done."""

    key = "rights.unknown"
    retry_helps = True


class PlaceRefused(Failure):
    """The bot cannot post where somebody wants it; ``facts['code']`` is Slack's word, or ``external``."""

    key = "place.refused"


class SlackUnreachable(Failure):
    """Slack does not answer when the bot starts."""

    key = "slack.unreachable"
    retry_helps = True


class FilterUnknown(Failure):
    """A search names a filter that there is not; ``facts``: ``name``, ``nearest`` (or empty), ``known``."""

    key = "filter.unknown"


class FilterValueUnknown(Failure):
    """A filter has a value that it does not know; ``facts``: ``name``, ``value``, ``nearest``, ``known``."""

    key = "filter.value_unknown"


class MappingUnknown(Failure):
    """There is no such table mapping; ``facts``: ``name``, ``nearest`` (or empty), ``known``."""

    key = "mapping.unknown"


class ReadingBroke(Failure):
    """A pull met a defect."""

    key = "reading.broke"


class SourceFailure(Failure):
    """Business Central or the way to it."""

    key = "source.failed"


class SignInRefused(SourceFailure):
    """Microsoft Entra gave no token; ``facts['code']`` is the AADSTS number where it gave one."""

    key = "source.sign_in_refused"


class SourceUnreachable(SourceFailure):
    """No answer: name, network, timeout, or 5xx after all retries."""

    key = "source.unreachable"
    retry_helps = True


class SourceThrottled(SourceFailure):
    """429 after all retries."""

    key = "source.throttled"
    retry_helps = True


class SourceRefused(SourceFailure):
    """401 or 403: the application is not accepted or lacks a permission set."""

    key = "source.refused"


class SourceMissing(SourceFailure):
    """404 on the environment, the company or the companion extension; ``facts['what']`` says which."""

    key = "source.missing"


class SourceRejected(SourceFailure):
    """Any other 4xx: the request itself is not accepted."""

    key = "source.rejected"


class SourceGarbled(SourceFailure):
    """An answer that is not what the contract says (broken JSON, no ``value``, a foreign nextLink)."""

    key = "source.garbled"
    retry_helps = True


class ActionNotPermitted(SourceRefused):
    """Business Central lets the bot read, but not do ``facts['action']``.

    ``facts['permission_set']`` is the one that allows it; ``facts['permission']`` is the permission that
    Business Central named, if it did.
    """

    key = "action.not_permitted"


class ActionMissing(SourceMissing):
    """Nothing there does ``facts['action']``.

    ``facts['what']``: ``extension`` is not installed, so that Business Central can at best be read (the
    published page is read-only); or ``version``: the extension is too old for it.
    """

    key = "action.missing"


class ActionTargetGone(SourceMissing):
    """The coupling or mapping that ``facts['action']`` was for is no longer there."""

    key = "action.target_gone"


class ActionRefused(SourceRejected):
    """A guard of the extension said no, and nothing was done.

    ``facts``: ``action``, and ``guard``, a value of ``bot.businesscentral.Guard``, or empty.
    """

    key = "action.refused"


class OutcomeUnknown(SourceFailure):
    """The answer to ``facts['action']`` was lost: it may have been done, and must not be repeated unseen."""

    key = "action.outcome_unknown"


class DataverseFailure(Failure):
    """Dataverse or the way to it."""

    key = "dataverse.failed"


class DataverseNotSet(DataverseFailure):
    """The settings do not say which Dataverse environment the company synchronizes with, or as whom."""

    key = "dataverse.not_set"


class DataverseSignInRefused(DataverseFailure):
    """Microsoft Entra gave no token; ``facts['code']`` is the AADSTS number where it gave one."""

    key = "dataverse.sign_in_refused"


class DataverseUnreachable(DataverseFailure):
    """No answer: name, network, timeout, or 5xx after all retries."""

    key = "dataverse.unreachable"
    retry_helps = True


class DataverseThrottled(DataverseFailure):
    """A service protection limit (429), after all retries."""

    key = "dataverse.throttled"
    retry_helps = True


class DataverseRefused(DataverseFailure):
    """401 or 403: the application is no user there, or lacks a privilege.

    ``facts``: ``why``, a value of ``bot.dataverse.Why``; ``privilege`` where Dataverse named one; ``code``.
    """

    key = "dataverse.refused"


class DataverseMissing(DataverseFailure):
    """404; ``facts['what']`` is ``environment`` (nothing answers there), ``table``, ``row``, ``function``."""

    key = "dataverse.missing"


class DataverseRejected(DataverseFailure):
    """Any other 4xx: the request itself is not accepted."""

    key = "dataverse.rejected"


class DataverseGarbled(DataverseFailure):
    """An answer that is not what the Web API promises (broken JSON, no ``value``, a foreign nextLink)."""

    key = "dataverse.garbled"
    retry_helps = True


class PurgeChanged(Failure):
    """More entries match than were confirmed; ``facts``: ``entries`` now, ``confirmed`` then."""

    key = "purge.changed"


class PurgeOutOfBounds(Failure):
    """A purge with bounds that the bot never showed anybody."""

    key = "purge.out_of_bounds"


class NothingToPurge(Failure):
    """No entry matches any more."""

    key = "purge.nothing"


class RetryChanged(Failure):
    """More records would be retried than were confirmed; ``facts``: ``records`` now, ``confirmed`` then."""

    key = "retry.changed"


class NothingToRetry(Failure):
    """No record is left that a retry could take."""

    key = "retry.nothing"


class ChoiceChanged(Failure):
    """What somebody chose by is no longer what they were shown."""

    key = "choice.changed"
    retry_helps = True


class NothingToDecide(Failure):
    """No record is left that could be coupled, uncoupled, created or forced."""

    key = "decision.nothing"


class RuleRefused(Failure):
    """A rule cannot be taught as it is; ``facts['why']`` is a ``bot.diagnosis.teaching.Why``."""

    key = "rule.refused"


class RuleKnown(Failure):
    """A rule with the same words is taught already; ``facts``: ``by`` (an actor) and ``on`` (a date)."""

    key = "rule.known"


class RuleGone(Failure):
    """A rule that was asked about is not taught (any more)."""

    key = "rule.gone"


class NothingToTeach(Failure):
    """The problem is recognised meanwhile; ``facts['by']`` is who taught that, or missing."""

    key = "rule.nothing_to_teach"


class RuleFileInvalid(Failure):
    """A file of rules that cannot be used; ``facts``: ``reason``, and ``line`` and ``file`` where known.

    Where a rule of it may not be taught, ``reason`` is its id; ``why`` and the rest are as in RuleRefused.
    """

    key = "rule.file_invalid"


class StoreUnavailable(Failure):
    """The bot's own database does not answer: not reachable, locked for too long, or its disk is full."""

    key = "store.unavailable"
    retry_helps = True


class StoreNotMigrated(Failure):
    """The tables of a PostgreSQL database are older than this version of the bot, or not there."""

    key = "store.not_migrated"


class WorkersFull(Failure):
    """As many processes as can, ``facts['workers']``, work on this database already."""

    key = "work.full"


class WorkTakenOver(Failure):
    """Another process holds the executor slot ``facts['executor']`` of this one, which must stop."""

    key = "work.taken_over"
    retry_helps = True

"""What can be typed behind ``/syncerrors``: the one list that both understands and explains itself."""

from __future__ import annotations

import difflib
import re

from bot.cards.help import CommandHelp
from bot.cards.texts import msgid
from bot.dataclass import dataclass
from bot.operations.filters import Query
from handlers.queries import query_of

COMMAND = "/syncerrors"

GRAMMAR: tuple[CommandHelp, ...] = (
    CommandHelp(usage=COMMAND, summary=msgid("Show what is wrong, most pressing first")),
    CommandHelp(
        usage=f"{COMMAND} 4711",
        summary=msgid("Show one error by its No. from the page Integration Synchronization Errors"),
    ),
    CommandHelp(
        usage=f"{COMMAND} customer 10000",
        summary=msgid("Search records and texts; each word also finds what begins with it"),
        examples=(f"{COMMAND} prvRead", f'{COMMAND} "4711"'),
    ),
    CommandHelp(
        usage=f"{COMMAND} class:permission",
        summary=msgid("Only causes of this class, by its code or a part of it; goes with a search"),
        examples=(f"{COMMAND} prvRead class:missing_privilege",),
    ),
    CommandHelp(
        usage=f"{COMMAND} fixer:admin",
        summary=msgid("Only what user, admin or wait has to end; goes with a search"),
        examples=(f"{COMMAND} fixer:user since:24h",),
    ),
    CommandHelp(
        usage=f"{COMMAND} mapping:CUSTOMER",
        summary=msgid("Only errors of this table mapping; goes with a search"),
        examples=(f"{COMMAND} mapping:SALESORDER-ORDER EUR",),
    ),
    CommandHelp(
        usage=f"{COMMAND} since:7d",
        summary=msgid("Only errors from this day on: hours, days, weeks or a date; goes with a search"),
        examples=(f"{COMMAND} since:24h", f"{COMMAND} since:2w", f"{COMMAND} since:2026-03-01"),
    ),
    CommandHelp(
        usage=f"{COMMAND} retry fixed",
        summary=msgid("Have everything synchronized again that is marked as fixed, and watch"),
    ),
    CommandHelp(
        usage=f"{COMMAND} coupled",
        summary=msgid("Show what Business Central has given up on: skipped records and lost creations"),
    ),
    CommandHelp(
        usage=f"{COMMAND} activity",
        summary=msgid("Show who did what through the bot, and what came of it"),
        examples=(f"{COMMAND} activity by:@kim since:7d", f"{COMMAND} activity by:me"),
    ),
    CommandHelp(
        usage=f"{COMMAND} rules",
        summary=msgid("List what people taught the bot; undo it, or get it as a file"),
    ),
    CommandHelp(
        usage=f"{COMMAND} forget 'Customer: 10000'",
        summary=msgid("Show what is kept of a person, and remove it for good"),
    ),
    CommandHelp(
        usage=f"{COMMAND} archive",
        summary=msgid(
            "Search what Business Central has no more: deleted by the bot, by people, by retention"
        ),
        examples=(f"{COMMAND} archive customer 10000", f"{COMMAND} archive since:30d"),
    ),
    CommandHelp(
        usage=f"{COMMAND} doctor",
        summary=msgid("Check the whole set-up, and say what is broken, who can mend it and how"),
    ),
    CommandHelp(
        usage=f"{COMMAND} status",
        summary=msgid("Show how the synchronization goes: jobs, counts, next runs, what stands still"),
        examples=(f"{COMMAND} status CUSTOMER",),
    ),
    CommandHelp(usage=f"{COMMAND} help", summary=msgid("Show this list")),
)

OF_SEVERAL: tuple[CommandHelp, ...] = (
    CommandHelp(
        usage=f"{COMMAND} connections",
        summary=msgid("Show how all connections stand, most pressing first"),
    ),
    CommandHelp(
        usage=f"{COMMAND} doctor all",
        summary=msgid("Check the set-up of all connections that you may check"),
    ),
    CommandHelp(
        usage=f"{COMMAND} connection:NAME",
        summary=msgid("Ask about another connection than the one you chose; goes with everything above"),
        examples=(f"{COMMAND} 4711 connection:NAME",),
    ),
)
"""What there is besides where there are several connections."""

_DOCTOR = re.compile(r"(?:doctor|dokter)(?:\s+(?P<all>all|alle|alles))?", re.IGNORECASE)
_CONNECTIONS = frozenset({"connections", "verbindingen"})
_RULES = frozenset({"rules", "regels"})
_COUPLED = frozenset({"coupled", "skipped", "gekoppeld", "overgeslagen"})
_STATUS = re.compile(r"status(?:\s+(?P<mapping>.*))?", re.IGNORECASE | re.DOTALL)
_RETRY_FIXED = frozenset({"retry fixed", "opnieuw opgelost"})
_ACTIVITY = re.compile(r"(?:activity|activiteit(?:en)?)(?:\s+(?P<filters>.*))?", re.IGNORECASE | re.DOTALL)
_LONGEST = 200
_ARCHIVE = re.compile(r"(?:archive|archief)(?:\s+(?P<query>.*))?", re.IGNORECASE | re.DOTALL)
_WORDS = {
    "archive": "archive",
    "archief": "archive",
    "activity": "activity",
    "activiteit": "activity",
    "coupled": "coupled",
    "gekoppeld": "coupled",
    "rules": "rules",
    "regels": "rules",
    "retry fixed": "retry fixed",
    "opnieuw opgelost": "retry fixed",
    "doctor": "doctor",
    "dokter": "doctor",
    "status": "status",
    "help": "help",
    "hulp": "help",
    "?": "help",
    **dict.fromkeys(sorted(_CONNECTIONS), "connections"),
}
_FORGET = re.compile(r"(?:forget|vergeet)\s+(?P<whom>.*)", re.IGNORECASE | re.DOTALL)
_QUOTES = "'\"“”„‘’«»"
_TYPO = 0.75
"""How much a typo looks like its command (``hlep``: 0.75); whatever looks less like one is searched for."""
_NUMBER = re.compile(r"(?:no\.?|nr\.?|#)?\s*([0-9]{1,18})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AskForOverview:
    """Nothing behind the command."""


@dataclass(frozen=True, slots=True)
class AskForError:
    """A number, also written ``#4711`` or ``No. 4711``."""

    number: int


@dataclass(frozen=True, slots=True)
class AskForConnections:
    """How all connections stand."""


@dataclass(frozen=True, slots=True)
class AskForActivity:
    """Who did what, as the filters say."""

    filters: str = ""


@dataclass(frozen=True, slots=True)
class AskForArchive:
    """What Business Central has no more; words, filters, both or neither."""

    typed: str = ""


@dataclass(frozen=True, slots=True)
class AskForCoupled:
    """What Business Central has given up on."""


@dataclass(frozen=True, slots=True)
class AskForRules:
    """What people taught the bot."""


@dataclass(frozen=True, slots=True)
class AskToForget:
    """Somebody's data is to be removed."""

    whom: str


@dataclass(frozen=True, slots=True)
class AskToRetryFixed:
    """Everything that is marked as fixed is to be retried."""


@dataclass(frozen=True, slots=True)
class AskForDoctor:
    """The set-up is to be examined: of one connection, or of all."""

    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class AskForStatus:
    """How the synchronization goes: of one mapping, or of all where none is named."""

    mapping: str = ""


@dataclass(frozen=True, slots=True)
class AskForHelp:
    """``help``, or something that looks like a command, with the nearest one."""

    unknown: str | None = None
    nearest: str | None = None


@dataclass(frozen=True, slots=True)
class AskToFind:
    """Words, filters, or both."""

    query: Query


Request = (
    AskForOverview
    | AskForError
    | AskForConnections
    | AskForCoupled
    | AskForActivity
    | AskForArchive
    | AskToForget
    | AskForRules
    | AskToRetryFixed
    | AskForDoctor
    | AskForStatus
    | AskForHelp
    | AskToFind
)


def understand(text: str) -> Request:
    """Read what stands behind the command; never raises."""
    words = text.strip()
    if not words:
        return AskForOverview()
    number = _NUMBER.fullmatch(words)
    if number is not None:
        return AskForError(int(number[1]))
    if words.lower() in _CONNECTIONS:
        return AskForConnections()
    if (activity := _ACTIVITY.fullmatch(words)) and _are_filters(activity["filters"]):
        return AskForActivity((activity["filters"] or "").strip()[:200])
    if archive := _ARCHIVE.fullmatch(words):
        return AskForArchive((archive["query"] or "").strip()[:_LONGEST])
    if words.lower() in _COUPLED:
        return AskForCoupled()
    if status := _STATUS.fullmatch(words):
        return AskForStatus((status["mapping"] or "").strip().strip(_QUOTES).strip()[:_LONGEST])
    if words.lower() in _RULES:
        return AskForRules()
    if doctor := _DOCTOR.fullmatch(words):
        return AskForDoctor(bool(doctor["all"]))
    if " ".join(words.lower().split()) in _RETRY_FIXED:
        return AskToRetryFixed()
    if forget := _FORGET.fullmatch(words):
        return AskToForget(forget["whom"].strip().strip(_QUOTES).strip()[:200])
    if words.lower() in _WORDS:
        return AskForHelp()
    near = difflib.get_close_matches(words.lower()[:40], list(_WORDS), n=1, cutoff=_TYPO)
    if near:
        return AskForHelp(unknown=words, nearest=f"{COMMAND} {_WORDS[near[0]]}")
    return AskToFind(query_of(words))


def _are_filters(typed: str | None) -> bool:
    """``activity by:me`` asks for the activity; ``activity party`` is searched for."""
    return not typed or not typed.strip() or ":" in typed.split()[0]

"""What narrows a question: filters as they were typed, and what they mean for one connection.

A filter that is not understood is a failure that names what there is, and the nearest.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from bot.clock import Clock
from bot.dataclass import dataclass
from bot.diagnosis import Catalogue, Fixer
from bot.failures import FilterUnknown, FilterValueUnknown
from bot.operations.knowledge import Knowledge
from bot.store import Database
from bot.store.search import Kinds, Narrowing
from bot.store.search_problems import NarrowedProblems
from bot.store.values import Scope

_OFFERED: Final = 12
"""Values that a correction names."""
_AGE: Final = re.compile(r"([0-9]{1,4})\s*(h|u|d|w|m)")
_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_UNITS: Final = {"h": timedelta(hours=1), "u": timedelta(hours=1), "d": timedelta(days=1)} | {
    "w": timedelta(weeks=1),
    "m": timedelta(days=30),
}
_DAYS: Final = {"today": 0, "vandaag": 0, "yesterday": 1, "gisteren": 1}
_SINCE: Final = ("24h", "7d", "2w", "2026-03-01")
_FIXERS: Final = {
    "user": Fixer.USER,
    "owner": Fixer.USER,
    "gebruiker": Fixer.USER,
    "eigenaar": Fixer.USER,
    "admin": Fixer.ADMIN,
    "administrator": Fixer.ADMIN,
    "beheerder": Fixer.ADMIN,
    "wait": Fixer.WAIT,
    "wachten": Fixer.WAIT,
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What was typed behind each filter's name; None where it was not."""

    class_code: str | None = None
    fixer: str | None = None
    mapping: str | None = None
    since: str | None = None

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) is not None for field in fields(self))


NO_FILTERS: Final = Filters()


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for."""

    typed: str
    """All of it, for asking again."""
    text: str = ""
    filters: Filters = NO_FILTERS
    strange: str | None = None
    """The name of a filter that there is not."""


NAMES: Final = {"class_code": "class", "fixer": "fixer", "mapping": "mapping", "since": "since"}
"""How each filter is typed, by its field of ``Filters``."""


@dataclass(frozen=True, slots=True)
class Applied:
    """A filter as it was understood."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the filters of a query say."""

    narrowing: Narrowing
    applied: tuple[Applied, ...]


@dataclass(frozen=True, slots=True)
class Understanding:
    """Gives filters their meaning."""

    database: Database
    knowledge: Knowledge
    clock: Clock

    @property
    def catalogue(self) -> Catalogue:
        """What is known now, with what people taught."""
        return self.knowledge.catalogue

    async def of(self, scope: Scope, query: Query) -> Meaning:
        """What the filters of a query leave. Raises FilterUnknown, FilterValueUnknown."""
        if query.strange is not None:
            known = NAMES.values()
            raise FilterUnknown(
                name=query.strange,
                nearest=nearest(query.strange, known),
                known=_listed(f"{one}:" for one in known),
            )
        narrowing, applied = Narrowing(), list[Applied]()
        if query.filters.class_code is not None or query.filters.fixer is not None:
            kinds = await NarrowedProblems(self.database).kinds(scope)
            if query.filters.class_code is not None:
                kinds = Kinds(frozenset(self._of_class(kinds, query.filters.class_code)))
                applied.append(Applied(NAMES["class_code"], query.filters.class_code.strip().casefold()))
            if query.filters.fixer is not None:
                fixer = _fixer(query.filters.fixer)
                kinds = Kinds(frozenset(self._of_fixer(kinds, fixer)))
                applied.append(Applied(NAMES["fixer"], fixer.value))
            narrowing = replace(narrowing, kinds=kinds)
        if query.filters.mapping is not None:
            mapping = await self._mapping(scope, query.filters.mapping)
            narrowing = replace(narrowing, mapping=mapping)
            applied.append(Applied(NAMES["mapping"], mapping))
        if query.filters.since is not None:
            since = since_day(query.filters.since, self.clock.now())
            narrowing = replace(narrowing, since=since)
            applied.append(Applied(NAMES["since"], since.isoformat()))
        return Meaning(narrowing, tuple(applied))

    def _of_class(self, kinds: Kinds, typed: str) -> Iterator[tuple[str, str]]:
        """A class by its code, by the family before the dot, or by the name behind it."""
        wanted = typed.strip().casefold()
        codes = {
            code
            for code in self.catalogue.classes
            if wanted in {code.casefold(), *code.casefold().split(".")}
        }
        if not codes:
            families = sorted({code.partition(".")[0] for code in self.catalogue.classes})
            names = [*families, *self.catalogue.classes, *(_last(code) for code in self.catalogue.classes)]
            raise FilterValueUnknown(
                name=NAMES["class_code"], value=typed, nearest=nearest(wanted, names), known=_listed(families)
            )
        return ((code, topic) for code, topic in kinds.pairs if code in codes)

    def _of_fixer(self, kinds: Kinds, fixer: Fixer) -> Iterator[tuple[str, str]]:
        for code, topic in kinds.pairs:
            error_class = self.catalogue.classes.get(code)
            if error_class is not None and error_class.fixer_for(topic or None) is fixer:
                yield code, topic

    async def _mapping(self, scope: Scope, typed: str) -> str:
        names = await NarrowedProblems(self.database).mappings(scope)
        wanted = typed.strip().casefold()
        for name in names:
            if name.casefold() == wanted:
                return name
        raise FilterValueUnknown(
            name=NAMES["mapping"], value=typed, nearest=nearest(wanted, names), known=_listed(names)
        )


def _fixer(typed: str) -> Fixer:
    fixer = _FIXERS.get(typed.strip().casefold())
    if fixer is None:
        raise FilterValueUnknown(
            name=NAMES["fixer"],
            value=typed,
            nearest=nearest(typed, _FIXERS),
            known=_listed(one.value for one in Fixer),
        )
    return fixer


def since_day(typed: str, now: datetime) -> date:
    """The first day (UTC) of ``7d``, ``24h``, ``2w``, ``2026-03-01`` or ``yesterday``.

    Errors are counted by day, so hours reach back to the beginning of their day. Raises FilterValueUnknown.
    """
    word = typed.strip().casefold()
    at = now.astimezone(UTC)
    if word in _DAYS:
        return at.date() - timedelta(days=_DAYS[word])
    if age := _AGE.fullmatch(word):
        ago = int(age[1]) * _UNITS[age[2]]
        beginning = datetime.min.replace(tzinfo=UTC)
        return (at - min(ago, at - beginning)).date()
    if day := _DATE.fullmatch(word):
        try:
            return date(int(day[1]), int(day[2]), int(day[3]))
        except ValueError:
            pass
    raise FilterValueUnknown(name=NAMES["since"], value=typed, nearest="", known=_listed(_SINCE))


def nearest(typed: str, known: Iterable[str]) -> str:
    """The known word that looks most like what was typed; empty where none does."""
    by_fold = {word.casefold(): word for word in known}
    close = difflib.get_close_matches(typed.strip().casefold()[:60], by_fold, n=1, cutoff=0.6)
    return by_fold[close[0]] if close else ""


def _listed(words: Iterable[str]) -> str:
    listed: Sequence[str] = list(words)
    more = ", …" if len(listed) > _OFFERED else ""
    return ", ".join(listed[:_OFFERED]) + more


def _last(code: str) -> str:
    return code.rpartition(".")[2]

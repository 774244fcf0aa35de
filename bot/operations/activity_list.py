"""The activity as people ask for it: by whom, since when, a page of it or all of it as a file."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, date, datetime, time
from typing import Final

from bot.dataclass import dataclass
from bot.failures import FilterUnknown, FilterValueUnknown, NotFound, RightsUnknown
from bot.operations.activity import Activity, ActivityPage, Deed
from bot.operations.actors import THE_BOT, Actor, From, slack_user
from bot.operations.ask import Ask
from bot.operations.filters import nearest, since_day
from bot.operations.rights import Act, People
from bot.operations.views import ConnectionView, ProblemLine
from bot.store import Problems
from bot.store.activity import ActivityLines, Line, Subject, Wanted
from bot.store.outbox import Outbox, Place, Told
from bot.store.values import Scope

_FILTERS: Final = {"by": "by", "door": "by", "since": "since", "sinds": "since"}
_KNOWN: Final = "by:, since:"
_PIECE: Final = re.compile(r'(?P<name>\w{2,20}):(?P<value>"[^"]*"|<[^>]*>|\S*)|(?P<other>\S+)')
_MENTION: Final = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_USER: Final = re.compile(r"[UW][A-Z0-9]{5,30}")
_ME: Final = frozenset({"me", "mij", "@me"})
_BOT: Final = frozenset({"bot", "@bot"})
_OFFERED: Final = 8


@dataclass(frozen=True, slots=True)
class ActivityView:
    """Answer of ``/syncerrors activity``."""

    connection: ConnectionView
    list: ActivityPage
    problems: Mapping[str, ProblemLine]
    """By id: those of the lines that are about a problem that is still kept."""
    typed: str
    """The filters, for asking again."""
    person: Actor | None
    since: date | None


@dataclass(frozen=True, slots=True)
class ActivityFile:
    """What a file shall hold: the subject of its message in the outbox."""

    wanted: Wanted
    asked_at: datetime

    @property
    def subject(self) -> str:
        """All of it as text."""
        since = "" if self.wanted.since is None else self.wanted.since.isoformat()
        return "|".join(("activity", self.asked_at.isoformat(), since, self.wanted.actor))

    @classmethod
    def parse(cls, subject: str) -> ActivityFile | None:
        """Read it again; None for the subject of another file."""
        kind, _, rest = subject.partition("|")
        asked_at, _, rest = rest.partition("|")
        since, _, actor = rest.partition("|")
        if kind != "activity":
            return None
        day = datetime.fromisoformat(since) if since else None
        return cls(Wanted(actor=actor, since=day), datetime.fromisoformat(asked_at))


@dataclass(frozen=True, slots=True)
class ActivityList:
    """Understands what was typed, and reads."""

    activity: Activity
    ask: Ask
    people: People

    async def show(self, scope: Scope, asker: Actor, typed: str, number: int = 0) -> ActivityView:
        """A page. Raises FilterUnknown, FilterValueUnknown, RightsUnknown where Slack tells no names."""
        person, since = await self.understood(scope, asker, typed)
        page = await self.activity.page(scope, _wanted(person, since), number)
        return ActivityView(
            connection=await self.ask.connection(scope),
            list=page,
            problems=await self._problems(scope, page),
            typed=typed,
            person=person,
            since=since,
        )

    async def all(self, scope: Scope, asker: Actor, typed: str) -> AsyncIterator[Line]:
        """Every line that the filters leave, newest first; raises as ``show``."""
        person, since = await self.understood(scope, asker, typed)
        return self.activity.all(scope, _wanted(person, since))

    async def ask_for_file(self, scope: Scope, asker: Actor, typed: str, language: str) -> None:
        """Have all that the filters leave sent to a person in Slack, as a file; raises as ``show``."""
        person, since = await self.understood(scope, asker, typed)
        at = self.activity.clock.now()
        wanted = _wanted(person, since)
        subject = ActivityFile(wanted, at).subject
        async with self.activity.database.writing() as transaction:
            place = Place(asker.id, language=language, asked_by=asker.id)
            await Outbox(transaction, scope, at).post(Told.EXPORT, subject, place, actor=str(asker))
            key = f"{Act.ACTIVITY_EXPORT}:{asker}:{at.isoformat()}"
            await self.activity.write(transaction, scope, Deed(key, asker, Act.ACTIVITY_EXPORT))

    async def understood(self, scope: Scope, asker: Actor, typed: str) -> tuple[Actor | None, date | None]:
        """By whom, and from which day (UTC) on; raises as ``show``."""
        person: Actor | None = None
        since: date | None = None
        for piece in _PIECE.finditer(typed):
            name = _FILTERS.get((piece["name"] or "").casefold())
            value = (piece["value"] or "").strip('"').strip()
            if name is None:
                strange = piece["name"] or piece["other"]
                raise FilterUnknown(name=strange, nearest=nearest(strange, _FILTERS), known=_KNOWN)
            if name == "by":
                person = await self._person(scope, asker, value)
            else:
                since = since_day(value, self.activity.clock.now())
        return person, since

    async def _person(self, scope: Scope, asker: Actor, typed: str) -> Actor:
        """Somebody who did something: by mention, id or name; ``me``, ``bot``, ``shell:account``."""
        if mentioned := _MENTION.fullmatch(typed):
            return slack_user(mentioned[1])
        if _USER.fullmatch(typed):
            return slack_user(typed)
        word = typed.casefold()
        if word in _ME:
            return asker
        if word in _BOT:
            return THE_BOT
        named = await self._named(scope)
        for name, actor in named.items():
            if name.casefold() == word.removeprefix("@"):
                return actor
        shown = [f"@{name}" for name in named]
        raise FilterValueUnknown(
            name="by", value=typed, nearest=nearest(typed, shown), known=", ".join(shown[:_OFFERED])
        )

    async def _named(self, scope: Scope) -> dict[str, Actor]:
        """Everybody who did something, by every name; those whom Slack does not know by their id."""
        named: dict[str, Actor] = {}
        for text in sorted(await ActivityLines(self.activity.database).actors(scope)):
            actor = Actor.parse(text)
            names: tuple[str, ...] = ()
            if actor.place is From.SLACK:
                try:
                    names = await self.people.names(actor.id)
                except RightsUnknown:
                    names = (actor.id,)
            elif actor.place is From.SHELL:
                names = (str(actor), actor.id)
            for name in names:
                named.setdefault(name, actor)
        return named

    async def _problems(self, scope: Scope, page: ActivityPage) -> dict[str, ProblemLine]:
        found: dict[str, ProblemLine] = {}
        for line in page.lines:
            if line.subject_kind is Subject.PROBLEM and line.subject not in found:
                try:
                    row = await Problems(self.activity.database).get(scope, line.subject)
                except NotFound:
                    continue
                found[line.subject] = self.ask.line(row)
        return found


def _wanted(person: Actor | None, since: date | None) -> Wanted:
    return Wanted(
        actor=str(person) if person is not None else "",
        since=None if since is None else datetime.combine(since, time(), UTC),
    )

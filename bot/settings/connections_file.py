"""Several connections from one TOML file: ``CONNECTIONS_FILE``.

Everything that is wrong in it is told at once, each line with the file, the line where it is cheap to know,
the connection and the key.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import tomli

from bot.dataclass import dataclass
from bot.failures import SettingsInvalid
from bot.settings.connections import ConnectionSettings
from bot.settings.entries import Surroundings, connection_of, content_of
from bot.settings.roles import USUAL_ROLES, RoleSettings

LARGEST_FILE = 1024 * 1024
"""Bytes: some thousands of connections."""

_TABLE = "connection"
_HEADER = re.compile(r"\s*\[\[\s*\"?connection\"?\s*\]\]")


def read_connections(
    path: Path, variables: Mapping[str, str], roles: RoleSettings = USUAL_ROLES
) -> tuple[ConnectionSettings, ...]:
    """The connections in the order of the file, at least one.

    ``variables`` is the environment, for secrets named by ``secret_env``; ``roles`` holds for connections
    that name nobody themselves. Raises SettingsInvalid with every problem; no value of the file is repeated
    in them but names of connections.
    """
    text = _text_of(path)
    entries = _entries_of(path, text)
    places = _places_in(text, len(entries))
    problems: list[_Problem] = []
    found: list[tuple[_Place, ConnectionSettings]] = []
    around = Surroundings(path.parent, variables, roles)
    for place, entry in zip(places, entries, strict=True):

        def complain(key: str, what: str, place: _Place = place, entry: object = entry) -> None:
            problems.append(_Problem(place, key, f"{_called(entry, place)}: {_shown(key)}: {what}"))

        connection = connection_of(entry, around, complain) if isinstance(entry, dict) else None
        if connection is not None:
            found.append((place, connection))
        elif not isinstance(entry, dict):
            complain(_TABLE, "must be a table, written under [[connection]]")
    problems += _doubles(found)
    if problems:
        problems.sort(key=lambda problem: (problem.place.number, problem.place.line_of(problem.key)))
        raise SettingsInvalid(tuple(f"{path}{problem.where}: {problem.words}" for problem in problems))
    return tuple(connection for _, connection in found)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an entry stands; ``lines`` is empty where nobody knows."""

    number: int
    """From 1."""
    lines: tuple[str, ...] = ()
    first: int = 0
    """Number of the first of them."""

    def line_of(self, key: str) -> int:
        """The line of the key or else of the entry; 0 where nobody knows."""
        if not self.lines:
            return 0
        written = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=")
        offset = next((index for index, line in enumerate(self.lines) if written.match(line)), 0)
        return self.first + offset


@dataclass(frozen=True, slots=True)
class _Problem:
    """What is wrong with a key of an entry."""

    place: _Place
    key: str
    words: str

    @property
    def where(self) -> str:
        line = self.place.line_of(self.key)
        return f":{line}" if line else ""


def _text_of(path: Path) -> str:
    try:
        return content_of(path, LARGEST_FILE).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsInvalid(
            (f"CONNECTIONS_FILE: {path}: must be UTF-8 text (it is not at byte {error.start:,})",)
        ) from None
    except ValueError as error:
        raise SettingsInvalid((f"CONNECTIONS_FILE: {path}: {error}",)) from None


def _entries_of(path: Path, text: str) -> Sequence[object]:
    try:
        content = tomli.loads(text)
    except RecursionError:
        raise SettingsInvalid((f"CONNECTIONS_FILE: {path}: is no TOML: nested too deeply",)) from None
    except ValueError as error:
        # Of tomli's words only the place: the rest may quote what stands there.
        place = re.search(r"\(at (line \d+, column \d+|end of document)\)", str(error))
        where = f" (see {place[1]})" if place else ""
        raise SettingsInvalid((f"CONNECTIONS_FILE: {path}: is no TOML{where}",)) from None
    problems = [_unknown_table(path, key) for key in content if key != _TABLE]
    entries = content.get(_TABLE, [])
    if not isinstance(entries, list):
        problems.append(f"{path}: {_TABLE}: must be written with two brackets, [[connection]]")
    elif not entries and not problems:
        problems.append(f"{path}: holds no [[connection]]")
    if problems:
        raise SettingsInvalid(tuple(problems))
    return list(entries)


def _unknown_table(path: Path, key: str) -> str:
    near = difflib.get_close_matches(key.lower()[:60], [_TABLE], n=1, cutoff=0.6)
    return f"{path}: {_shown(key)}: unknown{'; did you mean [[connection]]?' if near else ''}"


def _shown(key: str) -> str:
    return key if key.isprintable() and 0 < len(key) <= 60 else "a key"


def _places_in(text: str, count: int) -> list[_Place]:
    """Lines of each entry, found by their headers; without lines where the file is written otherwise."""
    lines = text.splitlines()
    starts = [index for index, line in enumerate(lines) if _HEADER.match(line)]
    if len(starts) != count:
        return [_Place(number + 1) for number in range(count)]
    ends = [*starts[1:], len(lines)]
    return [
        _Place(number + 1, tuple(lines[start:end]), start + 1)
        for number, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]


def _called(entry: object, place: _Place) -> str:
    """The connection's name where it has one that can be shown."""
    name = entry.get("name") if isinstance(entry, dict) else None
    if isinstance(name, str) and name.strip() and name.isprintable() and len(name) <= 60:
        return name.strip()
    return f"connection {place.number}"


def _doubles(found: Sequence[tuple[_Place, ConnectionSettings]]) -> list[_Problem]:
    """Names are compared as people type them; companies by where they are, not by who signs in to them."""
    problems = []
    names: dict[str, _Place] = {}
    companies: dict[tuple[str, ...], str] = {}
    for place, connection in found:
        before = names.setdefault(connection.name.casefold(), place)
        if before is not place:
            line = before.line_of("name")
            told = f"in line {line}" if line else f"by connection {before.number}"
            problems.append(_Problem(place, "name", f"{connection.name}: name: is used {told} already"))
        company = (
            connection.base_url or "",
            (connection.tenant or "") if connection.environment is not None else "",
            (connection.environment or "").lower(),
            (connection.server_tenant or "").lower(),
            connection.company_id,
        )
        other = companies.setdefault(company, connection.name)
        if other is not connection.name:
            words = f"{connection.name}: company_id: is the company of {other} already"
            problems.append(_Problem(place, "company_id", words))
    return problems

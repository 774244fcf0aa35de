"""Cutting one page out of an entity set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Generic
from urllib.parse import quote, urlencode

from bot.simulator.businesscentral.faults import NextLinkForm
from bot.simulator.businesscentral.filters import Row, Value
from bot.simulator.businesscentral.queries import Cursor, Query

FOREIGN_HOST = "collector.invalid"


@dataclass(frozen=True, slots=True)
class Source(Generic[Row]):
    """Rows of an entity set. ``rows(above)`` yields, rising, those whose ``rises_by`` field exceeds
    ``above``."""

    rows: Callable[[int], Iterable[Row]]
    rises_by: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page; ``following`` is where the next one begins."""

    rows: tuple[Row, ...]
    count: int | None
    following: Cursor | None


def take_page(source: Source[Row], query: Query[Row]) -> Page[Row]:
    """The rows that the query asks for, at most one page of them."""
    remaining = query.cursor.remaining if query.cursor else query.top
    size = query.page_size if remaining is None else min(query.page_size, remaining)
    found = list(islice(_ordered(source, query), size + 1))
    rows = tuple(found[:size])
    left = None if remaining is None else remaining - len(rows)
    following = None
    if len(found) > size and left != 0:
        following = Cursor(tuple(read(rows[-1]) for read, _ in _sort_keys(query)), left)
    return Page(rows, _count(source, query) if query.count else None, following)


def _ordered(source: Source[Row], query: Query[Row]) -> Iterator[Row]:
    keys = _sort_keys(query)
    first, descending = query.order[0]
    rises = first.name == source.rises_by and not descending
    above = _lower_bound(source, query)
    cursor = query.cursor
    if rises and cursor is not None:
        above = max(above, int(cursor.after[0]))
    matching = _matching(source, query, above)
    if cursor is not None:
        position = cursor.after
        matching = (row for row in matching if _is_behind(row, position, keys))
    if rises:
        return matching
    rows = list(matching)
    for read, backwards in reversed(keys):
        rows.sort(key=read, reverse=backwards)
    return iter(rows)


def _matching(source: Source[Row], query: Query[Row], above: int) -> Iterator[Row]:
    rows = source.rows(above)
    if query.filter is None:
        return iter(rows)
    return filter(query.filter.matches, rows)


def _count(source: Source[Row], query: Query[Row]) -> int:
    return sum(1 for _ in _matching(source, query, _lower_bound(source, query)))


def _lower_bound(source: Source[Row], query: Query[Row]) -> int:
    bounds = query.filter.lower_bounds if query.filter else ()
    return max((bound for name, bound in bounds if name == source.rises_by), default=-1)


def _sort_keys(query: Query[Row]) -> tuple[tuple[Callable[[Row], Value], bool], ...]:
    return tuple((field.stored, descending) for field, descending in query.order if field.stored is not None)


def _is_behind(
    row: Row, position: tuple[Value, ...], keys: tuple[tuple[Callable[[Row], Value], bool], ...]
) -> bool:
    for (read, descending), reached in zip(keys, position, strict=True):
        value = read(row)
        if value != reached:
            return bool(value > reached) != descending
    return False


def next_link(address: str, options: list[tuple[str, str]], token: str, form: NextLinkForm) -> str:
    """The link to the next page: the same options with a new ``$skiptoken``.

    ``address`` is absolute and without a query.
    """
    kept = [(name, value) for name, value in options if name != "$skiptoken"]
    query = urlencode([*kept, ("$skiptoken", token)], quote_via=quote, safe="$,()'")
    if form is NextLinkForm.PATH:
        return f"/{address.split('/', 3)[3]}?{query}"
    if form is NextLinkForm.SEGMENT:
        return f"{address.rsplit('/', 1)[1]}?{query}"
    return f"{address}?{query}"


def on_foreign_host(link: str) -> str:
    """The same link on a host that is nobody's."""
    return f"https://{FOREIGN_HOST}/{link.split('/', 3)[-1]}" if "://" in link else f"//{FOREIGN_HOST}/{link}"

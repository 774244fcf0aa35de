"""``syncerrors status``: how the synchronization goes, as text; every mapping, page after page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from rich.console import Console

from bot.app import Core
from bot.cards.links import Links
from bot.cards.markup import Markup, bold, dotted
from bot.cards.status import about_lines, mapping_lines
from bot.cards.status_notes import (
    age_words,
    connection_lines,
    misleading_words,
    unknown_words,
    verdict_words,
)
from bot.cards.status_words import between_words, job_words, name_words
from bot.cards.texts import Texts
from bot.cli.worlds import Opening
from bot.operations.status import Look, MappingView, StatusView
from bot.settings import WORKSPACE
from bot.store.values import Scope

ENGLISH = Texts.for_locale("en-US")
FINE, ATTENTION = 0, 1
"""Exit codes."""


async def tell_status(opening: Opening, name: str | None, mapping: str, console: Console) -> int:
    """Print it; raises ConnectionUnknown, MappingUnknown. 1 where something needs attention."""
    code = FINE
    async with opening as world:
        core = world.core
        for key in list(core.connections) if name is None else [core.selection.named(name)]:
            scope = Scope(WORKSPACE, key)
            if mapping:
                view = await core.status.of_mapping(scope, mapping, Look.NOW)
                _print(console, view.connection.name or view.connection.display_name or key, _one(view))
                code = max(code, ATTENTION if view.status.in_trouble else FINE)
                continue
            pages = [page async for page in _pages(core, scope)]
            first = pages[0]
            _print(console, first.connection.name or first.connection.display_name or key, _all(pages))
            in_doubt = first.trouble or first.is_off or any(note.failure_key for note in first.parts)
            code = max(code, ATTENTION if in_doubt else FINE)
    return code


async def _pages(core: Core, scope: Scope) -> AsyncIterator[StatusView]:
    """All pages; Business Central is asked for the first."""
    view = await core.status.show(scope, look=Look.NOW)
    yield view
    for page in range(1, view.pages):
        yield await core.status.show(scope, page)


def _all(pages: list[StatusView]) -> Iterator[str]:
    first = pages[0]
    for line in connection_lines(first, Links(first.connection), ENGLISH):
        yield str(line)
    yield str(verdict_words(first, ENGLISH))
    lines = tuple(line for page in pages for line in page.lines)
    for one in lines:
        yield ""
        yield str(dotted((bold(name_words(one)), between_words(one.mapping, ENGLISH))))
        yield from (f"  {line}" for line in map(str, mapping_lines(one, ENGLISH)) if line)
    yield ""
    yield from map(str, misleading_words(lines, first, ENGLISH))
    yield from _rest((*unknown_words(first.parts, ENGLISH), age_words(first.parts, ENGLISH)))


def _one(view: MappingView) -> Iterator[str]:
    yield str(name_words(view.status))
    yield from (f"  {line}" for line in map(str, mapping_lines(view.status, ENGLISH)) if line)
    yield ""
    yield from (f"  {job_words(job, ENGLISH)}" for job in view.last_jobs)
    yield from (f"  {line}" for line in about_lines(view, ENGLISH))
    yield ""
    yield from map(str, misleading_words((view.status,), None, ENGLISH))
    yield from _rest((*unknown_words(view.parts, ENGLISH), age_words(view.parts, ENGLISH)))


def _rest(words: tuple[Markup, ...]) -> Iterator[str]:
    yield from (str(one) for one in words if one)


def _print(console: Console, heading: str, lines: Iterator[str]) -> None:
    console.print(f"{heading}:", markup=False, highlight=False)
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)

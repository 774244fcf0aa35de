"""In which order problems are to be fixed: the words in a list, the chain in the details."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.cards import blocks
from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.limits import Block, Importance, Part
from bot.cards.links import Links
from bot.cards.markup import EMPTY, Markup, bold, dotted, lines, own, sentence
from bot.cards.problem_line import problem_title
from bot.cards.record_names import record_words
from bot.cards.texts import Texts, digits
from bot.operations.views import ChainLink, Freed, ProblemDetail, ProblemLine, RealCause

_ALTERNATIVES: Final = 2
"""Records that a person can look at; of more, the text said too little to name them."""


def order_words(line: ProblemLine, texts: Texts) -> Markup:
    """What a problem frees, or what it waits for; empty for one that stands alone."""
    if line.stops_everything:
        return bold(texts.gettext("Nothing is synchronized until this is solved."))
    if line.frees.problems and line.comes_first:
        return bold(_first(line.frees, texts))
    if line.waits_for is not None:
        title = problem_title(line.waits_for, texts)
        if line.waits_certainly:
            return texts.gettext("Waits for: {title}", title=title)
        return texts.gettext("May wait for: {title}", title=title)
    return freed_words(line.frees, texts)


def freed_words(freed: Freed, texts: Texts) -> Markup:
    """What a fix sets free; empty where nothing waits."""
    if not freed.problems:
        return EMPTY
    errors, problems = _counted(freed, texts)
    if freed.certain:
        return texts.gettext("Fixing this frees {errors} in {problems}.", errors=errors, problems=problems)
    return texts.gettext("Fixing this frees up to {errors} in {problems}.", errors=errors, problems=problems)


def _first(freed: Freed, texts: Texts) -> Markup:
    errors, problems = _counted(freed, texts)
    if freed.certain:
        return texts.gettext(
            "Fix this first: it frees {errors} in {problems}.", errors=errors, problems=problems
        )
    return texts.gettext(
        "Fix this first: it frees up to {errors} in {problems}.", errors=errors, problems=problems
    )


def _counted(freed: Freed, texts: Texts) -> tuple[Markup, Markup]:
    return (
        texts.ngettext("{n} error", "{n} errors", freed.errors),
        texts.ngettext("{n} problem", "{n} problems", freed.problems),
    )


def chain_parts(
    view: ProblemDetail, links: Links, texts: Texts, opened: ButtonValue | None = None
) -> list[Part]:
    """The chain in the order of fixing, with a way to each problem in it, and what follows."""
    query = None if opened is None else opened.query
    value = ButtonValue(connection=view.connection.key, query=query)
    before = [*_before(view, value, links, texts)]
    parts = []
    if before:
        heading = blocks.section(bold(texts.gettext("In this order")))
        this = blocks.section(_numbered(len(before) + 1, _this(view, links, texts), texts))
        parts.append(Part((heading, *before, this)))
    if view.chain.followers:
        frees = sentence((bold(texts.gettext("What waits for this")), freed_words(view.line.frees, texts)))
        parts.append(Part((blocks.section(frees), *_after(view, value, texts)), Importance.NORMAL))
    return parts


def real_cause_part(cause: RealCause | None, connection: str, links: Links, texts: Texts) -> list[Part]:
    """The row of the same minute that holds the real cause, and the way to it."""
    if cause is None:
        return []
    number = texts.gettext("No. {number}", number=digits(cause.number))
    told = texts.gettext(
        "The real cause is in error {number} of the same minute: {title}.",
        number=number,
        title=problem_title(cause.line, texts),
    )
    spoken = texts.gettext("Details: {title}", title=number)
    value = ButtonValue(connection=connection, number=cause.number)
    button = Button(texts.gettext("Real cause"), Action.ERROR_SHOW, value, spoken)
    words = lines((bold(told), record_words(cause.record, links, texts)))
    return [Part((blocks.section(words, button),), Importance.ESSENTIAL)]


def _before(view: ProblemDetail, value: ButtonValue, links: Links, texts: Texts) -> Iterator[Block]:
    """What is to be fixed before the problem, the root cause first."""
    chain = view.chain
    place = 1
    records = [record_words(record, links, texts) for record in chain.awaited[:_ALTERNATIVES]]
    if records and len(chain.awaited) <= _ALTERNATIVES:
        record = (
            records[0]
            if len(records) == 1
            else texts.gettext("{one} or {other}", one=records[0], other=records[1])
        )
        told = texts.gettext("{record}: couple this one first. No error about it is known.", record=record)
        yield blocks.section(_numbered(place, told, texts))
        place += 1
    for link in chain.links:
        yield _entry(link.line, value, _numbered(place, _linked(link, links, texts), texts), texts)
        place += 1
    if chain.left_out:
        yield blocks.context(
            texts.ngettext("{n} more problem in between", "{n} more problems in between", chain.left_out)
        )


def _linked(link: ChainLink, links: Links, texts: Texts) -> Markup:
    title = problem_title(link.line, texts)
    record = record_words(link.record, links, texts)
    named = texts.gettext("{record}: {title}", record=record, title=title) if record else title
    errors = texts.ngettext("{n} error", "{n} errors", link.line.count)
    doubt = EMPTY if link.certain else texts.gettext("it is not certain that the next one waits for it")
    return dotted((named, errors, doubt))


def _this(view: ProblemDetail, links: Links, texts: Texts) -> Markup:
    if view.records_total > 1:
        records = texts.ngettext("{n} record", "{n} records", view.records_total)
    else:
        records = record_words(view.line.example_record, links, texts)
    if not records:
        return bold(texts.gettext("This problem"))
    this = bold(texts.gettext("this problem"))
    return texts.gettext("{record}: {title}", record=records, title=this)


def _after(view: ProblemDetail, value: ButtonValue, texts: Texts) -> Iterator[Block]:
    for follower in view.chain.followers:
        errors = texts.ngettext("{n} error", "{n} errors", follower.count)
        words = dotted((sentence((own("•"), problem_title(follower, texts))), errors))
        yield _entry(follower, value, words, texts)
    if more := view.chain.more_followers:
        yield blocks.context(texts.ngettext("and {n} more problem", "and {n} more problems", more))


def _entry(line: ProblemLine, value: ButtonValue, words: Markup, texts: Texts) -> Block:
    spoken = texts.gettext("Details: {title}", title=problem_title(line, texts))
    to = value.model_copy(update={"problem": line.id})
    return blocks.section(words, Button(texts.gettext("Details"), Action.PROBLEM_SHOW, to, spoken))


def _numbered(place: int, words: Markup, texts: Texts) -> Markup:
    return texts.gettext("{place}. {what}", place=digits(place), what=words)

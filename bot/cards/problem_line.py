"""How a problem is called, on every card that names one."""

from __future__ import annotations

import re
from typing import Final

from bot.cards.dates import day, moment
from bot.cards.facts import fixer_words
from bot.cards.filling import title
from bot.cards.markup import EMPTY, Markup, dotted
from bot.cards.outside import Outside
from bot.cards.texts import Texts
from bot.diagnosis.model import Fixer
from bot.operations.views import ProblemLine

MASKED: Final = 100
"""Characters of an unknown text in a title."""

_HOLE: Final = re.compile(r"<(?:guid|url|mail|quoted|date|number|key)>")
"""Where ``bot.diagnosis.masking`` took out what differs between the errors of one problem."""


def problem_title(line: ProblemLine, texts: Texts) -> Markup:
    """What is wrong; an unknown or a taught text by the words that its errors share."""
    name = title(line.error_class.title_for(line.params), line.params, texts)
    if masked := Outside(_HOLE.sub("…", line.masked)).short(MASKED):
        return texts.gettext("{title}: {text}", title=name, text=masked)
    return name


def fixer_of(line: ProblemLine) -> Fixer:
    """Who ends it."""
    return line.error_class.fixer_for(line.topic)


def problem_figures(line: ProblemLine, texts: Texts) -> Markup:
    """Who fixes it, how many errors, how many of them are gone, since when."""
    return dotted(
        (
            fixer_words(fixer_of(line), texts),
            texts.ngettext("{n} error", "{n} errors", line.count),
            gone_words(line, texts),
            seen_words(line, texts),
        )
    )


def gone_words(line: ProblemLine, texts: Texts) -> Markup:
    """How much of the problem Business Central no longer has; empty where it has all."""
    if line.gone <= 0:
        return EMPTY
    if line.gone >= line.count:
        return texts.gettext("no longer in Business Central (retention or purged there)")
    return texts.gettext("{gone} no longer in Business Central", gone=texts.number(line.gone))


def seen_words(line: ProblemLine, texts: Texts) -> Markup:
    """When it was first and last seen."""
    if line.first_seen == line.last_seen:
        return texts.gettext("seen {time}", time=moment(line.last_seen))
    return texts.gettext(
        "since {first}, last seen {last}", first=day(line.first_seen), last=moment(line.last_seen)
    )

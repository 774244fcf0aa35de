"""How old the bot's knowledge is, and why: a line or two on every card that shows stored errors."""

from __future__ import annotations

from bot.cards.dates import moment
from bot.cards.failure import failure_words
from bot.cards.markup import EMPTY, Markup, bold, sentence
from bot.cards.texts import Texts
from bot.operations.views import Freshness
from bot.store.values import Finding


def freshness_words(freshness: Freshness, texts: Texts) -> Markup:
    """When Business Central was last read, and how far the reading under way is."""
    return sentence((_last_read(freshness, texts), reading_words(freshness, texts)))


def finding_words(freshness: Freshness, texts: Texts) -> Markup:
    """What the numbers in Business Central say of the whole connection; empty where all is as usual."""
    match freshness.finding:
        case Finding.RESTORED:
            return texts.gettext(
                "Business Central gives numbers again that the bot knows: the environment was restored or "
                "copied. What was read before is kept."
            )
        case Finding.NEWEST_MISSING:
            return texts.gettext(
                "The newest errors that the bot read are no longer in Business Central: somebody deleted "
                "them there, or an earlier state was restored."
            )
        case None:
            return EMPTY


def trouble_words(freshness: Freshness, texts: Texts) -> Markup:
    """What kept the last attempt from reading, who mends it and how; empty where nothing did."""
    if freshness.failure_key is None:
        return EMPTY
    words = failure_words(freshness.failure_key, freshness.failure_facts, texts)
    headline = bold(texts.gettext("⚠️ Not up to date."))
    if freshness.attempted_at is None:
        return sentence((headline, words.what, words.next_step))
    tried = texts.gettext("Last attempt: {time}.", time=moment(freshness.attempted_at))
    return sentence((headline, words.what, words.next_step, tried))


def reading_words(freshness: Freshness, texts: Texts) -> Markup:
    """How far the reading under way is; empty where there is none."""
    if not freshness.reading:
        return EMPTY
    if freshness.rows_read <= 0:
        return texts.gettext("Reading Business Central now.")
    if freshness.rows_expected is None or freshness.rows_expected < freshness.rows_read:
        return texts.ngettext(
            "Reading Business Central now: {n} error so far.",
            "Reading Business Central now: {n} errors so far.",
            freshness.rows_read,
        )
    return texts.ngettext(
        "Reading Business Central now: {read} of about {n} error ({percent}).",
        "Reading Business Central now: {read} of about {n} errors ({percent}).",
        freshness.rows_expected,
        read=freshness.rows_read,
        percent=texts.percent(freshness.rows_read, freshness.rows_expected),
    )


def _last_read(freshness: Freshness, texts: Texts) -> Markup:
    if freshness.read_at is not None:
        return texts.gettext("Last read {time}.", time=moment(freshness.read_at))
    if freshness.reading or freshness.failure_key is not None:
        return EMPTY
    return texts.gettext("Press Refresh to read Business Central for the first time.")

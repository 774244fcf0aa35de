"""``/syncerrors forget``: what there is of somebody, and what was removed."""

from __future__ import annotations

from collections.abc import Iterator

from bot.cards import blocks
from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.card import Card, compose
from bot.cards.limits import Block, Importance, Part
from bot.cards.markup import Markup, bold, code, lines, own, sentence
from bot.cards.outside import Outside
from bot.cards.overview import connection_words
from bot.cards.texts import Texts
from bot.operations.views import ConnectionView
from bot.store.forgetting import Found

_TYPED = 200


def forget_card(found: Found, typed: str, connection: ConnectionView, texts: Texts) -> Card:
    """What would be removed, with the button that does it."""
    whom = code(Outside(typed).short(_TYPED))
    if found.nothing:
        told = texts.gettext("Nothing that is kept tells of {whom}.", whom=whom)
        return compose(told, [Part((blocks.section(told), _where(connection)), Importance.ESSENTIAL)], texts)
    heading = texts.gettext("This is kept of {whom}, and can be removed for good:", whom=whom)
    listed = lines((bold(heading), *_listed(found, texts)))
    value = ButtonValue(connection=connection.key, query=typed)
    remove = Button(texts.gettext("Remove for good"), Action.FORGET_CONFIRM, value)
    warning = texts.gettext("There is no way back. Messages that were posted in Slack stay there.")
    parts = [
        Part((blocks.section(listed),), Importance.ESSENTIAL),
        Part((blocks.section(lines((warning, *_caveats(found, texts)))),), Importance.ESSENTIAL),
        Part((blocks.actions(remove), _where(connection)), Importance.ESSENTIAL),
    ]
    return compose(heading, parts, texts)


def forgotten_card(found: Found, connection: ConnectionView, texts: Texts) -> Card:
    """What was removed; of whom, it does not say any more."""
    if found.nothing:
        told = texts.gettext("There was nothing left to remove.")
        return compose(told, [Part((blocks.section(told), _where(connection)), Importance.ESSENTIAL)], texts)
    heading = texts.gettext("Removed for good:")
    listed = lines((bold(heading), *_listed(found, texts), *_caveats(found, texts)))
    parts = [Part((blocks.section(listed), _where(connection)), Importance.ESSENTIAL)]
    return compose(sentence((heading, _errors(found, texts))), parts, texts)


def report_lines(found: Found, texts: Texts) -> list[str]:
    """The same for a shell."""
    return [str(line) for line in (*_listed(found, texts), *_caveats(found, texts))]


def _listed(found: Found, texts: Texts) -> Iterator[Markup]:
    counted = (
        (found.errors, _errors(found, texts)),
        (found.call_stacks, texts.ngettext("{n} call stack", "{n} call stacks", found.call_stacks)),
        (
            found.problems,
            texts.ngettext(
                "{n} problem that has no other error", "{n} problems that have no other error", found.problems
            ),
        ),
        (
            found.unreadable,
            texts.ngettext(
                "{n} row that the bot could not read",
                "{n} rows that the bot could not read",
                found.unreadable,
            ),
        ),
        (found.couplings, texts.ngettext("{n} coupling", "{n} couplings", found.couplings)),
        (found.jobs, texts.ngettext("log text of {n} job", "log texts of {n} jobs", found.jobs)),
    )
    for count, words in counted:
        if count:
            yield sentence((own("•"), words))


def _errors(found: Found, texts: Texts) -> Markup:
    return texts.ngettext(
        "{n} error, with its records and its words in the search",
        "{n} errors, with their records and their words in the search",
        found.errors,
    )


def _caveats(found: Found, texts: Texts) -> Iterator[Markup]:
    if here := found.errors - found.gone:
        yield texts.ngettext(
            "{n} of these errors is still in Business Central: delete it there too, or it may be read again.",
            "{n} of these errors are still in Business Central: delete them there too, or they may be "
            "read again.",
            here,
        )
    if found.rules:
        yield texts.ngettext(
            "{n} taught rule has these words, too. Withdraw it if it tells of a person.",
            "{n} taught rules have these words, too. Withdraw those that tell of a person.",
            found.rules,
        )


def _where(connection: ConnectionView) -> Block:
    return blocks.context(connection_words(connection))

"""Answer of ``/syncerrors rules``: what people taught, with the way to undo it; and the rules as a file."""

from __future__ import annotations

from typing import Final

from bot.cards import blocks
from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.card import Card, compose
from bot.cards.dates import moment
from bot.cards.failed_rules import actor_words
from bot.cards.form import Form, Modal, Submit
from bot.cards.limits import Block, Importance, Part
from bot.cards.markup import Markup, code, dotted, lines, own, sentence
from bot.cards.outside import Outside
from bot.cards.paging import Pages, page_buttons, page_words
from bot.cards.teach import rule_words, undo_button
from bot.cards.texts import Texts
from bot.diagnosis.taught import Precedence
from bot.operations.teach import RulesView, RuleView

FILE: Final = "taught-rules.toml"
_TEMPLATE: Final = 300
_IMPORT: Final = code(own("syncerrors rules import FILE"))


def rules_card(view: RulesView, texts: Texts) -> Card:
    """One page of rules, the latest first."""
    heading = texts.ngettext("{n} taught rule", "{n} taught rules", view.total)
    at = Pages(view.page, view.pages)
    value = ButtonValue(connection=view.connection.key)
    parts = [Part((blocks.header(heading),), Importance.ESSENTIAL)]
    if page := page_words(at, texts):
        parts.append(Part((blocks.context(page),), Importance.ESSENTIAL))
    parts += [Part(_rule(one, value, texts)) for one in view.rules]
    if not view.rules:
        parts.append(Part((blocks.section(_how_to(texts)),), Importance.ESSENTIAL))
    buttons = page_buttons(at, value, Action.RULES_PREVIOUS, Action.RULES_NEXT, texts)
    if view.total:
        buttons = [*buttons, Button(texts.gettext("Export as a file"), Action.RULES_EXPORT, value)]
    buttons = [*buttons, Button(texts.gettext("Show overview"), Action.OVERVIEW_SHOW, value)]
    parts.append(Part((blocks.actions(*buttons),), Importance.ESSENTIAL))
    brought = texts.gettext("Rules of a file are taught at the machine: {command}.", command=_IMPORT)
    parts.append(Part((blocks.context(brought),), Importance.EXTRA))
    return compose(heading, parts, texts)


def undo_modal(view: RuleView, value: ButtonValue, texts: Texts) -> Modal:
    """What undoing does, to be confirmed."""
    count = texts.ngettext(
        "{n} stored error goes back to what the bot makes of it by itself.",
        "{n} stored errors go back to what the bot makes of them by itself.",
        view.matched,
    )
    drawn: list[Block] = [
        blocks.section(lines((rule_words(view, texts), count))),
        blocks.preformatted(Outside(view.rule.template), _TEMPLATE),
    ]
    return Modal(texts.gettext("Undo a rule"), drawn, Submit(Form.RULE_UNDO, texts.gettext("Undo"), value))


def undone_modal(texts: Texts) -> Modal:
    """Instead of it."""
    told = texts.gettext(
        "Undone. What the rule recognised is diagnosed anew in the background; how far that is, you read in "
        "your direct messages."
    )
    return Modal(texts.gettext("Undo a rule"), (blocks.section(told),))


def export_promised_card(texts: Texts) -> Card:
    """Said at once: the file comes by another way."""
    told = texts.gettext("The file comes to you as a direct message.")
    return compose(told, [Part((blocks.section(told),), Importance.ESSENTIAL)], texts)


def export_words(texts: Texts) -> Markup:
    """Beside the file."""
    return texts.gettext("The taught rules, as a file of the catalogue.")


def _rule(view: RuleView, value: ButtonValue, texts: Texts) -> tuple[Block, ...]:
    rule = view.rule
    told = dotted(
        (
            texts.gettext(
                "taught by {who}, {time}", who=actor_words(rule.taught_by, texts), time=moment(rule.taught_at)
            ),
            texts.ngettext("recognises {n} stored error", "recognises {n} stored errors", view.matched),
            *((texts.gettext("goes first"),) if rule.precedence == Precedence.FIRST else ()),
        )
    )
    undo = undo_button(view, value, texts)
    return (
        blocks.section(lines((rule_words(view, texts), told)), undo),
        blocks.preformatted(Outside(rule.template), _TEMPLATE),
    )


def _how_to(texts: Texts) -> Markup:
    return sentence(
        (
            texts.gettext("Nobody taught the bot anything yet."),
            texts.gettext("A problem that is not recognised has a button for it under Details."),
        )
    )

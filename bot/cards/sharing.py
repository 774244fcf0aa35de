"""Sharing: the form that asks where, what stands in its place afterwards, and answers to those who press."""

from __future__ import annotations

from enum import Enum
from typing import Final

from bot.cards import blocks
from bot.cards.actions import ButtonValue
from bot.cards.card import Card
from bot.cards.form import Form, Modal, Submit, conversation_input
from bot.cards.links import Address
from bot.cards.markup import EMPTY, Markup, bold, code, lines, link, mention, own, sentence
from bot.cards.places import place_refused
from bot.cards.shared_problem import line_card, state_words
from bot.cards.texts import Texts
from bot.operations.care import Decision
from bot.operations.problem_moves import WhyNot

CHANNEL: Final = "channel"
"""Name of the form's input."""


class Known(Enum):
    """What is known of a card when somebody is told."""

    NEW = "new"
    BEFORE = "before"
    ON_ITS_WAY = "on its way"


def share_form(problem: Markup, value: ButtonValue, texts: Texts) -> Modal:
    """Says what will happen, and asks where."""
    says = texts.gettext(
        "Everybody in the channel sees its cause, how many errors there are, who takes care of it and what "
        "to do. Personal data is masked. The card changes as the problem does, and its thread tells what "
        "happened."
    )
    return Modal(
        texts.gettext("Share a problem"),
        (
            blocks.section(lines((bold(problem), says))),
            conversation_input(
                CHANNEL,
                texts.gettext("Channel"),
                texts.gettext(
                    "The bot joins a public channel by itself; to a private one, or to a group's direct "
                    "messages, add it first."
                ),
            ),
        ),
        Submit(Form.SHARE, texts.gettext("Share"), value),
    )


def shared_modal(address: Address | None, known: Known, texts: Texts) -> Modal:
    """Where the card is."""
    says = {
        Known.NEW: texts.gettext("The problem is shared."),
        Known.BEFORE: texts.gettext(
            "This problem has a card in that channel already. It shows the newest state."
        ),
        Known.ON_ITS_WAY: texts.gettext("The card is on its way: Slack takes it in a moment."),
    }[known]
    where = link(texts.gettext("Open the card"), address) if address is not None else Markup()
    return Modal(texts.gettext("Share a problem"), (blocks.section(sentence((says, where))),))


def undelivered_card(problem: Markup, code: str, texts: Texts) -> Card:
    """Why a card is not where somebody wanted it; ``problem`` is empty where it was about none."""
    words = place_refused({"code": code}, texts)
    about = texts.gettext("Not shared: {title}", title=problem) if problem else EMPTY
    return line_card(lines((bold(about), words.what, words.next_step)), texts)


def undelivered_file_card(problem: Markup, code: str, texts: Texts) -> Card:
    """Why a file is not where somebody wanted it; ``problem`` is what it was about, or empty."""
    words = place_refused({"code": code}, texts)
    about = (
        texts.gettext("The file was not posted: {title}", title=problem)
        if problem
        else texts.gettext("The file was not posted.")
    )
    return line_card(lines((bold(about), words.what, words.next_step)), texts)


def decision_card(decision: Decision, texts: Texts) -> Card | None:
    """What somebody is told who pressed in vain; None where the card itself says everything."""
    words = _why_not(decision, texts)
    return None if words is None else line_card(words, texts)


def _why_not(decision: Decision, texts: Texts) -> Markup | None:
    care = decision.care
    match decision.why_not:
        case None:
            return None
        case WhyNot.YOURS:
            return texts.gettext("You take care of this already.")
        case WhyNot.SOMEBODY_ELSES:
            return texts.gettext("{person} was first and takes care of this.", person=mention(care.assignee))
        case WhyNot.NOBODYS:
            return texts.gettext("Nobody takes care of this now, so there is no claim to release.")
        case WhyNot.IS_FIXED:
            return sentence((state_words(care, texts), texts.gettext("Reopen it first.")))
        case WhyNot.IS_OPEN:
            return texts.gettext("This is open already.")
        case WhyNot.SUPERSEDED:
            return texts.gettext(
                "These errors belong to another cause now. The newest overview ({command}) shows it.",
                command=code(own("/syncerrors")),
            )

"""Answer of *Why this diagnosis?*: the facts of ``syncerrors classify --explain``, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.cards import blocks
from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.card import Card, compose
from bot.cards.dates import moment
from bot.cards.limits import Importance, Part
from bot.cards.links import Links
from bot.cards.markup import EMPTY, Markup, bold, code, dotted, joined, link, own
from bot.cards.outside import Outside
from bot.cards.teach import class_words, taught_words
from bot.cards.texts import Texts, digits
from bot.diagnosis import Explanation, Piece, Reason, Role
from bot.operations.views import WhyView

_PIECE: Final = 300
_WORDS: Final = 400
_ID: Final = 100
_OTHERS: Final = 5


def why_card(view: WhyView, texts: Texts) -> Card:
    """What decided, by which words of which source, in which language, and what was taken off before."""
    explained = view.explanation
    heading = texts.gettext("Why this diagnosis?")
    number = texts.gettext("Error No. {number}", number=digits(view.number))
    about = dotted((link(number, Links(view.connection).error(view.number)), moment(view.logged_at)))
    parts = [
        Part((blocks.header(heading), blocks.context(about)), Importance.ESSENTIAL),
        Part(blocks.paragraphs(_decision(view, texts)), Importance.ESSENTIAL),
    ]
    if taken_off := list(_taken_off(explained, texts)):
        title = texts.gettext("Taken off before")
        parts.append(Part(blocks.paragraphs((bold(title), *taken_off))))
    if others := list(_others(explained, texts)):
        parts.append(Part(blocks.paragraphs((bold(texts.gettext("Other rules that fit")), *others))))
    if view.stored_rule != explained.diagnosis.rule:
        parts.append(Part((blocks.context(_older(view, texts)),)))
    summary = texts.gettext("{heading} {reason}", heading=heading, reason=_reason(explained, texts))
    return compose(summary, parts, texts)


def why_button(connection: str, number: int, texts: Texts) -> Button:
    """Asks for the explanation of one error's diagnosis."""
    return Button(
        texts.gettext("Why this diagnosis?"),
        Action.WHY_SHOW,
        ButtonValue(connection=connection, number=number),
        texts.gettext("Why this diagnosis of No. {number}?", number=digits(number)),
    )


def _decision(view: WhyView, texts: Texts) -> Iterator[Markup]:
    explained = view.explanation
    diagnosis = explained.diagnosis
    yield _reason(explained, texts)
    named = dotted((_id(diagnosis.class_code), class_words(view.error_class, texts)))
    yield _labelled(texts.gettext("Class"), named)
    if diagnosis.topic and view.taught is None:  # else it says the same as the rule
        yield _labelled(texts.gettext("Topic"), _id(diagnosis.topic))
    if diagnosis.rule:
        yield _labelled(texts.gettext("Rule"), _id(diagnosis.rule))
    if explained.template:
        yield _labelled(texts.gettext("Template"), code(Outside(explained.template).short(_WORDS)))
    if explained.pieces:
        matched = joined((_piece(piece) for piece in explained.pieces), "")
        yield _labelled(texts.gettext("What matched"), matched)
    language = texts.language_name(diagnosis.language) or texts.gettext("the text does not show it")
    yield _labelled(texts.gettext("Language of the text"), language)
    if view.taught is not None:
        yield taught_words(view.taught, texts)
    elif explained.source:
        yield _labelled(texts.gettext("Where the rule comes from"), Outside(explained.source).short(_WORDS))


def _reason(explained: Explanation, texts: Texts) -> Markup:
    match explained.reason:
        case Reason.PRIVILEGE:
            return texts.gettext(
                "The text names a privilege or refuses access to a record. That decides, in any language."
            )
        case Reason.CODE:
            return texts.gettext(
                "No words that the bot knows, but a code of the platform that says the cause."
            )
        case Reason.PHRASE:
            return texts.gettext("No rule has the words of this text, but a phrase in it tells the cause.")
        case Reason.PLUGIN:
            return texts.gettext("No rule has the words of this text, but it names a plug-in or workflow.")
        case Reason.WRAPPER:
            return texts.gettext("Nothing known is inside. What stands around it says this much.")
        case Reason.NOTHING:
            return texts.gettext(
                "Nothing in the text names a cause that the bot knows. Guessing is worse than not knowing."
            )
        case Reason.TEMPLATE:
            fitting = sum(candidate.fits for candidate in explained.candidates)
            return texts.ngettext(
                "The words of {n} rule fit.",
                "The words of {n} rules fit. The most specific one decides.",
                max(fitting, 1),
            )


def _piece(piece: Piece) -> Markup:
    """Words of the rule bold, values as code, the rest plain; blanks at the ends stay."""
    shown = Outside(piece.text).short(_PIECE)
    if not shown:
        return own(" ")
    match piece.role:
        case Role.WORDS:
            shown = bold(shown)
        case Role.VALUE:
            shown = code(shown)
    before = own(" ") if piece.text[0].isspace() else EMPTY
    behind = own(" ") if piece.text[-1].isspace() else EMPTY
    return Markup((*before.spans, *shown.spans, *behind.spans))


def _taken_off(explained: Explanation, texts: Texts) -> Iterator[Markup]:
    for rule, words in explained.unwrapped:
        yield _listed(_id(rule), code(Outside(words).short(_WORDS)))
    if explained.left_out:
        left_out = code(Outside(explained.left_out).short(_PIECE))
        yield _listed(texts.gettext("call stack or envelope"), left_out)


def _others(explained: Explanation, texts: Texts) -> Iterator[Markup]:
    fitting = [each for each in explained.candidates if each.fits and each.rule != explained.diagnosis.rule]
    for each in fitting[:_OTHERS]:
        yield _listed(_id(each.rule), _id(each.class_code))
    for rule, class_code in explained.namesakes[:_OTHERS]:
        same = texts.gettext("same words, cannot be told apart")
        yield _listed(_id(rule), dotted((_id(class_code), same)))


def _older(view: WhyView, texts: Texts) -> Markup:
    """What is stored was diagnosed by an earlier catalogue."""
    if not view.stored_rule:
        return texts.gettext("When this error was read, no rule knew it yet.")
    return texts.gettext(
        "When this error was read, rule {rule} decided.", rule=code(Outside(view.stored_rule).short(_ID))
    )


def _labelled(label: Markup, value: Markup) -> Markup:
    return bold(label) + own(": ") + value


def _listed(name: Markup, value: Markup) -> Markup:
    return own("• ") + name + own(": ") + value


def _id(text: str) -> Markup:
    return code(Outside(text).short(_ID))

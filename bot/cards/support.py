"""*Prepare support request*: the form, how far it is, and what is said beside the files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.cards import blocks
from bot.cards.actions import ButtonValue
from bot.cards.card import Card, compose
from bot.cards.form import Form, Modal, Submit
from bot.cards.inputs import Choice, Field, radio_input, tick_input, ticks_input
from bot.cards.limits import Block, Importance
from bot.cards.limits import Part as CardPart
from bot.cards.markup import EMPTY, Markup, bold, lines, mention, own, sentence
from bot.cards.overview import connection_words
from bot.cards.problem_line import problem_title
from bot.cards.support_file import missing_words, support_title
from bot.cards.texts import MessageId, Texts, digits, msgid
from bot.operations.actors import Actor
from bot.operations.support.values import EXAMPLES, Dossier, Offer, Part, SupportReport, Whither

PARTS: Final = "parts"
PERSONAL: Final = "personal"
WHERE: Final = "where"
LANGUAGE: Final = "language"
UNMASKED: Final = "unmasked"

_TOLD: Final[Mapping[Part, MessageId]] = {
    Part.MESSAGES: msgid("Messages, as Business Central logged them"),
    Part.RECORDS: msgid("Both records, and their couplings"),
    Part.JOBS: msgid("Synchronization jobs"),
    Part.MAPPINGS: msgid("Table mappings, with filters"),
    Part.TIMES: msgid("Errors a day"),
    Part.CALL_STACKS: msgid("Call stacks"),
    Part.DIAGNOSIS: msgid("Diagnosis, and what the bot advises"),
    Part.VERSIONS: msgid("Versions, and how the connections are set up"),
    Part.HISTORY: msgid("What was tried, and by whom"),
}
LANGUAGES: Final[Mapping[str, str]] = {"en": "English", "nl": "Nederlands"}
"""Each by its own name, as whoever reads it knows it."""


def support_form(offer: Offer, channel: str, may_show_personal_data: bool, texts: Texts) -> Modal:
    """What goes in, masked or not, where to, in which language. ``channel`` is empty in direct messages."""
    drawn: list[Block] = [
        blocks.section(lines((bold(_about(offer, texts)), _extent(offer, texts)))),
        ticks_input(
            Field(PARTS, texts.gettext("What goes in")),
            [Choice(texts.say(_TOLD[part]), part) for part in _TOLD],
            list(_TOLD),
        ),
    ]
    if may_show_personal_data:
        label = texts.gettext("Personal data")
        hint = texts.gettext(
            "Otherwise addresses of mail, telephone numbers and raw values are masked. Names of records are "
            "not, nor are people's names in them."
        )
        tick = Choice(texts.gettext("Show it unmasked"), UNMASKED)
        drawn.append(tick_input(Field(PERSONAL, label, hint, is_optional=True), tick, ()))
    else:
        drawn.append(
            blocks.context(
                texts.gettext(
                    "Addresses of mail, telephone numbers and raw values are masked. Names of records are "
                    "not, nor are people's names in them."
                )
            )
        )
    drawn += [
        radio_input(Field(WHERE, texts.gettext("Where to")), _places(offer, channel, texts), Whither.PERSON),
        radio_input(
            Field(LANGUAGE, texts.gettext("Language of the files")),
            [Choice(own(name), code) for code, name in LANGUAGES.items()],
            "en",
        ),
    ]
    if where := connection_words(offer.connection):
        drawn.append(blocks.context(where))
    value = ButtonValue(connection=offer.connection.key, problem=offer.line.id, number=offer.number)
    return Modal(
        texts.gettext("Support request"),
        tuple(drawn),
        Submit(Form.SUPPORT, texts.gettext("Prepare"), value),
    )


def support_begun_modal(whither: Whither, texts: Texts) -> Modal:
    """What happens now."""
    words = {
        Whither.PERSON: texts.gettext("It is being prepared, and comes to you as a direct message."),
        Whither.CHANNEL: texts.gettext("It is being prepared, and comes into this channel."),
        Whither.THREAD: texts.gettext("It is being prepared, and comes into the thread of the problem."),
    }[whither]
    long = texts.gettext(
        "Call stacks are fetched one by one; where that takes a while, a direct message says how far it is."
    )
    return Modal(texts.gettext("Support request"), (blocks.section(sentence((words, long))),))


def nothing_ticked_modal(texts: Texts) -> Modal:
    """Where somebody wanted nothing at all."""
    words = texts.gettext("Nothing was ticked, so there is nothing to prepare.")
    return Modal(texts.gettext("Support request"), (blocks.section(words),))


def progress_of_support(report: SupportReport, texts: Texts) -> Card:
    """How many call stacks there are yet; once it is over, where it is."""
    name = problem_title(report.line, texts) if report.line is not None else EMPTY
    number = report.wanted.number
    if number is not None:
        name = texts.gettext("No. {number}", number=digits(number))
    heading = (
        texts.gettext("Support request: {title}", title=name) if name else texts.gettext("Support request")
    )
    far = _ended(report, texts) if report.run.state.is_over else _how_far(report, texts)
    parts = [CardPart((blocks.section(lines((bold(heading), far))),), Importance.ESSENTIAL)]
    if where := connection_words(report.connection):
        parts.append(CardPart((blocks.context(where),), Importance.EXTRA))
    return compose(sentence((heading, far)), parts, texts)


def support_comment(dossier: Dossier, texts: Texts) -> Markup:
    """What is said beside the files: what they are, who asked, what is missing, how private they are."""
    privacy = (
        texts.gettext("Personal data is shown: handle these files accordingly.")
        if dossier.wanted.is_unmasked
        else texts.gettext("Addresses of mail, telephone numbers and raw values are masked.")
    )
    person = Actor.parse(dossier.run.asked_by).id
    asked = EMPTY
    if dossier.wanted.whither is not Whither.PERSON:
        asked = texts.gettext("Prepared by {person}.", person=mention(person))
    ready = texts.gettext("Ready to attach to a ticket: one document, and a ZIP with tables and call stacks.")
    return lines(
        (
            bold(support_title(dossier, texts)),
            sentence((asked, ready)),
            *missing_words(dossier, texts),
            privacy,
        )
    )


def _about(offer: Offer, texts: Texts) -> Markup:
    if offer.number is None:
        return problem_title(offer.line, texts)
    return texts.gettext(
        "Error No. {number}: {title}", number=digits(offer.number), title=problem_title(offer.line, texts)
    )


def _extent(offer: Offer, texts: Texts) -> Markup:
    """How many errors are told in full, and why not all."""
    if offer.number is not None:
        return texts.gettext(
            "A document and a ZIP about this error, and about the one that caused it where that is known: "
            "ready to attach to a ticket with Microsoft or your partner."
        )
    told = texts.ngettext(
        "A document and a ZIP, ready to attach to a ticket with Microsoft or your partner. {n} error is "
        "told in full; the tables have more.",
        "A document and a ZIP, ready to attach to a ticket with Microsoft or your partner. {n} errors are "
        "told in full, one for each record; the tables have more.",
        offer.examples,
    )
    limit = EMPTY
    if offer.examples >= EXAMPLES:
        limit = texts.gettext(
            "More than that nobody reads, and Business Central gives call stacks one by one."
        )
    return sentence((told, limit))


def _places(offer: Offer, channel: str, texts: Texts) -> list[Choice]:
    places = [Choice(texts.gettext("To me, as a direct message"), Whither.PERSON)]
    if channel:
        places.append(Choice(texts.gettext("Into this channel"), f"{Whither.CHANNEL}:{channel}"))
    if offer.threads:
        label = texts.gettext("Into the problem's thread, wherever it is shared")
        places.append(Choice(label, Whither.THREAD))
    return places


def _how_far(report: SupportReport, texts: Texts) -> Markup:
    run = report.run
    return texts.gettext("{done} of {total} call stacks asked for.", done=run.done, total=run.total)


def _ended(report: SupportReport, texts: Texts) -> Markup:
    words = {
        Whither.PERSON: texts.gettext("It is ready, and comes with the next message."),
        Whither.CHANNEL: texts.gettext("It is ready, and comes into the channel where you asked."),
        Whither.THREAD: texts.gettext("It is ready, and comes into the thread of the problem."),
    }
    return words[report.wanted.whither]

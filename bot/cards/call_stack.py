"""Answer of *Show error call stack*: where it failed, in words; the whole as a file where that is longer."""

from __future__ import annotations

from typing import Final

from bot.cards import blocks
from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.card import Card, compose
from bot.cards.dates import moment
from bot.cards.limits import Importance, Part
from bot.cards.links import Links
from bot.cards.markup import EMPTY, Markup, bold, dotted, lines, link, own, sentence
from bot.cards.outside import Outside
from bot.cards.record_names import record_words
from bot.cards.texts import Texts, digits
from bot.diagnosis.frames import CallStack, Frame, read_call_stack
from bot.operations.views import CallStackView

SHOWN: Final = 8
"""Frames in the reply: enough for where it failed and through what it came there."""
_NAME: Final = 80
_LINE: Final = 160


def call_stack_card(view: CallStackView, texts: Texts) -> Card:
    """The first frames, innermost first, and what they say."""
    heading = texts.gettext("Call stack of error No. {number}", number=digits(view.number))
    parts = [Part((blocks.header(heading), blocks.context(_about(view, texts))), Importance.ESSENTIAL)]
    stack = read_call_stack(view.call_stack)
    if stack.frames and Outside(view.call_stack):
        summary = texts.gettext("{heading}, innermost call first.", heading=heading)
        parts.append(Part((blocks.section(_reading(stack, texts)),), Importance.ESSENTIAL))
        shown = [_frame(number, frame, texts) for number, frame in enumerate(stack.frames[:SHOWN], 1)]
        parts.append(Part(blocks.paragraphs(shown), Importance.ESSENTIAL))
        if is_longer(view):
            more = texts.ngettext(
                "{n} more call. The whole call stack comes to you as a file, in a direct message.",
                "{n} more calls. The whole call stack comes to you as a file, in a direct message.",
                len(stack.frames) - SHOWN,
            )
            parts.append(Part((blocks.context(more),)))
        parts.append(Part((blocks.context(*_caveats(view, stack, texts)),)))
        if view.threads:
            parts.append(Part((blocks.actions(_tell_button(view, texts)),)))
    else:
        summary = texts.gettext("Business Central has no call stack for this error.")
        parts.append(Part((blocks.section(summary),), Importance.ESSENTIAL))
    return compose(summary, parts, texts)


def _tell_button(view: CallStackView, texts: Texts) -> Button:
    return Button(
        texts.gettext("Put it into the thread"),
        Action.CALL_STACK_TELL,
        ButtonValue(connection=view.connection.key, number=view.number),
        texts.gettext(
            "Put the call stack of No. {number} into the problem's thread", number=digits(view.number)
        ),
    )


def told_card(threads: int, texts: Texts) -> Card:
    """Where it is now."""
    if threads:
        words = texts.gettext(
            "It comes as a file into the problem's thread, wherever that is shared; personal data is masked "
            "there."
        )
    else:
        words = texts.gettext(
            "The problem has no card in any channel, so there is no thread. Share it first."
        )
    return compose(words, [Part((blocks.section(words),), Importance.ESSENTIAL)], texts)


def is_longer(view: CallStackView) -> bool:
    """There is more of it than the reply shows."""
    return len(read_call_stack(view.call_stack).frames) > SHOWN


def call_stack_file(view: CallStackView) -> bytes:
    """All of it, as Business Central gave it."""
    text = view.call_stack.replace("\r\n", "\n").strip("\x00\n")
    return f"{text}\n".encode("utf-8", "replace")


def call_stack_title(view: CallStackView, texts: Texts) -> Markup:
    """Name of the file."""
    return texts.gettext("Call stack of error No. {number}", number=digits(view.number))


def _reading(stack: CallStack, texts: Texts) -> Markup:
    """Whose code it is."""
    foreign = stack.first_foreign
    if foreign is not None:
        return bold(
            texts.gettext(
                "The innermost code that is not Microsoft's is in {app} by {publisher}: ask them first.",
                app=Outside(foreign.app).short(_NAME),
                publisher=Outside(foreign.publisher).short(_NAME),
            )
        )
    if stack.tells_publishers:
        return texts.gettext("All of it is Microsoft's own code.")
    return texts.gettext("This version of Business Central does not tell whose code it is.")


def _frame(number: int, frame: Frame, texts: Texts) -> Markup:
    place = own(f"{number}. ")
    if not frame.recognised:
        return place + (Outside(frame.text).short(_LINE) or own("–"))
    name = Outside(frame.object_name).short(_NAME)
    kind = sentence((Outside(frame.object_type).short(_NAME), digits(frame.object_id)))
    where = sentence((kind, name)) + own(": ") + Outside(frame.procedure).short(_NAME)
    if frame.line:
        where = sentence((where, texts.gettext("line {number}", number=digits(frame.line))))
    app = Outside(frame.app).short(_NAME)
    origin = EMPTY
    if app and frame.publisher:
        publisher = Outside(frame.publisher).short(_NAME)
        origin = texts.gettext("{app} by {publisher}", app=app, publisher=publisher)
    return place + dotted((bold(where) if frame.is_foreign else where, origin or app))


def _about(view: CallStackView, texts: Texts) -> Markup:
    """Which error: link, time, and its two records."""
    number = texts.gettext("No. {number}", number=digits(view.number))
    links = Links(view.connection)
    source, destination = (
        record_words(one.record_id, links, texts, one.table, view.names)
        for one in (view.source, view.destination)
    )
    return dotted(
        (
            link(number, links.error(view.number)),
            moment(view.logged_at),
            texts.gettext("Source: {record}", record=source) if source else EMPTY,
            texts.gettext("Destination: {record}", record=destination) if destination else EMPTY,
        )
    )


def _caveats(view: CallStackView, stack: CallStack, texts: Texts) -> list[Markup]:
    """Codeunits of the synchronization log ``GetLastErrorCallstack`` for every row, whatever raised it last
    (microsoft/BCApps, Integration/SynchEngine)."""
    if view.without_exception:
        stale = texts.gettext(
            "Business Central notes the last call stack it has, and logs errors like this one without "
            "raising them: this call stack is that of an earlier error and proves nothing."
        )
    else:
        stale = texts.gettext(
            "Business Central notes the last call stack it has. For a conflict, a deleted record or a "
            "missing match, that can be the one of an earlier error."
        )
    garbled = (
        texts.gettext(
            "Some letters were lost when Business Central stored it; numbers of objects and lines are right."
        )
        if stack.garbled
        else EMPTY
    )
    return [lines((stale, garbled))]

"""Answer of ``/syncerrors help``, and of a command that does not exist."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.cards import blocks
from bot.cards.card import Card, compose
from bot.cards.limits import Importance, Part
from bot.cards.markup import EMPTY, Markup, code, joined, lines, own, sentence
from bot.cards.outside import Outside
from bot.cards.texts import MessageId, Texts
from bot.dataclass import dataclass

_TYPED: Final = 60


@dataclass(frozen=True, slots=True)
class CommandHelp:
    """What the registry of commands tells about one of them."""

    usage: str
    """As one types it, such as ``/syncerrors <No.>``."""
    summary: MessageId
    """One sentence, marked with ``msgid``."""
    examples: tuple[str, ...] = ()


def help_card(
    commands: Sequence[CommandHelp], texts: Texts, *, unknown: str | None = None, nearest: str | None = None
) -> Card:
    """Every command with its summary; before them, what was typed where it is no command, and the
    ``nearest`` one."""
    mistake = _mistake(unknown, nearest, texts)
    heading = texts.gettext("What you can ask")
    parts = []
    if mistake:
        parts.append(Part((blocks.section(mistake),), Importance.ESSENTIAL))
    parts.append(Part((blocks.header(heading),), Importance.ESSENTIAL))
    parts += [Part((blocks.section(_command(command, texts)),)) for command in commands]
    privacy = texts.gettext("Only you see the answers.")
    parts.append(Part((blocks.context(privacy),), Importance.EXTRA))
    usages = joined((own(command.usage) for command in commands), ", ")
    return compose(
        sentence((mistake, texts.gettext("You can ask: {commands}.", commands=usages))), parts, texts
    )


def _mistake(unknown: str | None, nearest: str | None, texts: Texts) -> Markup:
    if unknown is None:
        return EMPTY
    typed = Outside(unknown).short(_TYPED)
    first = texts.gettext("I do not know “{typed}”.", typed=typed) if typed else EMPTY
    if nearest is None:
        return first
    return sentence((first, texts.gettext("Did you mean {command}?", command=code(own(nearest)))))


def _command(command: CommandHelp, texts: Texts) -> Markup:
    shown = [code(own(command.usage)), texts.say(command.summary)]
    if command.examples:
        examples = joined((code(own(example)) for example in command.examples), ", ")
        shown.append(texts.gettext("For example {examples}", examples=examples))
    return lines(shown)

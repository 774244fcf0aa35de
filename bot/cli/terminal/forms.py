"""Filling in a dialog at the prompt: ``Title = text``, or what a menu offers, or the beginning of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bot.cli.terminal.buttons import PRESSABLE, Element
from bot.cli.terminal.harmless import harmless_line
from bot.cli.terminal.people import SeenModal
from bot.dataclass import dataclass

ASK: Final = "?"
"""Typed instead of a value: what does this menu offer?"""
_SEVERAL: Final = frozenset({"checkboxes", "multi_static_select"})


@dataclass(frozen=True, slots=True)
class Filling:
    """An input with what somebody typed for it."""

    label: str
    """As the dialog has it."""
    choice: str | list[str] | None
    """None: the menu does not offer that, or not only once."""
    offered: tuple[str, ...] = ()
    """What the menu offers, of which what was typed fits where several do; empty for an input that takes any
    text."""


def filling(modal: SeenModal, line: str) -> Filling | None:
    """What ``label = value`` fills in; None for a line that names no input of the dialog."""
    label, sign, typed = (part.strip() for part in line.partition("="))
    named = next((one for one in inputs(modal) if _same(one.label, label)), None)
    if named is None or not sign:
        return None
    offered = tuple(option.label for option in getattr(named, "options", ()))
    if not offered:
        return Filling(named.label, typed)
    if named.kind in _SEVERAL:
        some = [_fitting(offered, one.strip()) for one in typed.split(";") if one.strip()]
        known = [one[0] for one in some if len(one) == 1]
        return Filling(named.label, known if len(known) == len(some) else None, offered)
    fitting = _fitting(offered, typed)
    if len(fitting) == 1:
        return Filling(named.label, fitting[0], offered)
    return Filling(named.label, None, tuple(fitting) or offered)


def inputs(modal: SeenModal) -> list[Element]:
    """What can be filled in."""
    return [one for one in modal.elements() if one.kind not in PRESSABLE and one.label]


def _fitting(offered: Iterable[str], typed: str) -> list[str]:
    """The option that is called so; else those that begin so; else those that have it somewhere."""
    wanted = harmless_line(typed).casefold()
    names = {option: harmless_line(option).casefold() for option in offered}
    if typed == ASK or not wanted:
        return []
    for fits in (str.__eq__, str.startswith, str.__contains__):
        if found := [option for option, name in names.items() if fits(name, wanted)]:
            return found
    return []


def _same(label: str, typed: str) -> bool:
    return harmless_line(label).casefold() == typed.casefold()

"""Taking off what Business Central wraps around a message: "... failed because of the following error: "."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bot.diagnosis.catalogue_files import WrapperRule
from bot.diagnosis.model import ParamValue
from bot.diagnosis.normal import NormalText
from bot.diagnosis.scan import Standing
from bot.diagnosis.templates import INNER
from bot.diagnosis.values import Captions, read_values

_DEEPEST: Final = 4
"""Wrappers that are taken off at most; Business Central nests two."""


class Inside:
    """What is left of a text after its wrappers: a window, and what the wrappers said."""

    __slots__ = ("end", "params", "rules", "standing", "start")

    def __init__(self, start: int, end: int, standing: Standing | None = None) -> None:
        self.start = start
        self.end = end
        self.params: dict[str, ParamValue] = {}
        self.rules: list[WrapperRule] = []
        self.standing = standing
        """What stands in the whole text; None where it was not scanned yet."""


class Unwrapping:
    """Knows the wrappers of a catalogue."""

    def __init__(self, wrappers: Iterable[WrapperRule], captions: Captions) -> None:
        self._captions = captions
        first_words = [(rule.template.first, rule) for rule in wrappers]
        self._opening = min((len(words) for words, _ in first_words), default=0)
        self._wrappers: dict[str, list[WrapperRule]] = {}
        """By the characters with which they begin, as many as the shortest beginning has."""
        for words, rule in first_words:
            self._wrappers.setdefault(words[: self._opening], []).append(rule)

    def inside_of(self, plain: NormalText, standing: Standing | None = None) -> Inside:
        """What is left after the wrappers; ``standing`` is what stands in the whole text, where known."""
        text = plain.text
        inside = Inside(0, len(text), standing)
        for _ in range(_DEEPEST):
            start = inside.start
            wrappers = self._wrappers.get(text[start : start + self._opening])
            if not wrappers:
                break
            window = text[start : inside.end]
            for rule in wrappers:
                if self._take_off(rule, window, plain, inside):
                    break
            else:
                break
        return inside

    def _take_off(self, rule: WrapperRule, window: str, plain: NormalText, inside: Inside) -> bool:
        template = rule.template
        laid = template.lay(window, False) if window.startswith(template.first) else None
        if laid is None:
            return False
        bounds = laid[2]
        inner = len(bounds) - 1
        if template.filled[inner][-1].key != INNER:
            return False
        params: dict[str, ParamValue] = {}
        if read_values(params, template.filled, bounds[:inner], plain, inside.start, self._captions) < 0:
            return False
        for key, value in params.items():
            inside.params.setdefault(key, value)
        inside.rules.append(rule)
        start, end = bounds[inner]
        base = inside.start
        inside.start, inside.end = base + start + window.startswith(" ", start, end), base + end
        return True

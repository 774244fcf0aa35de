"""From what stands in a template's holes to typed params.

Where several holes stand side by side ("{field} {value} must be coupled ..."), the captions of known tables
and fields decide the split, or a GUID at the end; where neither does, the joined text goes to the first
key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Final

from bot.dataclass import dataclass
from bot.diagnosis.model import ParamValue
from bot.diagnosis.normal import NormalText
from bot.diagnosis.templates import IGNORED, INTEGER_KEYS, Bounds, Hole

GUID_FORM: Final = r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"
GUID_LENGTH: Final = 36
LONGEST_LEADING: Final = 160
"""Characters before a template's first literal that can still be a caption and a key, not a sentence."""
LONGEST_CAPTION: Final = 100
_CAPTION_WORDS: Final = 8

_GUID = re.compile(rf"[{{(]?({GUID_FORM})[}})]?")
_RECORD = re.compile(r"([^\W\d_][\w &./()'-]{0,60}): (\S.*)", re.DOTALL)
_KEY_FIELD = re.compile(r"[^=:,]{1,40}=(\S.*)", re.DOTALL)
_KEY_FIELDS = re.compile(r"[^=:,']{1,40}='((?:[^']|'')*+)'(?:,|\.?$)")
"""One of several: ``Document Type='Order',No.='1001'``. A quote within a value is doubled."""
_LEFT_OVER = re.compile(r"%\d")
_PRIVILEGE = re.compile(r"prv\w{3,}")
_SINGLE_WORDS: Final = frozenset({"guid", "int", "word", "privilege"})
"""Kinds of holes whose value holds no blank."""
_YIELDING: Final = frozenset({"guid", "int", "word"})
"""Kinds of holes that only lose their value where they hold something else."""
_TABLE_OF: Final = {"record": "record_table", "other_record": "other_table"}
_PRODUCT: Final = "product"
_CAPTION_KEYS: Final = frozenset({"field", "table", "record_table", "other_table"})


WRONG: Final = -1


@dataclass(frozen=True, slots=True)
class Captions:
    """Names that Business Central and Dataverse show: they decide where a caption ends and a key begins."""

    tables: frozenset[str]
    fields: frozenset[str]
    products: frozenset[str]
    references: Mapping[str, str] = field(default_factory=dict)
    """Field that refers to a record -> table of that record."""
    either: frozenset[str] = field(init=False)
    """Tables and fields together: a "field" in a message is often the caption of a table."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "either", self.tables | self.fields)

    def known(self, text: str) -> bool:
        """True for the name of a table or a field."""
        return text in self.either

    def of(self, key: str) -> frozenset[str] | None:
        """The names that may stand in a hole of this key; None where nothing is known about it."""
        if key == "product":
            return self.products
        if key == IGNORED:
            return self.either
        if key in _CAPTION_KEYS:
            return self.either if key == "field" else self.tables
        return None


def guid_in(text: str) -> str | None:
    """The GUID that a text consists of, in lower case without braces."""
    if not GUID_LENGTH <= len(text) <= GUID_LENGTH + 2:
        return None
    found = _GUID.fullmatch(text)
    return found[1].lower() if found else None


def read_values(
    params: dict[str, ParamValue],
    gaps: Sequence[tuple[Hole, ...]],
    bounds: Sequence[Bounds],
    text: NormalText,
    base: int,
    captions: Captions,
) -> int:
    """Put the values of the gaps of a match into ``params``.

    Gives the number of misfits: holes that hold something else than a GUID, a number or one word, as they
    should. It is negative where a privilege or a caption is none, so that the match cannot be right. ``base``
    is where the matched window begins in ``text``.
    """
    misfits = 0
    written_as_compared = text.source is text.text
    for holes, (start, end) in zip(gaps, bounds, strict=False):
        hole = holes[0]
        joined = len(holes) > 1
        if hole.silent and not joined:
            continue
        if written_as_compared:
            written = text.source[base + start : base + end].strip()
        else:
            written = text.original(base + start, base + end).strip()
        misfit = _split(params, holes, written, captions) if joined else _put(params, hole, written, captions)
        if misfit:
            if misfit < 0:
                return WRONG
            misfits += misfit
    return misfits


def _split(params: dict[str, ParamValue], holes: Sequence[Hole], written: str, captions: Captions) -> int:
    rest = written
    misfits = 0
    end: int | None
    for index, hole in enumerate(holes[:-1]):
        end = _first_ends(hole, holes[index + 1 :], rest, captions)
        if end is None:
            if any(later.kind for later in holes[index:]):
                return WRONG
            named = next((later for later in holes[index:] if later.key != IGNORED), hole)
            return misfits + _put(params, named, rest, captions)
        misfit = _put(params, hole, rest[:end], captions)
        if misfit < 0:
            return WRONG
        misfits += misfit
        rest = rest[end:].lstrip()
    misfit = _put(params, holes[-1], rest, captions)
    return misfit if misfit < 0 else misfits + misfit


def _first_ends(hole: Hole, later: Sequence[Hole], text: str, captions: Captions) -> int | None:
    """Where the value of the first of several joined holes ends, if that can be known."""
    if hole.kind in _SINGLE_WORDS:
        space = text.find(" ")
        return space if space > 0 else None
    before, _, last = text.rpartition(" ")
    ends_with_single = len(later) == 1 and bool(before)
    if ends_with_single and later[0].kind in _SINGLE_WORDS and _fits(later[0], last, captions):
        return len(before)
    if (names := captions.of(hole.key)) is not None:
        end = _longest_prefix(text, names)
        if end is not None:
            return end
    elif hole.kind == "caption":
        return _longest_prefix(text, captions.either)
    if len(later) == 1:
        if (names := captions.of(later[0].key)) and (known := _longest_suffix(text, names)):
            return known
        if before and (guid_in(last) or (later[0].kind and _fits(later[0], last, captions))):
            return len(before)
    return None


def _longest_prefix(text: str, names: frozenset[str]) -> int | None:
    best = None
    position = -1
    for _ in range(_CAPTION_WORDS):
        position = text.find(" ", position + 1, LONGEST_CAPTION)
        if position < 0:
            break
        if text[:position] in names:
            best = position
    return best


def _longest_suffix(text: str, names: frozenset[str]) -> int | None:
    """Where a known name begins that the text ends with."""
    best = None
    position = len(text)
    for _ in range(_CAPTION_WORDS):
        position = text.rfind(" ", 0, position)
        if position <= 0:
            break
        if text[position + 1 :] in names:
            best = position
    return best


def _fits(hole: Hole, value: str, captions: Captions) -> bool:
    kind = hole.kind
    if kind == "guid":
        return guid_in(value) is not None
    if kind == "int":
        return value.isdecimal() and len(value) < 12
    if kind == "word":
        return bool(value) and " " not in value
    if kind == "privilege":
        return _PRIVILEGE.fullmatch(value) is not None
    return captions.known(value) if kind == "caption" else True


def _put(params: dict[str, ParamValue], hole: Hole, value: str, captions: Captions) -> int:
    """Take a value for a hole: 0, or 1 where it is none for it, or WRONG where it cannot stand there."""
    kind, key = hole.kind, hole.key
    if "%" in value and _LEFT_OVER.fullmatch(value):  # AL was given too few arguments: there is no value
        return 0
    if kind:
        if kind == "int":
            value = value.replace(",", "").replace("\u00a0", "").strip("'\"")
        if not _fits(hole, value, captions):
            return 1 if kind in _YIELDING else WRONG
    if key == IGNORED or not value or key in params:
        return 0
    if key == _PRODUCT and value[0].islower():  # products have names: the rest of a sentence is none
        return 1
    if key in INTEGER_KEYS:
        params[key] = int(value)
    elif key in _TABLE_OF:
        _put_record(params, key, value)
    else:
        params[key] = value if len(value) < GUID_LENGTH else guid_in(value) or value
    return 0


def _put_record(params: dict[str, ParamValue], key: str, value: str) -> None:
    """A record id as Business Central writes it: ``Customer: 10000``, ``Sales Header: Order,1001``,
    ``No.=10``.
    """
    table = _TABLE_OF[key]
    if guid := guid_in(value):
        params[key] = guid
        return
    if ": " in value and table not in params and (found := _RECORD.fullmatch(value)):
        params[table] = found[1]
        value = found[2]
    if "=" in value:
        if "='" in value and (quoted := _quoted_key(value)):
            value = quoted
        elif found := _KEY_FIELD.fullmatch(value):
            value = found[1]
    params[key] = guid_in(value) or value


def _quoted_key(written: str) -> str | None:
    """``Document Type='Order',No.='1001'`` as a record id has it: ``Order,1001``; None for any other form."""
    values = []
    position = 0
    while position < len(written):
        found = _KEY_FIELDS.match(written, position)
        if not found:
            return None
        values.append(found[1].replace("''", "'"))
        position = found.end()
    return ",".join(values) or None

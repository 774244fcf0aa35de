"""``$filter``: the part of OData that Business Central's API pages and this contract allow.

Source: MicrosoftDocs/dynamics365smb-devitpro-pb,
``dev-itpro/webservices/use-filter-expressions-in-odata-uris.md`` and
``dev-itpro/webservices/odata-known-limitations.md``: ``or`` on one field only; filters on fields of the
source table.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Generic, TypeVar

from bot.simulator.businesscentral.refusal import Refusal, bad_request

Row = TypeVar("Row")
Value = Any
"""bool, int, datetime with zone UTC, or str."""


class Kind(Enum):
    """EDM type of a field."""

    GUID = "Edm.Guid"
    NUMBER = "Edm.Int32"
    MOMENT = "Edm.DateTimeOffset"
    TEXT = "Edm.String"
    TRUTH = "Edm.Boolean"


@dataclass(frozen=True, slots=True)
class Field(Generic[Row]):
    """One control of an API page."""

    name: str
    kind: Kind
    stored: Callable[[Row], Value] | None = None
    """Reads the field of the source table; None for a control that is bound to a variable."""


Condition = Callable[[Row], bool]


@dataclass(frozen=True, slots=True)
class Filter(Generic[Row]):
    """A parsed ``$filter``."""

    matches: Condition[Row]
    fields: frozenset[str]
    lower_bounds: tuple[tuple[str, int], ...] = ()
    """Numbers that a field must exceed for the filter to match; lets a listing start in the middle."""


_TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<paren>[()])|(?P<word>[^\s()']+))")
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,7})?)?(?:Z|[+-]\d{2}:\d{2})")

_COMPARE: dict[str, Callable[[Value, Value], bool]] = {
    "eq": lambda left, right: left == right,
    "ne": lambda left, right: left != right,
    "gt": lambda left, right: left > right,
    "lt": lambda left, right: left < right,
    "ge": lambda left, right: left >= right,
    "le": lambda left, right: left <= right,
}


def parse_filter(text: str, fields: dict[str, Field[Row]], type_name: str) -> Filter[Row]:
    """Parse ``$filter``. Raises Refusal (400) for whatever Business Central refuses."""
    return _Parser(_tokens(text), fields, type_name).whole()


def unknown_property(name: str, type_name: str) -> Refusal:
    """400 for a field that the entity does not have."""
    return bad_request(f"Could not find a property named '{name}' on type 'Microsoft.NAV.{type_name}'.")


def not_stored(name: str) -> Refusal:
    """400 for a control that is bound to a variable: there is no field to filter or sort by."""
    text = f"The property '{name}' is not bound to a field and cannot be used to filter or sort."
    return Refusal(400, "BadRequest_InvalidOperation", text)


def _tokens(text: str) -> list[str]:
    tokens, position = [], 0
    end = len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            raise bad_request(f"There is an unterminated string literal at position {position} in '{text}'.")
        tokens.append(match.group().strip())
        position = match.end()
    return tokens


class _Parser(Generic[Row]):
    """``or`` binds weaker than ``and``; parentheses as usual."""

    def __init__(self, tokens: list[str], fields: dict[str, Field[Row]], type_name: str) -> None:
        self._tokens = tokens
        self._fields = fields
        self._type_name = type_name
        self._at = 0
        self._depth = 0

    def whole(self) -> Filter[Row]:
        parsed = self._either()
        if self._at < len(self._tokens):
            raise bad_request(f"Syntax error at '{self._tokens[self._at]}' in the filter.")
        return parsed

    def _either(self) -> Filter[Row]:
        parts = [self._both()]
        while self._take("or"):
            parts.append(self._both())
        if len(parts) == 1:
            return parts[0]
        names = frozenset[str]().union(*(part.fields for part in parts))
        if len(names) > 1:
            raise Refusal(
                400,
                "BadRequest_InvalidOperation",
                "The 'OR' operator is not supported on distinct fields on an OData filter.",
            )
        return Filter(lambda row: any(part.matches(row) for part in parts), names)

    def _both(self) -> Filter[Row]:
        parts = [self._factor()]
        while self._take("and"):
            parts.append(self._factor())
        if len(parts) == 1:
            return parts[0]
        return Filter(
            lambda row: all(part.matches(row) for part in parts),
            frozenset[str]().union(*(part.fields for part in parts)),
            tuple(bound for part in parts for bound in part.lower_bounds),
        )

    def _factor(self) -> Filter[Row]:
        if self._take("("):
            self._depth += 1
            if self._depth > 50:
                raise bad_request("The filter is nested too deeply.")
            inner = self._either()
            if not self._take(")"):
                raise bad_request("')' expected in the filter.")
            self._depth -= 1
            return inner
        return self._comparison()

    def _comparison(self) -> Filter[Row]:
        name, operator, literal = self._next(), self._next(), self._next()
        field = self._fields.get(name)
        if field is None:
            raise unknown_property(name, self._type_name)
        read = field.stored
        if read is None:
            raise not_stored(name)
        compare = _COMPARE.get(operator)
        if compare is None:
            raise bad_request(f"The operator or function '{operator}' is not supported in a filter.")
        wanted = parse_literal(literal, field.kind)
        bound = {"gt": 0, "ge": -1, "eq": -1}.get(operator)
        bounds = ((name, wanted + bound),) if field.kind is Kind.NUMBER and bound is not None else ()
        return Filter(lambda row: compare(read(row), wanted), frozenset({name}), bounds)

    def _take(self, word: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] == word:
            self._at += 1
            return True
        return False

    def _next(self) -> str:
        if self._at == len(self._tokens):
            raise bad_request("Expression expected at the end of the filter.")
        self._at += 1
        return self._tokens[self._at - 1]


def parse_literal(literal: str, kind: Kind) -> Value:
    """A literal of that type. Raises Refusal (400), for a quoted GUID or number too."""
    if kind is Kind.NUMBER and re.fullmatch(r"-?\d{1,10}", literal):
        return int(literal)
    if kind is Kind.GUID and _GUID.fullmatch(literal):
        return literal.lower()
    if kind is Kind.TEXT and len(literal) >= 2 and literal[0] == literal[-1] == "'":
        return literal[1:-1].replace("''", "'")
    if kind is Kind.TRUTH and literal in {"true", "false"}:
        return literal == "true"
    if kind is Kind.MOMENT and _MOMENT.fullmatch(literal):
        try:
            return datetime.fromisoformat(literal).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise bad_request(
        f"A binary operator with incompatible types was detected: '{literal}' is no literal of type "
        f"{kind.value}."
    )

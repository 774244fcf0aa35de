"""``$filter`` of the Web API, as far as it is needed here: comparisons, two functions, ``and``, ``or``.

MicrosoftDocs/powerapps-docs, ``developer/data-platform/webapi/query/filter-rows.md``. A lookup is compared by
its id and called ``_name_value``; texts are compared without regard to case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from bot.simulator.dataverse.refusal import bad_request, unknown_property
from bot.simulator.dataverse.tables import (
    CHOICE,
    FLAG,
    ID,
    INTEGER,
    MEMO,
    MONEY,
    OWNER,
    STATE,
    STATUS,
    TEXT,
    SimulatedTable,
)
from bot.simulator.dataverse.values import Option, Ref, Values

Test = Callable[[Values], bool]

_TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<word>[A-Za-z0-9_.:+-]+)|(?P<sign>[(),]))")
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_LOOKUPS = frozenset({"Lookup", OWNER, "Customer"})
_FUNCTIONS = {"contains": str.__contains__, "startswith": str.startswith, "endswith": str.endswith}


def field_of(table: SimulatedTable, name: str) -> str:
    """The column that an answer or an expression calls ``name``. Raises Refusal (400)."""
    if name.startswith("_") and name.endswith("_value"):
        column = name[1:-6]
        if table.columns.get(column) in _LOOKUPS:
            return column
    elif name in table.columns and table.columns[name] not in _LOOKUPS:
        return name
    raise unknown_property(table.logical_name, name)


def shown_name(table: SimulatedTable, column: str) -> str:
    """How an answer calls a column."""
    return f"_{column}_value" if table.columns[column] in _LOOKUPS else column


def plain(value: Any) -> Any:
    """A value as an answer has it."""
    match value:
        case Ref():
            return value.id
        case Option():
            return value.value
        case datetime():
            return value.strftime("%Y-%m-%dT%H:%M:%SZ")
        case _:
            return value


def parse_filter(text: str, table: SimulatedTable) -> Test:
    """Raises Refusal (400) for what is not well formed, and for columns and literals that do not fit."""
    return _Parser(text, table).parse()


class _Parser:
    def __init__(self, text: str, table: SimulatedTable) -> None:
        self._table = table
        self._tokens = list(_tokens(text))
        self._at = 0

    def parse(self) -> Test:
        test = self._either()
        if self._at != len(self._tokens):
            raise bad_request(f"Syntax error at position {self._at} in the filter.", "0x80060888")
        return test

    def _either(self) -> Test:
        tests = [self._both()]
        while self._accept("or"):
            tests.append(self._both())
        return tests[0] if len(tests) == 1 else lambda row: any(test(row) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._accept("and"):
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda row: all(test(row) for test in tests)

    def _one(self) -> Test:
        if self._accept("("):
            test = self._either()
            self._expect(")")
            return test
        word = self._next()
        if word in _FUNCTIONS:
            return self._function(word)
        column = field_of(self._table, word)
        operator = self._next()
        if operator not in {"eq", "ne"}:
            raise bad_request(f"The operator '{operator}' is not supported here.", "0x80060888")
        wanted = self._literal(column)
        return lambda row: (_comparable(row.get(column)) == wanted) is (operator == "eq")

    def _function(self, name: str) -> Test:
        self._expect("(")
        column = field_of(self._table, self._next())
        if self._table.columns[column] not in {TEXT, MEMO}:
            raise bad_request(f"{name} is for texts.", "0x80060888")
        self._expect(",")
        wanted = self._literal(column)
        self._expect(")")
        holds = _FUNCTIONS[name]
        return lambda row: bool(row.get(column)) and bool(holds(str(row[column]).casefold(), wanted))

    def _literal(self, column: str) -> Any:
        token, kind = self._next(), self._table.columns[column]
        if token == "null":  # a literal
            return None
        if kind in {TEXT, MEMO} and token.startswith("'"):
            return token[1:-1].replace("''", "'").casefold()
        if kind in {ID, *_LOOKUPS} and _GUID.fullmatch(token):
            return token.lower()
        if kind in {INTEGER, MONEY, CHOICE, STATE, STATUS} and re.fullmatch(r"-?\d+(\.\d+)?", token):
            return float(token)
        if kind == FLAG and token in {"true", "false"}:
            return token == "true"  # a literal
        raise bad_request(f"A value of another type than {kind} is compared with '{column}'.", "0x80060888")

    def _accept(self, wanted: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] == wanted:
            self._at += 1
            return True
        return False

    def _expect(self, wanted: str) -> None:
        if not self._accept(wanted):
            raise bad_request(f"'{wanted}' expected in the filter.", "0x80060888")

    def _next(self) -> str:
        if self._at >= len(self._tokens):
            raise bad_request("The filter ends too early.", "0x80060888")
        self._at += 1
        return self._tokens[self._at - 1]


def _tokens(text: str) -> Iterator[str]:
    at = 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if found is None:
            raise bad_request(f"Syntax error at position {at} in the filter.", "0x80060888")
        yield found[found.lastgroup or 0]
        at = found.end()


def _comparable(value: Any) -> Any:
    match value:
        case None:
            return None
        case bool():
            return value
        case Ref():
            return value.id
        case Option():
            return float(value.value)
        case int() | float():
            return float(value)
        case _:
            return str(value).casefold()

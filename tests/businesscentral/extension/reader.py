"""AL objects out of tokens: as much structure as the checks need, and strict about what must be balanced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.businesscentral.extension.lexer import Malformed, Sort, Token, tokens

_CLOSES = {"{": "}", "(": ")", "[": "]"}
_OBJECTS = ("page", "table", "codeunit", "permissionset")
_SECTIONS = ("layout", "area", "repeater", "fields", "keys")


@dataclass(frozen=True, slots=True)
class Parameter:
    """Of a procedure."""

    name: str
    type: str
    is_var: bool


@dataclass(slots=True)
class Procedure:
    """A procedure or trigger."""

    name: str
    kind: str
    """``procedure`` or ``trigger``."""
    access: str
    """``local``, ``internal`` or empty: public."""
    attributes: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    variables: dict[str, str]
    """Local ones by name, with their type: ``Record "CRM Option Mapping"``."""
    body: tuple[Token, ...]


@dataclass(slots=True)
class AlObject:
    """One object."""

    file: Path
    kind: str
    number: int
    name: str
    properties: dict[str, tuple[Token, ...]] = field(default_factory=dict)
    controls: dict[str, tuple[Token, ...]] = field(default_factory=dict)
    """Fields of a page by name, with the expression behind each; fields of a table with their type."""
    variables: dict[str, str] = field(default_factory=dict)
    procedures: list[Procedure] = field(default_factory=list)

    def text(self, name: str) -> str:
        """A property as text; empty where it is not there."""
        return "".join(token.text for token in self.properties.get(name, ()))

    def procedure(self, name: str) -> Procedure:
        """The procedure of that name."""
        return next(one for one in self.procedures if one.name == name)


def read(file: Path) -> AlObject:
    """The one object of a file. Raises Malformed."""
    found = tokens(file.read_text(encoding="utf-8"))
    _expect_balance(found)
    if len(found) < 5 or not found[0].word(*_OBJECTS) or found[1].sort is not Sort.NUMBER:
        raise Malformed(f"{file.name}: no object")
    whole = AlObject(file, found[0].text.casefold(), int(found[1].text), found[2].text)
    end = _behind(found, 3)
    if end != len(found):
        raise Malformed(f"{file.name}: more than one object")
    _Reading(whole, found).block(4, end - 1)
    return whole


def _expect_balance(found: Sequence[Token]) -> None:
    """Brackets, ``begin``/``case``/``end`` and ``repeat``/``until`` fit together."""
    waiting: list[tuple[str, int]] = []
    for number, token in enumerate(found):
        is_option = number > 0 and found[number - 1].sign("::", ".")
        if token.sort is Sort.SIGN and token.text in _CLOSES:
            waiting.append((_CLOSES[token.text], token.line))
        elif token.word("begin", "case") and not is_option:
            waiting.append(("end", token.line))
        elif token.word("repeat") and not is_option:
            waiting.append(("until", token.line))
        elif token.sign("}", ")", "]") or (token.word("end", "until") and not is_option):
            closes = token.text.casefold()
            if not waiting or waiting[-1][0] != closes:
                raise Malformed(f"line {token.line}: {token.text} closes nothing")
            waiting.pop()
    if waiting:
        raise Malformed(f"line {waiting[-1][1]}: {waiting[-1][0]} is missing")


def _behind(found: Sequence[Token], start: int) -> int:
    """The place behind the bracket that closes the one at ``start``."""
    depth = 0
    for number in range(start, len(found)):
        depth += found[number].sign("{", "(", "[")
        depth -= found[number].sign("}", ")", "]")
        if depth == 0:
            return number + 1
    raise Malformed("no end")


class _Reading:
    """The inside of an object, from the front."""

    def __init__(self, whole: AlObject, found: Sequence[Token]) -> None:
        self._whole = whole
        self._found = found
        self._attributes: list[str] = []

    def block(self, at: int, end: int) -> None:
        """Everything between two braces."""
        while at < end:
            at = self._part(at, end)

    def _part(self, at: int, end: int) -> int:
        token = self._found[at]
        following = self._found[at + 1] if at + 1 < end else token
        if token.sign("["):
            behind = _behind(self._found, at)
            self._attributes.append("".join(one.text for one in self._found[at + 1 : behind - 1]))
            return behind
        if token.word("local", "internal", "procedure", "trigger"):
            return self._procedure(at, end)
        if token.word("var"):
            return self._variables(at + 1, end, self._whole.variables)
        if token.word("field") and following.sign("("):
            return self._control(at)
        if token.word(*_SECTIONS):
            return self._section(at)
        if token.word("key"):
            return _behind(self._found, _behind(self._found, at + 1))
        if token.is_name and following.sign("="):
            return self._property(at, end)
        raise Malformed(f"{self._whole.file.name}, line {token.line}: {token.text}")

    def _section(self, at: int) -> int:
        opening = _behind(self._found, at + 1) if self._found[at + 1].sign("(") else at + 1
        behind = _behind(self._found, opening)
        self.block(opening + 1, behind - 1)
        return behind

    def _control(self, at: int) -> int:
        opening = _behind(self._found, at + 1)
        inside = self._found[at + 2 : opening - 1]
        parts = _split(inside, ";")
        if self._whole.kind == "table":
            self._whole.controls[parts[1][0].text] = parts[2]
        else:
            self._whole.controls[parts[0][0].text] = parts[1]
        return _behind(self._found, opening)

    def _property(self, at: int, end: int) -> int:
        stop = next(number for number in range(at, end) if self._found[number].sign(";"))
        self._whole.properties[self._found[at].text] = tuple(self._found[at + 2 : stop])
        return stop + 1

    def _variables(self, at: int, end: int, into: dict[str, str]) -> int:
        while at < end and self._found[at].is_name and not self._is_declaration(at):
            stop = next(number for number in range(at, end) if self._found[number].sign(";"))
            names, kind = _split(self._found[at:stop], ":")[:2]
            for one in _split(names, ","):
                into[one[0].text] = _type(kind)
            at = stop + 1
        return at

    def _is_declaration(self, at: int) -> bool:
        return self._found[at].word("local", "internal", "procedure", "trigger", "begin")

    def _procedure(self, at: int, end: int) -> int:
        access = ""
        if self._found[at].word("local", "internal"):
            access, at = self._found[at].text.casefold(), at + 1
        kind, name = self._found[at].text.casefold(), self._found[at + 1].text
        behind = _behind(self._found, at + 2)
        parameters = tuple(_parameter(part) for part in _split(self._found[at + 3 : behind - 1], ";") if part)
        at = behind
        variables = {one.name: one.type for one in parameters}
        while not self._found[at].word("begin"):
            if self._found[at].word("var"):
                at = self._variables(at + 1, end, variables)
            else:
                if self._found[at].is_name and self._found[at + 1].sign(":"):
                    variables[self._found[at].text] = self._found[at + 2].text
                at += 1
        stop = self._end_of_body(at)
        self._whole.procedures.append(
            Procedure(
                name,
                kind,
                access,
                tuple(self._attributes),
                parameters,
                variables,
                tuple(self._found[at:stop]),
            )
        )
        self._attributes = []
        return stop + 1

    def _end_of_body(self, at: int) -> int:
        """The place of the semicolon behind the last ``end``."""
        depth = 0
        for number in range(at, len(self._found)):
            token, before = self._found[number], self._found[number - 1]
            if before.sign("::", "."):
                continue
            depth += token.word("begin", "case")
            depth -= token.word("end")
            if depth == 0:
                if not self._found[number + 1].sign(";"):
                    raise Malformed(f"{self._whole.file.name}, line {token.line}: no semicolon")
                return number + 1
        raise Malformed("no end of a body")


def _split(inside: Sequence[Token], sign: str) -> list[tuple[Token, ...]]:
    """Parts between signs on this level; the first colon alone splits a declaration."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in inside:
        depth += token.sign("{", "(", "[")
        depth -= token.sign("}", ")", "]")
        if depth == 0 and token.sign(sign) and (sign != ":" or len(parts) == 1):
            parts.append([])
        else:
            parts[-1].append(token)
    return [tuple(part) for part in parts]


def _parameter(part: Sequence[Token]) -> Parameter:
    is_var = part[0].word("var")
    names, kind = _split(part[1:] if is_var else part, ":")[:2]
    return Parameter(names[0].text, _type(kind), is_var)


def _type(kind: Sequence[Token]) -> str:
    """``Record CRM Option Mapping``, ``Text[250]``, ``Label``: what follows a label's text is left out."""
    if kind[0].word("record", "codeunit", "page", "enum"):
        return f"{kind[0].text} {kind[1].text}"
    if kind[0].word("label"):
        return "Label"
    if kind[0].word("list", "dictionary"):
        return " ".join(token.text for token in kind)
    return "".join(token.text for token in kind)

"""What the extension's AL uses of objects that are not its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tests.businesscentral.extension.lexer import Sort, Token
from tests.businesscentral.extension.reader import AlObject

ONE_FIELD = {"setrange", "setfilter", "validate", "getfilter", "getrangemin", "fieldno", "copyfilter"}
FIELDS = {"setloadfields", "setcurrentkey", "calcfields"}
OF_RECORDS = ONE_FIELD | FIELDS | {
    *("get", "getbysystemid", "find", "findfirst", "findlast", "findset", "next", "count", "isempty"),
    *("insert", "modify", "delete", "deleteall", "init", "reset", "copy", "recordid", "readpermission"),
    *("setrecfilter", "getview", "setview", "readisolation", "systemid", "systemmodifiedat"),
    *("systemcreatedby", "systemcreatedat", "systemmodifiedby"),
}  # fmt: skip
"""Methods and system fields of every record (Microsoft's ``dev-itpro/developer/methods-auto/record``)."""

_END = Token(Sort.SIGN, ";", 0)
_KINDS = {
    "record": "table",
    "codeunit": "codeunit",
    "page": "page",
    "database": "table",
    "tabledata": "table",
}


@dataclass(frozen=True, slots=True, order=True)
class Use:
    """Of an object, or of a member of it: a field, a field's ``::value``, or a procedure with so many
    arguments."""

    kind: str
    name: str
    member: str = ""
    arguments: int = -1
    """-1: not called."""


def uses_of(objects: Sequence[AlObject]) -> set[Use]:
    """All uses of what none of these objects is."""
    own = {(one.kind, one.name.casefold()) for one in objects}
    return {use for one in objects for use in _uses(one) if (use.kind, use.name.casefold()) not in own}


def _uses(one: AlObject) -> Iterator[Use]:
    source = one.text("SourceTable")
    if source:
        yield Use("table", source)
        for first, second in _pairs(one.properties.get("SourceTableView", ())):
            if first.is_name and second.sign("="):
                yield Use("table", source, first.text)
    for first, second in _pairs(one.properties.get("Permissions", ())):
        if first.word("tabledata"):
            yield Use("table", second.text)
    for token in one.properties.get("IncludedPermissionSets", ()):
        if token.is_name:
            yield Use("permissionset", token.text)
    rec = {"Rec": f"Record {source}"} if source else {}
    for expression in one.controls.values() if one.kind == "page" else ():
        yield from _in_code(expression, {**one.variables, **rec})
    yield from _types(one.variables)
    for procedure in one.procedures:
        yield from _types(procedure.variables)
        yield from _in_code(procedure.body, {**one.variables, **rec, **procedure.variables})


def _types(variables: Mapping[str, str]) -> Iterator[Use]:
    for kind in variables.values():
        word, _, name = kind.partition(" ")
        if word.casefold() in {"record", "codeunit"} and name:
            yield Use(_KINDS[word.casefold()], name)


def _in_code(body: Sequence[Token], variables: Mapping[str, str]) -> Iterator[Use]:
    known = {name.casefold(): kind for name, kind in variables.items()}
    body = (*body, _END, _END)
    for at, token in enumerate(body[:-2]):
        if token.word("database", "codeunit", "page") and body[at + 1].sign("::"):
            yield Use(_KINDS[token.text.casefold()], body[at + 2].text)
            continue
        if not token.is_name or not body[at + 1].sign(".") or (at and body[at - 1].sign(".")):
            continue
        word, _, name = known.get(token.text.casefold(), "").partition(" ")
        if word.casefold() == "record" and name:
            yield from _of_record(name, body, at + 2)
        elif word.casefold() == "codeunit" and name:
            member = body[at + 2].text
            yield Use("codeunit", name, member, _count(body, at + 3))


def _of_record(name: str, body: Sequence[Token], at: int) -> Iterator[Use]:
    member = body[at]
    if member.text.casefold() in OF_RECORDS and member.sort is Sort.WORD:
        yield from _fields(name, member.text.casefold(), body, at + 1)
        return
    behind = body[at + 1]
    if behind.sign("("):
        yield Use("table", name, member.text, _count(body, at + 1))
    elif behind.sign("::"):
        yield Use("table", name, member.text)
        yield Use("table", name, f"{member.text}::{body[at + 2].text}")
    else:
        yield Use("table", name, member.text)


def _fields(name: str, method: str, body: Sequence[Token], at: int) -> Iterator[Use]:
    if method not in ONE_FIELD | FIELDS:
        return
    for number, argument in enumerate(_arguments(body, at)):
        if number == 0 or method in FIELDS:
            field = argument[0].text
            if field.casefold() not in OF_RECORDS:
                yield Use("table", name, field)


def _count(body: Sequence[Token], at: int) -> int:
    return len(_arguments(body, at)) if body[at].sign("(") else -1


def _arguments(body: Sequence[Token], at: int) -> list[list[Token]]:
    """Of a call whose bracket opens at ``at``."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in body[at:]:
        depth += token.sign("(", "[")
        depth -= token.sign(")", "]")
        if depth == 0:
            break
        if depth == 1 and token.sign(","):
            parts.append([])
        elif not (depth == 1 and token.sign("(")):
            parts[-1].append(token)
    return [part for part in parts if part]


def _pairs(found: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    return pairwise(found)

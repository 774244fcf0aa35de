"""Which guards stand before each action, as the AL source has it: every ``Refuse`` that a call can reach."""

from __future__ import annotations

from collections.abc import Sequence

from tests.businesscentral.extension.lexer import Sort
from tests.businesscentral.extension.reader import AlObject, Procedure


def guards_of(objects: Sequence[AlObject]) -> dict[str, set[str]]:
    """By the action as the client calls it; what reading an entity set can refuse, by the set's name."""
    codeunits = {one.name: one for one in objects if one.kind == "codeunit"}
    found: dict[str, set[str]] = {}
    for page in objects:
        if page.kind != "page":
            continue
        for its in page.procedures:
            reached = _reached(page, its, codeunits, set())
            if "ServiceEnabled" in its.attributes:
                found[its.name[0].lower() + its.name[1:]] = reached
            elif its.kind == "trigger" and reached:
                found.setdefault(page.text("EntitySetName"), set()).update(reached)
    return found


def _reached(
    one: AlObject, its: Procedure, codeunits: dict[str, AlObject], seen: set[tuple[str, str]]
) -> set[str]:
    if (one.name, its.name) in seen:
        return set()
    seen.add((one.name, its.name))
    found: set[str] = set()
    variables = {**one.variables, **its.variables}
    for at, token in enumerate(its.body[:-2]):
        if not its.body[at + 1].sign("("):
            continue
        if token.text == "Refuse" and its.body[at + 2].sort is Sort.TEXT:
            found.add(its.body[at + 2].text)
            continue
        holder: AlObject | None = one
        if its.body[at - 1].sign("."):
            word, _, name = variables.get(its.body[at - 2].text, "").partition(" ")
            holder = codeunits.get(name) if word == "Codeunit" else None
        if holder is not None:
            for callee in holder.procedures:
                if callee.name == token.text:
                    found |= _reached(holder, callee, codeunits, seen)
    return found

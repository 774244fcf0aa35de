"""Taught rules as a file of the catalogue, and back.

An exported file is one that the catalogue's own loader takes: classes that people named themselves, templates
with their source, and in ``[[taught]]`` what only taught rules have. Whoever wants to make a taught rule part
of the product moves its entries into ``bot/diagnosis/catalogue``.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Sequence
from typing import Final

import tomli
from pydantic import ValidationError

from bot.dataclass import dataclass
from bot.diagnosis.entries import CatalogueFile, TaughtEntry
from bot.diagnosis.identity import TAUGHT
from bot.diagnosis.model import Fixer
from bot.diagnosis.taught import Precedence, TaughtRule
from bot.failures import RuleFileInvalid

LARGEST: Final = 1_000_000
"""Characters of a file that is read."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A rule on its way into a file."""

    rule: TaughtRule
    source: str
    """Who taught it, and when."""


def written(rules: Sequence[Exported]) -> str:
    """The rules as TOML."""
    lines = [
        "# Rules that people taught, in the form of the catalogue (bot/diagnosis/catalogue/*.toml).",
        '# "syncerrors rules import FILE" teaches them to another bot.',
        "",
    ]
    titled: set[str] = set()
    for one in rules:
        if one.rule.own_title and one.rule.class_code not in titled:
            titled.add(one.rule.class_code)
            lines += _class(one.rule)
    for one in rules:
        lines += [
            "[[template]]",
            f"id = {_quoted(one.rule.name)}",
            f"class = {_quoted(one.rule.class_code)}",
            f"lang = {_quoted(one.rule.language)}",
            f"text = {_quoted(one.rule.template)}",
            f"source = {_quoted(one.source)}",
            "",
            "[[taught]]",
            f"rule = {_quoted(one.rule.name)}",
            *([f"fixer = {_quoted(one.rule.fixer.value)}"] if one.rule.fixer else []),
            *([f"remedy = {_quoted(one.rule.remedy)}"] if one.rule.remedy else []),
            f"precedence = {_quoted(one.rule.precedence.value)}",
            "",
        ]
    return "\n".join(lines)


def _class(rule: TaughtRule) -> list[str]:
    title = _quoted(rule.own_title)
    remedy = " ".join(rule.remedy.replace("{", "(").replace("}", ")").split())
    step = (
        [f"en = {_quoted(remedy)}", f"nl = {_quoted(remedy)}"]
        if remedy
        else ['en = "Read the original text."', 'nl = "Lees de oorspronkelijke tekst."']
    )
    return [
        "[[class]]",
        f"code = {_quoted(rule.class_code)}",
        f"fixer = {_quoted((rule.fixer or Fixer.ADMIN).value)}",
        'severity = "medium"',
        "group_by = []",
        f"title = {{ en = {title}, nl = {title} }}",
        f"explanation = {{ en = {title}, nl = {title} }}",
        "",
        "[[class.step]]",
        *step,
        "",
    ]


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's, but that TOML wants U+007F escaped and knows no surrogates."""
    plain = text.encode("utf-8", "replace").decode()
    return json.dumps(plain, ensure_ascii=False).replace("\x7f", "\\u007F")


def read(text: str, known_classes: Iterable[str]) -> tuple[TaughtRule, ...]:
    """The rules of a file, as they are written; whether they may be taught is another question.

    Raises RuleFileInvalid for what is no such file, and for a class that neither the catalogue nor the file
    has.
    """
    if len(text) > LARGEST:
        raise RuleFileInvalid(reason=f"more than {LARGEST} characters")
    try:
        entries = CatalogueFile.model_validate(tomli.loads(text))
    except tomli.TOMLDecodeError as error:
        raise _unreadable(error) from error
    except RecursionError:
        raise RuleFileInvalid(reason="nested too deep") from None
    except ValidationError as error:
        raise _invalid(text, error) from error
    if entries.wrapper or entries.code or entries.captions.model_fields_set:
        raise RuleFileInvalid(reason="only [[class]], [[template]] and [[taught]] can be taught")
    titles = {entry.code: entry.title.en for entry in entries.class_}
    known = set(known_classes)
    extras = {entry.rule: entry for entry in entries.taught}
    rules = []
    for entry in entries.template:
        if entry.class_ not in known and entry.class_ not in titles:
            raise RuleFileInvalid(
                reason=f"{entry.id}: there is no class {entry.class_!r}", line=_line(text, entry.id)
            )
        extra = extras.get(entry.id, TaughtEntry(rule=entry.id))
        rules.append(
            TaughtRule(
                id=entry.id.removeprefix(TAUGHT),
                template=entry.text,
                class_code=entry.class_,
                fixer=Fixer(extra.fixer) if extra.fixer else None,
                own_title=titles.get(entry.class_, ""),
                remedy=extra.remedy,
                precedence=Precedence(extra.precedence),
                language=entry.lang,
            )
        )
    return tuple(rules)


_AT = re.compile(r" \(at line ([0-9]+), column [0-9]+\)$")
"""How tomli ends what it says (hukkin/tomli, ``TOMLDecodeError``)."""


def _unreadable(error: tomli.TOMLDecodeError) -> RuleFileInvalid:
    said = str(error)
    if at := _AT.search(said):
        return RuleFileInvalid(reason=said[: at.start()], line=int(at[1]))
    return RuleFileInvalid(reason=said)


def _invalid(text: str, error: ValidationError) -> RuleFileInvalid:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    reason = f"{where}: {first['msg']}"[:200]
    match first["loc"]:
        case (str(table), int(index), *_):
            heads = re.finditer(rf"^\s*\[\[\s*{re.escape(table)}\s*\]\]", text, re.MULTILINE)
            if head := next(itertools.islice(heads, index, None), None):
                return RuleFileInvalid(reason=reason, line=text.count("\n", 0, head.end()) + 1)
    return RuleFileInvalid(reason=reason)


def line_of(text: str, rule: TaughtRule) -> int:
    """Where a rule that was read from that text stands in it."""
    return _line(text, rule.name)


def _line(text: str, entry: str) -> int:
    position = text.find(f'"{entry}"')
    return text.count("\n", 0, max(position, 0)) + 1

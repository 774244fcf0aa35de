"""A small checker: a rule looks at one JSON value and yields what Slack would object to.

The wording follows Slack's own ("must be less than 3001 characters [json-pointer:/blocks/0/text/text]"), so
that a log line of the simulator and one of Slack read alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.simulator.slack.limits import Limit


@dataclass(frozen=True)
class Violation:
    """One objection. ``pointer`` is a JSON pointer from the root of the request."""

    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"


class Rule(Protocol):
    """Checks one value."""

    def check(self, value: object, at: str) -> Iterator[Violation]:
        """Yield every objection to ``value``, which stands at the JSON pointer ``at``."""


Extra = Callable[[Mapping[str, Any], str], Iterator[Violation]]
"""A rule over several fields of one object."""


@dataclass(frozen=True)
class String:
    """A string within ``limit`` characters, or one of ``choices``."""

    limit: Limit | None = None
    choices: frozenset[str] = frozenset()

    def check(self, value: object, at: str) -> Iterator[Violation]:
        if not isinstance(value, str):
            yield Violation(at, "must provide a string")
            return
        if self.choices and value not in self.choices:
            yield Violation(at, "must be a valid enum value")
        if self.limit and len(value) > self.limit.most:
            yield Violation(at, f"must be less than {self.limit.most + 1} characters")
        if self.limit and len(value) < self.limit.least:
            yield Violation(at, f"must be more than {self.limit.least - 1} characters")


@dataclass(frozen=True)
class Url:
    """An absolute http(s) address within ``limit`` characters."""

    limit: Limit

    def check(self, value: object, at: str) -> Iterator[Violation]:
        yield from String(self.limit).check(value, at)
        if isinstance(value, str) and not value.startswith(("https://", "http://", "mailto:", "slack://")):
            yield Violation(at, "must be a valid URL")


@dataclass(frozen=True)
class Integer:
    """A whole number within ``limit``; JSON ``true`` is not one."""

    limit: Limit | None = None

    def check(self, value: object, at: str) -> Iterator[Violation]:
        if isinstance(value, bool) or not isinstance(value, int):
            yield Violation(at, "must be an integer")
        elif self.limit and not self.limit.least <= value <= self.limit.most:
            yield Violation(at, f"must be between {self.limit.least} and {self.limit.most}")


@dataclass(frozen=True)
class Number:
    """Any JSON number."""

    def check(self, value: object, at: str) -> Iterator[Violation]:
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield Violation(at, "must be a number")


@dataclass(frozen=True)
class Boolean:
    """``true`` or ``false``."""

    def check(self, value: object, at: str) -> Iterator[Violation]:
        if not isinstance(value, bool):
            yield Violation(at, "must be a boolean")


@dataclass(frozen=True)
class Items:
    """A list of ``each``, with ``limit`` items."""

    each: Rule
    limit: Limit | None = None

    def check(self, value: object, at: str) -> Iterator[Violation]:
        if not isinstance(value, list):
            yield Violation(at, "must be an array")
            return
        if self.limit and len(value) > self.limit.most:
            yield Violation(at, f"no more than {self.limit.most} items allowed")
        if self.limit and len(value) < self.limit.least:
            yield Violation(at, f"no fewer than {self.limit.least} items allowed")
        for index, item in enumerate(value):
            yield from self.each.check(item, f"{at}/{index}")


@dataclass(frozen=True)
class Shape:
    """An object with exactly these fields. ``extras`` are rules over several fields."""

    required: Mapping[str, Rule] = field(default_factory=dict)
    optional: Mapping[str, Rule] = field(default_factory=dict)
    extras: Sequence[Extra] = ()

    def check(self, value: object, at: str) -> Iterator[Violation]:
        if not isinstance(value, dict):
            yield Violation(at, "must be an object")
            return
        for name in self.required:
            if value.get(name) is None:
                yield Violation(at, f"missing required field: {name}")
        for name, inner in value.items():
            rule = self.required.get(name) or self.optional.get(name)
            if rule is None:
                yield Violation(at, f"invalid additional property: {name}")
            elif inner is not None:
                yield from rule.check(inner, f"{at}/{name}")
        for extra in self.extras:
            yield from extra(value, at)


@dataclass(frozen=True)
class ByType:
    """An object whose ``type`` chooses its shape."""

    shapes: Mapping[str, Rule]

    def check(self, value: object, at: str) -> Iterator[Violation]:
        if not isinstance(value, dict):
            yield Violation(at, "must be an object")
            return
        kind = value.get("type")
        shape = self.shapes.get(kind) if isinstance(kind, str) else None
        if shape is None:
            yield Violation(f"{at}/type", f"unsupported type: {kind}")
        else:
            yield from shape.check(value, at)


def typed(
    required: Mapping[str, Rule] | None = None,
    optional: Mapping[str, Rule] | None = None,
    *extras: Extra,
) -> Shape:
    """A shape that carries a ``type``; the type itself was checked by ``ByType``."""
    return Shape({"type": String(), **(required or {})}, optional or {}, extras)


def text(limit: Limit) -> ByType:
    """A text object, plain or mrkdwn (reference/block-kit/composition-objects/text-object)."""
    return ByType(
        {**plain_text(limit).shapes, "mrkdwn": typed({"text": String(limit)}, {"verbatim": Boolean()})}
    )


def plain_text(limit: Limit) -> ByType:
    """A text object that must be plain."""
    return ByType({"plain_text": typed({"text": String(limit)}, {"emoji": Boolean()})})


def at_least_one_of(*names: str) -> Extra:
    """An extra rule: one of the fields must be there."""

    def check(value: Mapping[str, Any], at: str) -> Iterator[Violation]:
        if not any(value.get(name) for name in names):
            yield Violation(at, f"must define either {' or '.join(f'`{name}`' for name in names)}")

    return check


def at_most_one_of(*names: str) -> Extra:
    """An extra rule: the fields exclude each other."""

    def check(value: Mapping[str, Any], at: str) -> Iterator[Violation]:
        if sum(value.get(name) is not None for name in names) > 1:
            yield Violation(at, f"only one of {', '.join(f'`{name}`' for name in names)} allowed")

    return check

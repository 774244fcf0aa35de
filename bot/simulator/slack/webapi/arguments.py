"""Arguments of a Web API call: JSON or form, body or query, read with Slack's leniency about types."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.simulator.slack.outcomes import ApiError


class Arguments:
    """The arguments of one call, without the token."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = {name: value for name, value in values.items() if value is not None}

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def check(self, required: frozenset[str], optional: frozenset[str]) -> None:
        """Raise ``invalid_arguments`` for anything missing or unknown."""
        missing = [f"missing required field: {name}" for name in sorted(required - self.values.keys())]
        unknown = [
            f"invalid argument name: {name}" for name in sorted(self.values.keys() - required - optional)
        ]
        if missing or unknown:
            raise ApiError("invalid_arguments", (*missing, *unknown))

    def text(self, name: str) -> str | None:
        """A string; numbers are taken as their digits."""
        value = self.values.get(name)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        raise ApiError("invalid_arguments", (f"must provide a string [json-pointer:/{name}]",))

    def required_text(self, name: str) -> str:
        """A string that ``check`` has seen."""
        return self.text(name) or ""

    def flag(self, name: str) -> bool:
        """A boolean: JSON, or ``true``/``1`` of a form."""
        value = self.values.get(name, False)
        if isinstance(value, bool):
            return value
        if str(value).lower() in {"true", "1", "false", "0"}:
            return str(value).lower() in {"true", "1"}
        raise ApiError("invalid_arguments", (f"must be a boolean [json-pointer:/{name}]",))

    def number(self, name: str, default: int) -> int:
        """A whole number."""
        value = self.values.get(name, default)
        try:
            return int(value)
        except (TypeError, ValueError) as error:
            raise ApiError("invalid_arguments", (f"must be an integer [json-pointer:/{name}]",)) from error

    def json(self, name: str, error: str = "invalid_arguments") -> Any:
        """An object or list, as JSON or as a string of JSON; raises ``error`` when it cannot be read."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError as unreadable:
            raise ApiError(error, (f"must be JSON [json-pointer:/{name}]",)) from unreadable

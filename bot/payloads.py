"""Payloads of Slack: read strictly, since Bolt reaches into them without looking.

``slack_bolt`` 1.30 takes for granted that ``team`` is an object, ``authorizations`` a list of objects and so
on (``request/internals.py``, ``listener_matcher/builtins.py``); anything else becomes an exception and HTTP
500. Only what Bolt and the listeners reach into is checked here; what else Slack sends passes unseen, so that
a new field never locks anybody out.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Self
from urllib.parse import parse_qsl

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StrictStr,
    ValidationError,
    model_validator,
)

DEEPEST = 60
"""Levels of nesting. Slack's deepest, rich text in a view in a payload, stays under twenty."""
_MOST_FIELDS = 100
"""Fields of a form. A slash command has about fifteen."""


class Unreadable(Exception):
    """Not a payload of Slack; ``reason`` is a word for the log and quotes nothing."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def word(value: object) -> str:
    """A word of Slack's own, such as a type, for the log; ``?`` for what may quote somebody."""
    return value if isinstance(value, str) and re.fullmatch(r"[a-z_]{1,40}", value) else "?"


def canonical(body: bytes, *, is_json: bool) -> bytes:
    """The payload as JSON in UTF-8, from JSON or from either of Slack's forms; raises Unreadable.

    Forms: docs.slack.dev, "Implementing slash commands" (fields) and "Handling user interaction" (one field
    ``payload``). Halves of surrogate pairs, which a text cut in the middle of an emoji leaves, become ``?``.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable("not_utf8") from None
    payload = _parsed(text) if is_json else _of_form(text)
    if not isinstance(payload, dict):
        raise Unreadable("no_object")
    _check_depth(payload)
    try:
        _Payload.model_validate(payload)
    except ValidationError as error:
        wrong = sorted({str(part) for one in error.errors(include_url=False) for part in one["loc"][:1]})
        raise Unreadable("shape:" + ",".join(name for name in wrong if name in _KNOWN)) from None
    if "response_urls" in payload:
        # Of several Bolt uses the first, and fails over saying so (slack_bolt 1.30, build_async_context).
        payload["response_urls"] = payload["response_urls"][:1]
    return json.dumps(payload, ensure_ascii=False).encode("utf-8", errors="replace")


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:  # also numbers of more than 4,300 digits
        raise Unreadable("not_json") from None
    except RecursionError:
        raise Unreadable("too_deep") from None


def _of_form(text: str) -> Any:
    try:
        fields = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError:
        raise Unreadable("too_many_fields") from None
    if "payload" in fields and "command" not in fields:
        return _parsed(fields["payload"])
    # PostgreSQL knows no NUL in a text, and nobody types one.
    return {name: value.replace("\0", "") for name, value in fields.items()}


def _check_depth(payload: Any) -> None:
    level = [payload]
    for _ in range(DEEPEST):
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise Unreadable("too_deep")


_NEVER_NULL = frozenset({"event", "view", "function_data"})


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Named(_Part):
    """A team, a person, a channel: an object with ids."""

    id: StrictStr | None = None
    team_id: StrictStr | None = None
    enterprise_id: StrictStr | None = None


def _id_or_object(value: Any) -> Any:
    return {"id": value} if isinstance(value, str) else value


_Reference = Annotated[_Named | None, BeforeValidator(_id_or_object)]


class _Action(_Part):
    action_id: StrictStr | None = None
    block_id: StrictStr | None = None


class _View(_Part):
    type: StrictStr | None = None
    id: StrictStr | None = None
    callback_id: StrictStr | None = None
    team_id: StrictStr | None = None
    app_installed_team_id: StrictStr | None = None


class _Container(_Part):
    message_ts: StrictStr | None = None
    view_id: StrictStr | None = None
    channel_id: StrictStr | None = None


class _ResponseUrl(_Part):
    response_url: StrictStr | None = None


class _Payload(_Part):
    type: StrictStr | None = None
    subtype: StrictStr | None = None
    command: StrictStr = ""
    text: StrictStr | None = None
    token: StrictStr | None = None
    challenge: StrictStr | None = None
    team_id: StrictStr | None = None
    enterprise_id: StrictStr | None = None
    user_id: StrictStr | None = None
    user_team: StrictStr | None = None
    bot_id: StrictStr | None = None
    channel_id: StrictStr | None = None
    thread_ts: StrictStr | None = None
    action_id: StrictStr | None = None
    callback_id: StrictStr | None = None
    trigger_id: StrictStr | None = None
    response_url: StrictStr | None = None
    team: _Reference = None
    enterprise: _Reference = None
    user: _Reference = None
    channel: _Reference = None
    view: _View | None = None
    container: _Container | None = None
    actions: list[_Action] = []
    response_urls: list[_ResponseUrl] = []
    authorizations: list[_Payload] | None = None
    event: _Payload | None = None
    function_data: _Part | None = None
    workflow_step: _Part | None = None
    item: _Payload | None = None
    message: _Payload | None = None
    previous_message: _Payload | None = None
    assistant_thread: _Payload | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        """What may be absent but not null, and what each type cannot be without."""
        if any(getattr(self, name) is None for name in _NEVER_NULL & self.model_fields_set):
            raise ValueError("null")
        if self.type in ("block_actions", "interactive_message") and not self.actions:
            raise ValueError("no action")
        if self.type == "block_actions" and self.actions[0].action_id is None:
            raise ValueError("no action_id")
        if self.type in ("view_submission", "view_closed") and (self.view is None or self.view.type is None):
            raise ValueError("no view")
        step = self.type == "workflow_step_edit" or (
            self.view is not None and self.view.type == "workflow_step"
        )
        if step and self.workflow_step is None:
            raise ValueError("no step")
        if self.type == "event_callback" and (self.event is None or self.event.type is None):
            raise ValueError("no event")
        return self


_KNOWN = frozenset(_Payload.model_fields)

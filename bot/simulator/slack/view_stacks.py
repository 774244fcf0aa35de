"""Modals and home tabs that are open now, with Slack's stack of three and its hashes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.simulator.slack import limits
from bot.simulator.slack.blockkit.state import Values, initial_values, interactive, kept_values
from bot.simulator.slack.outcomes import ApiError
from bot.simulator.slack.workspace import ChannelKind, Workspace

_KINDS = {
    ChannelKind.PUBLIC: "public",
    ChannelKind.PRIVATE: "private",
    ChannelKind.DIRECT: "im",
    ChannelKind.GROUP: "mpim",
}


@dataclass
class StoredView:
    """A modal or home tab as Slack keeps it. ``body`` is what the app sent, with ids filled in."""

    id: str
    user: str
    body: dict[str, Any]
    hash: str
    root_id: str
    previous_id: str | None = None
    values: Values = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def external_id(self) -> str:
        """The app's own id, or an empty string."""
        return str(self.body.get("external_id") or "")


class ViewStacks:
    """Every open view of the workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._stacks: dict[str, list[StoredView]] = {}
        self._homes: dict[str, StoredView] = {}
        self._changed: dict[str, int] = {}

    def changed(self, user: str) -> int:
        """The number of the last change to any view of that person."""
        return self._changed.get(user, 0)

    def top(self, user: str) -> StoredView | None:
        """The modal that the person sees."""
        stack = self._stacks.get(user)
        return stack[-1] if stack else None

    def home(self, user: str) -> StoredView | None:
        """What was published on the person's home tab."""
        return self._homes.get(user)

    def open(self, user: str, body: Mapping[str, Any]) -> StoredView:
        """Open a modal in place of whatever was open."""
        self._check_external_id(user, body, None)
        self._stacks[user] = []
        return self._append(user, body)

    def push(self, user: str, body: Mapping[str, Any]) -> StoredView:
        """Put a modal on top; raises ``push_limit_reached`` beyond three."""
        stack = self._stacks.get(user)
        if not stack:
            raise ApiError("not_found")
        if len(stack) >= limits.VIEW_STACK.most:
            raise ApiError("push_limit_reached")
        self._check_external_id(user, body, None)
        return self._append(user, body)

    def find(self, *, view_id: str | None, external_id: str | None) -> StoredView:
        """An open view by one of its ids; raises ``not_found``."""
        everything = [*self._homes.values(), *(view for stack in self._stacks.values() for view in stack)]
        for view in everything:
            if view.id == view_id or (external_id and view.external_id == external_id):
                return view
        raise ApiError("not_found")

    def update(self, view: StoredView, body: Mapping[str, Any], expected: str | None = None) -> StoredView:
        """Change a view in place; raises ``hash_conflict`` when ``expected`` is not its hash."""
        if expected is not None and expected != view.hash:
            raise ApiError("hash_conflict")
        self._check_external_id(view.user, body, view)
        view.body = self._with_ids(body)
        view.values = kept_values(view.values, view.body["blocks"])
        view.errors = {}
        view.hash = self._new_hash()
        self._mark(view.user)
        return view

    def publish(self, user: str, body: Mapping[str, Any], expected: str | None) -> StoredView:
        """Set the person's home tab."""
        view = self._homes.get(user)
        if view is not None:
            return self.update(view, body, expected)
        if expected is not None:
            raise ApiError("hash_conflict")
        view = self._homes[user] = self._new(user, body, previous=None)
        return view

    def refuse_input(self, view: StoredView, errors: Mapping[str, str]) -> None:
        """Show the app's objections under the inputs (``response_action: errors``)."""
        view.errors = dict(errors)
        self._mark(view.user)

    def close_top(self, user: str) -> StoredView:
        """Close what the person sees; the view below appears."""
        view = self._stacks[user].pop()
        self._mark(user)
        return view

    def close_all(self, user: str) -> None:
        """Close the whole stack."""
        self._stacks[user] = []
        self._mark(user)

    def _mark(self, user: str) -> None:
        self._changed[user] = self._workspace.changes.mark()

    def _append(self, user: str, body: Mapping[str, Any]) -> StoredView:
        stack = self._stacks.setdefault(user, [])
        view = self._new(user, body, previous=stack[-1] if stack else None)
        stack.append(view)
        return view

    def _new(self, user: str, body: Mapping[str, Any], previous: StoredView | None) -> StoredView:
        view_id = self._workspace.new_id("V")
        filled = self._with_ids(body)
        self._in_place(user, filled["blocks"])
        self._mark(user)
        return StoredView(
            id=view_id,
            user=user,
            body=filled,
            hash=self._new_hash(),
            root_id=previous.root_id if previous else view_id,
            previous_id=previous.id if previous else None,
            values=initial_values(filled["blocks"]),
        )

    def _with_ids(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return {**body, "blocks": self._workspace.identified(body["blocks"])}

    def _in_place(self, user: str, blocks: list[dict[str, Any]]) -> None:
        """``default_to_current_conversation``: chosen beforehand is the channel that the person is in.

        Only where the filter would offer it (docs.slack.dev, reference/block-kit/block-elements).
        """
        channel = self._workspace.channels.get(self._workspace.whereabouts.get(user, ""))
        for _, element in interactive(blocks):
            wants = element["type"] == "conversations_select" and element.get(
                "default_to_current_conversation"
            )
            kinds = (element.get("filter") or {}).get("include")
            if wants and channel is not None and (not kinds or _KINDS[channel.kind] in kinds):
                element.setdefault("initial_conversation", channel.id)

    def _new_hash(self) -> str:
        return f"{int(self._workspace.clock.now().timestamp())}.{self._workspace.new_id('h')}"

    def _check_external_id(self, user: str, body: Mapping[str, Any], own: StoredView | None) -> None:
        wanted = body.get("external_id")
        if not wanted:
            return
        for owner, stack in self._stacks.items():
            # Opening replaces the person's own stack, so only what stays open counts.
            if own is None and owner == user:
                continue
            if any(view.external_id == wanted and view is not own for view in stack):
                raise ApiError("duplicate_external_id")

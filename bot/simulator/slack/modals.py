"""A person's hand in modals and on the home tab: pressing, filling in, submitting, closing.

Source: docs.slack.dev, surfaces/modals. An empty acknowledgement of a submission closes the modal on top; a
``response_action`` shows errors, updates, pushes or clears.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, NoReturn

from bot.simulator.slack import payloads
from bot.simulator.slack.backend import Backend
from bot.simulator.slack.blockkit.blocks import Surface
from bot.simulator.slack.choosing import Choice, missing_inputs, press_of, remember
from bot.simulator.slack.delivery import Delivery, Kind
from bot.simulator.slack.mrkdwn import Reader
from bot.simulator.slack.outcomes import ApiError, DispatchFailed, Refusal, Refused
from bot.simulator.slack.screen import Element, Modal
from bot.simulator.slack.view_stacks import StoredView
from bot.simulator.slack.webapi.views import read_view
from bot.simulator.slack.workspace import User


class ModalHand:
    """Everything that one person can do with views."""

    def __init__(
        self, user: User, backend: Backend, delivery: Delivery, reader: Callable[[], Reader]
    ) -> None:
        self._user = user
        self._backend = backend
        self._delivery = delivery
        self._reader = reader

    @property
    def modal(self) -> Modal | None:
        """The modal on top."""
        view = self._backend.views.top(self._user.id)
        return self._snapshot(view) if view else None

    @property
    def home(self) -> Modal | None:
        """The home tab."""
        view = self._backend.views.home(self._user.id)
        return self._snapshot(view) if view else None

    async def click(self, label: str, nth: int) -> None:
        """Press a button of the modal on top."""
        await self._press(self._top(), label, nth)

    async def home_click(self, label: str, nth: int) -> None:
        """Press a button of the home tab."""
        view = self._backend.views.home(self._user.id)
        if view is None:
            raise Refused("the home tab is empty")
        await self._press(view, label, nth)

    def fill(self, label: str, choice: Choice) -> None:
        """Set an input; raises Refused when there is none with that label or it cannot hold the value."""
        view = self._top()
        remember(view.values, self._element(view, label, 0), choice)

    async def submit(self) -> None:
        """Send the form; raises Refused when a required input is empty."""
        view = self._top()
        if not view.body.get("submit"):
            raise Refused("the modal has no submit button")
        missing = missing_inputs(view.body["blocks"], view.values)
        if missing:
            raise Refused(f"these inputs are required: {', '.join(missing)}")
        payload = payloads.submission(self._backend, self._user, view)
        answer = await self._delivery.deliver(Kind.INTERACTION, payload, "The form")
        self._apply(view, answer)

    async def close(self) -> None:
        """Close the modal on top, or the whole stack when it says ``clear_on_close``."""
        view = self._top()
        cleared = bool(view.body.get("clear_on_close"))
        if cleared:
            self._backend.views.close_all(self._user.id)
        else:
            self._backend.views.close_top(self._user.id)
        if view.body.get("notify_on_close"):
            payload = payloads.closing(self._backend, self._user, view, cleared=cleared)
            await self._delivery.deliver(Kind.INTERACTION, payload, "Closing")

    async def _press(self, view: StoredView, label: str, nth: int) -> None:
        element = self._element(view, label, nth)
        payload = payloads.press_in_view(self._backend, self._user, view, press_of(element, None))
        await self._delivery.deliver(Kind.INTERACTION, payload, f"[{label}]")

    def _top(self) -> StoredView:
        view = self._backend.views.top(self._user.id)
        if view is None:
            raise Refused("no modal is open")
        return view

    def _element(self, view: StoredView, label: str, nth: int) -> Element:
        found = [element for element in self._snapshot(view).elements() if element.label == label]
        if nth >= len(found):
            raise Refused(f"the view has no {label!r}")
        return found[nth]

    def _apply(self, view: StoredView, answer: Any) -> None:
        action = answer.get("response_action") if isinstance(answer, dict) else None
        views = self._backend.views
        try:
            if not answer:
                views.close_top(self._user.id)
            elif action == "clear":
                views.close_all(self._user.id)
            elif action == "errors":
                views.refuse_input(view, self._checked_errors(view, answer.get("errors")))
            elif action == "update":
                views.update(view, read_view(answer.get("view"), Surface.MODAL))
            elif action == "push":
                views.push(self._user.id, read_view(answer.get("view"), Surface.MODAL))
            else:
                _unknown_response()
        except ApiError as error:
            self._backend.refusals.append(Refusal("ack", error.code, error.details))
            raise DispatchFailed(error.code, "We had some trouble connecting. Try again?") from error

    def _checked_errors(self, view: StoredView, errors: Any) -> dict[str, str]:
        inputs = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
        if not isinstance(errors, dict) or not errors or not errors.keys() <= inputs:
            raise ApiError("invalid_errors", ("every key must be the block_id of an input block",))
        return {key: str(text) for key, text in errors.items()}

    def _snapshot(self, view: StoredView) -> Modal:
        body = view.body
        return Modal(
            view_id=view.id,
            title=(body.get("title") or {}).get("text", ""),
            submit_label=(body.get("submit") or {}).get("text"),
            callback_id=body.get("callback_id", ""),
            private_metadata=body.get("private_metadata", ""),
            blocks=body["blocks"],
            reader=self._reader(),
            errors=dict(view.errors),
            values=copy.deepcopy(view.values),
        )


def _unknown_response() -> NoReturn:
    raise ApiError("invalid_response_action")

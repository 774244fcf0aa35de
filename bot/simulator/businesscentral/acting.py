"""Endpoints that change something: bound actions, deletion, and batches of requests."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from typing import Any
from urllib.parse import unquote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Scope

from bot.clock import Clock
from bot.simulator.businesscentral.actions import ACTIONS, Call, check_parameters
from bot.simulator.businesscentral.answering import Answering
from bot.simulator.businesscentral.batches import Part, PartAnswer, answer_parts
from bot.simulator.businesscentral.company import SimulatedCompany
from bot.simulator.businesscentral.entities import etag
from bot.simulator.businesscentral.faults import Faults
from bot.simulator.businesscentral.filters import Kind, parse_literal
from bot.simulator.businesscentral.front_door import TURNSTILE
from bot.simulator.businesscentral.limits import Turnstile
from bot.simulator.businesscentral.permissions import PermissionSet, demand
from bot.simulator.businesscentral.refusal import (
    Refusal,
    bad_request,
    method_not_allowed,
    record_missing,
    resource_missing,
)
from bot.simulator.businesscentral.rows import SimulatedError

_PREFIX = "Microsoft.NAV."
_ERROR_ROW = re.compile(r"companies\(([0-9a-fA-F-]{36})\)/syncErrors\(([0-9a-fA-F-]{36})\)")


class Acting:
    """``company_of`` finds the company of a request, or refuses; ``company_named`` the one with that id."""

    def __init__(
        self,
        *,
        clock: Clock,
        faults: Faults,
        answering: Answering,
        company_of: Callable[[Request], SimulatedCompany],
        company_named: Callable[[Request, str], SimulatedCompany],
        given: Callable[[], Collection[PermissionSet]],
    ) -> None:
        self._clock = clock
        self._faults = faults
        self._answering = answering
        self._company_of = company_of
        self._company_named = company_named
        self._given = given

    async def action(self, request: Request) -> Response:
        """POST on ``<entity set>(<id>)/Microsoft.NAV.<action>``: 204."""
        company = self._company_of(request)
        name = request.path_params["action"].removeprefix(_PREFIX)
        action = ACTIONS.get(request.path_params["set"], {}).get(name)
        is_named = request.path_params["action"].startswith(_PREFIX)
        if action is None or not is_named or name in self._faults.missing_actions:
            raise resource_missing(self._answering.address(request))
        demand(action.needs, self._given())
        body = await _parameters(request)
        check_parameters(name, action, body)
        key = parse_literal(request.path_params["key"], Kind.GUID)
        action.carry_out(Call(company, key, body, self._clock, self._faults))
        return Response(status_code=204)

    def delete_error(self, company: SimulatedCompany, key: str, if_match: str | None) -> None:
        """DELETE on ``syncErrors(<id>)``."""
        row = company.find(key, self._clock.now())
        if row is None:
            raise record_missing("Integration Synch. Job Errors", key)
        _check_entity_tag(if_match, row)
        company.delete(key)

    async def batch(self, router: ASGIApp, request: Request) -> Response:
        """``$batch``; ``router`` answers parts of every kind."""

        async def answer(part: Part) -> PartAnswer:
            fault = self._faults.next_part()
            if fault is None:
                return await self._answered(router, request, part)
            if fault.is_after:
                await self._answered(router, request, part)
            body = self._refused(Refusal(fault.status, "Unknown", "A simulated fault.")).body
            headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
            return PartAnswer(fault.status, body, headers)

        return self._answering.json(await answer_parts(request, self._faults, answer))

    async def _answered(self, router: ASGIApp, request: Request, part: Part) -> PartAnswer:
        turnstile: Turnstile = request.scope[TURNSTILE]
        try:
            turnstile.count_part()
            return await self._part(router, request, part)
        except Refusal as refusal:
            return self._refused(refusal)

    def _refused(self, refusal: Refusal) -> PartAnswer:
        body = refusal.body(self._answering.next_correlation_id())
        return PartAnswer(refusal.status, body, refusal.headers)

    async def _part(self, router: ASGIApp, request: Request, part: Part) -> PartAnswer:
        """Deleting rows takes the short way, for there are many of them."""
        row = _ERROR_ROW.fullmatch(part.url)
        if part.method == "DELETE" and row is not None and "/api/syncerrors/" in request.url.path:
            company = self._company_named(request, row[1])
            self.delete_error(company, row[2].lower(), part.headers.get("if-match"))
            return PartAnswer(204)
        return await _through(router, request, part, self._answering.address(request))


async def _parameters(request: Request) -> dict[str, Any]:
    """The body of an action: an object, or nothing."""
    content = await request.body()
    if not content:
        return {}
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refusal(415, "Unknown", "The content type of the request is not supported.")
    try:
        body = json.loads(content)
    except ValueError:
        raise bad_request("The request body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise bad_request("The request body is not an object.")
    return body


async def _through(router: ASGIApp, request: Request, part: Part, address: str) -> PartAnswer:
    """A part as a request of its own. A slash in front begins at the host, where nothing is."""
    if part.url.startswith("/"):
        raise resource_missing(part.url)
    path, _, query = part.url.partition("?")
    root = request.url.path.removesuffix("$batch")
    headers = [(name.encode(), value.encode()) for name, value in part.headers.items()]
    content = b"" if part.body is None else json.dumps(part.body).encode()
    scope: Scope = {
        **request.scope,
        "method": part.method,
        "path": root + unquote(path),
        "raw_path": (root + path).encode(),
        "query_string": query.encode(),
        "headers": headers,
    }
    for left_over in ("path_params", "endpoint", "route"):
        scope.pop(left_over, None)
    status, body = 0, b""

    async def receive() -> Message:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, body
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            body += message.get("body", b"")

    try:
        await router(scope, receive, send)
    except HTTPException as error:
        if error.status_code == 405:
            raise method_not_allowed(part.method, path.rsplit("/", 1)[-1]) from None
        raise resource_missing(address.removesuffix("$batch") + path) from None
    return PartAnswer(status, json.loads(body) if body else None)


def _check_entity_tag(given: str | None, row: SimulatedError) -> None:
    """``If-Match`` is required for DELETE (API v2.0 reference, "Delete customers")."""
    if given is None:
        raise Refusal(
            400,
            "BadRequest_InvalidToken",
            "Could not validate the client concurrency token required by the service. Please provide a valid "
            "token in the client request.",
        )
    if given != "*" and given != etag(row.id, row.number):
        raise Refusal(409, "Request_EntityChanged", "Another user has already changed the record.")

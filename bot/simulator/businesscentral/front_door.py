"""What a request passes before it reaches an endpoint: pending error answers, sign-in, limits, delay."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.clock import Clock
from bot.simulator.businesscentral.faults import Faults, StatusFault
from bot.simulator.businesscentral.installation import SignIn
from bot.simulator.businesscentral.limits import Limits, Turnstile
from bot.simulator.businesscentral.refusal import Refusal, credentials_rejected

TURNSTILE = "businesscentral.turnstile"
"""Where a request's scope says whose limits its parts count against."""

_RECORDED_HEADERS = ("accept", "accept-language", "data-access-intent", "if-match", "prefer", "user-agent")


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """One request as it arrived. The authorization is left out, whatever it was."""

    at: datetime
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """``accept``, ``accept-language``, ``data-access-intent``, ``if-match``, ``prefer``, ``user-agent``."""
    status: int


class FrontDoor:
    """Lets requests in. Each signed-in application has its own limits."""

    def __init__(
        self,
        *,
        clock: Clock,
        faults: Faults,
        sign_in: SignIn,
        limits: Limits,
        next_correlation_id: Callable[[], str],
    ) -> None:
        self._clock = clock
        self._faults = faults
        self._sign_in = sign_in
        self._limits = limits
        self._next_correlation_id = next_correlation_id
        self._turnstiles: dict[str, Turnstile] = {}
        self.requests: list[RecordedRequest] = []

    @property
    def most_at_once(self) -> int:
        """The highest number of requests that one user had processed at the same time."""
        return max((turnstile.most_at_once for turnstile in self._turnstiles.values()), default=0)

    async def admit(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request, by ``app`` if it gets that far, and record it."""
        request = Request(scope)
        answer = _Answer()
        try:
            await self._pass(app, request, receive, answer)
        except Refusal as refusal:
            answer = _Answer()
            await refusal.response(self._next_correlation_id())(scope, receive, answer)
        self._record(request, answer.status)
        for message in answer.messages:
            await send(message)

    async def _pass(self, app: ASGIApp, request: Request, receive: Receive, answer: _Answer) -> None:
        fault = self._faults.next_status(str(request.url))
        if fault is not None and not fault.is_after:
            await _faulty(fault, self._next_correlation_id())(request.scope, receive, answer)
            return
        caller = self._authenticate(request)
        request.scope["query_string"] = self._sign_in.within(request.scope["query_string"])
        turnstile = self._turnstiles.setdefault(caller, Turnstile(self._limits, self._clock))
        async with turnstile.admit():
            delay = self._faults.next_delay()
            if delay:
                await self._clock.sleep(delay)
            request.scope[TURNSTILE] = turnstile
            if fault is None:
                await app(request.scope, receive, answer)
                return
            await app(request.scope, receive, _Answer())
            await _faulty(fault, self._next_correlation_id())(request.scope, receive, answer)

    def _authenticate(self, request: Request) -> str:
        """Who calls. Raises Refusal (401)."""
        if self._faults.is_everybody_refused:
            raise credentials_rejected()
        return self._sign_in.caller(request.headers.get("authorization", ""))

    def _record(self, request: Request, status: int) -> None:
        headers = {name: request.headers[name] for name in _RECORDED_HEADERS if name in request.headers}
        query = dict(request.query_params)
        self.requests.append(
            RecordedRequest(self._clock.now(), request.method, request.url.path, query, headers, status)
        )


class Gate:
    """The front door as Starlette middleware."""

    def __init__(self, app: ASGIApp, door: FrontDoor) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._door.admit(self._app, scope, receive, send)
        else:
            await self._app(scope, receive, send)


class _Answer:
    """Keeps an answer back until it is certain that it is the answer: 408 is known only afterwards."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        self.messages.append(message)


_FAULT_CODES = {
    401: "Authentication_InvalidCredentials",
    403: "Authorization_RequestDenied",
    429: "Application_TooManyRequests",
    500: "Internal_ServerError",
}


def _faulty(fault: StatusFault, correlation_id: str) -> Response:
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    if fault.html:
        page = f"<html><head><title>{fault.status}</title></head><body>Service unavailable</body></html>"
        return HTMLResponse(page, status_code=fault.status, headers=headers)
    code = fault.code or _FAULT_CODES.get(fault.status, "Unknown")
    return Refusal(fault.status, code, "A simulated fault.", headers=headers).response(correlation_id)

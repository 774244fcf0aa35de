"""The simulated Dataverse Web API: strict, read-only, in the documented forms.

Addresses, headers, functions: MicrosoftDocs/powerapps-docs, ``developer/data-platform/webapi``. Stricter than
the real one where that forgives: the headers that Microsoft asks for are demanded, and a ``$select``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from bot.clock import Clock
from bot.simulator.dataverse.faults import DOCUMENTED, Faults, Protection, Turnstile, refusal_of
from bot.simulator.dataverse.organization import SimulatedOrganization
from bot.simulator.dataverse.refusal import (
    Refusal,
    admin_mode,
    bad_request,
    disabled,
    method_not_allowed,
    no_roles,
    not_a_member,
    not_authenticated,
    resource_missing,
)
from bot.simulator.dataverse.resources import ROOT, Call, Resources
from bot.simulator.entra import EntraSimulator
from bot.simulator.network import InProcessTransport


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """One request as it arrived, without its authorization."""

    at: datetime
    method: str
    path: str
    """Behind ``/api/data/v9.2/``."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    status: int


class DataverseSimulator:
    """Serves one environment. Every request needs a token of ``entra`` for this environment's address, of an
    application that stands as a user in it."""

    def __init__(
        self,
        organization: SimulatedOrganization,
        *,
        clock: Clock,
        entra: EntraSimulator,
        tenant: str,
        protection: Protection = DOCUMENTED,
    ) -> None:
        self.organization = organization
        self.faults = Faults()
        self.requests: list[RecordedRequest] = []
        self._resources = Resources(organization, self.faults)
        self._clock = clock
        self._entra = entra
        self._tenant = tenant.lower()
        self._protection = protection
        self._turnstiles: dict[str, Turnstile] = {}
        self.app = Starlette(routes=[Route("/{path:path}", self._serve, methods=_METHODS)])
        self.app.router.redirect_slashes = False

    @property
    def host(self) -> str:
        """Its name on the network."""
        return self.organization.url.removeprefix("https://")

    @property
    def most_at_once(self) -> int:
        """The highest number of requests that one user had under way at the same time."""
        return max((turnstile.most_at_once for turnstile in self._turnstiles.values()), default=0)

    def transport(self) -> InProcessTransport:
        """For ``httpx.AsyncClient``; refuses other hosts with httpx.ConnectError."""
        return InProcessTransport(
            self.app, hosts=[self.host], clock=self._clock, interrupt=self.faults.next_interruption
        )

    # The way in

    async def _serve(self, request: Request) -> Response:
        try:
            response = await self._admitted(request)
        except Refusal as refusal:
            response = refusal.response()
        headers = {name: value for name, value in request.headers.items() if name != "authorization"}
        path = request.url.path.removeprefix(ROOT)
        query = dict(request.query_params)
        self.requests.append(
            RecordedRequest(self._clock.now(), request.method, path, query, headers, response.status_code)
        )
        return response

    async def _admitted(self, request: Request) -> Response:
        fault = self.faults.next_status(str(request.url))
        if fault is not None and fault.html:
            return HTMLResponse("<html><body>Service unavailable</body></html>", status_code=fault.status)
        if fault is not None:
            raise refusal_of(fault)
        user = self._user(request)
        turnstile = self._turnstiles.setdefault(user, Turnstile(self._protection, self._clock))
        begun = turnstile.enter()
        try:
            if self.faults.delay:
                await self._clock.sleep(self.faults.delay)
            body = self.faults.next_body()
            if body is not None:
                return Response(body, media_type="application/json")
            return self._answer(request, user)
        finally:
            turnstile.leave(begun)

    def _user(self, request: Request) -> str:
        """The application user behind the token. Raises Refusal (401, 403)."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        issued = self._entra.validate(token, self.organization.url) if scheme.lower() == "bearer" else None
        if issued is None or issued.tenant != self._tenant:
            raise not_authenticated()
        rows = self.organization.rows("systemuser")
        user = next((row for row in rows if row.get("applicationid") == issued.client_id), None)
        if user is None:
            raise not_a_member()
        user_id = str(user["systemuserid"])
        if user["isdisabled"]:
            raise disabled(user_id)
        if self.organization.in_admin_mode:
            raise admin_mode()
        if not self.organization.roles_of(user=user_id):
            raise no_roles(user_id)
        return user_id

    def _answer(self, request: Request, user: str) -> Response:
        if request.method != "GET":
            raise method_not_allowed(request.method)
        if not request.url.path.startswith(ROOT):
            raise resource_missing(request.url.path)
        for header, wanted in _HEADERS.items():
            if wanted not in request.headers.get(header, ""):
                raise bad_request(f"The header {header}: {wanted} is missing.")
        path = request.url.path.removeprefix(ROOT)
        body = self._resources.answer(Call(request, path, user))
        return JSONResponse(body, headers={"OData-Version": "4.0"})


_METHODS = ["GET", "POST", "PATCH", "PUT", "DELETE"]
_HEADERS = {
    "accept": "application/json",
    "odata-version": "4.0",
    "odata-maxversion": "4.0",
    "if-none-match": "null",
}

"""The simulated Business Central: routes, sign-in, limits, faults."""

from __future__ import annotations

import itertools
import json
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.clock import Clock
from bot.simulator.businesscentral.company import SimulatedCompany, SimulatedError
from bot.simulator.businesscentral.entities import (
    COMPANY,
    SYNC_ERROR,
    company_json,
    details_json,
    etag,
    maintenance_json,
    sync_error_json,
)
from bot.simulator.businesscentral.faults import BodyDefect, Faults
from bot.simulator.businesscentral.filters import Kind, parse_literal
from bot.simulator.businesscentral.front_door import FrontDoor, Gate, RecordedRequest
from bot.simulator.businesscentral.installation import Anybody, ByEntra, OnPremises
from bot.simulator.businesscentral.limits import DOCUMENTED_LIMITS, Limits
from bot.simulator.businesscentral.pages import Page, Source, next_link, on_foreign_host, take_page
from bot.simulator.businesscentral.queries import EntityType, Query, make_token, parse_query
from bot.simulator.businesscentral.refusal import (
    Refusal,
    bad_request,
    company_missing,
    environment_missing,
    method_not_allowed,
    record_missing,
    resource_missing,
)
from bot.simulator.entra import EntraSimulator
from bot.simulator.network import InProcessTransport

API_HOST = "api.businesscentral.dynamics.com"
_ENVIRONMENT = "/v2.0/{tenant}/{environment}"
_COMPANION = "/api/syncerrors/integration/v1.0"
_STANDARD = "/api/v2.0"


class BusinessCentralSimulator:
    """Serves one environment of one tenant or, with ``on_premises``, an instance that has neither.

    With ``entra`` every request needs a bearer token from there, for Business Central's audience and this
    tenant; on-premises the user's web service key; without both nobody has to sign in. ``app`` may also be
    served by an ASGI server; dropped connections and silence happen in ``transport`` only.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        entra: EntraSimulator | None = None,
        tenant: str = "",
        environment: str = "",
        companies: Sequence[SimulatedCompany],
        host: str = API_HOST,
        limits: Limits = DOCUMENTED_LIMITS,
        on_premises: OnPremises | None = None,
    ) -> None:
        self._clock = clock
        self._tenant = tenant
        self._environment = environment
        self._companies = {company.id: company for company in companies}
        self._host = host
        self._on_premises = on_premises
        self._origin = on_premises.origin if on_premises else f"https://{host}"
        self._root = on_premises.root if on_premises else _ENVIRONMENT
        self._serial = itertools.count(1)
        self.faults = Faults()
        self._door = FrontDoor(
            clock=clock,
            faults=self.faults,
            sign_in=on_premises or (ByEntra(entra, tenant) if entra else Anybody()),
            limits=limits,
            next_correlation_id=self._next_correlation_id,
        )
        self.app = Starlette(
            routes=self._routes(),
            middleware=[Middleware(Gate, door=self._door)],
            exception_handlers={Refusal: self._on_refusal, HTTPException: self._on_http_exception},
        )
        self.app.router.redirect_slashes = False

    @property
    def requests(self) -> list[RecordedRequest]:
        """Every request so far, in the order in which they were answered."""
        return self._door.requests

    @property
    def base_url(self) -> str:
        """Prefix of every address of this environment."""
        if self._on_premises:
            return self._on_premises.address
        return f"{self._origin}/v2.0/{self._tenant}/{self._environment}"

    def transport(self) -> InProcessTransport:
        """For ``httpx.AsyncClient``; refuses other hosts with httpx.ConnectError."""
        return InProcessTransport(
            self.app, hosts=[self._host], clock=self._clock, interrupt=self.faults.next_interruption
        )

    @property
    def most_at_once(self) -> int:
        """The highest number of requests that one user had processed at the same time."""
        return self._door.most_at_once

    def _routes(self) -> list[Route]:
        in_company = self._root + _COMPANION + "/companies({company})"
        standard = self._root + _STANDARD
        return [
            Route(in_company + "/syncErrors", self._list_errors, methods=["GET"]),
            Route(in_company + "/syncErrors({key})", self._error, methods=["GET", "DELETE"]),
            Route(in_company + "/syncErrorDetails", self._list_details, methods=["GET"]),
            Route(in_company + "/syncErrorDetails({key})", self._details, methods=["GET"]),
            Route(in_company + "/maintenance", self._maintenance, methods=["GET"]),
            Route(standard + "/companies", self._list_companies, methods=["GET"]),
            Route(standard + "/companies({company})", self._company, methods=["GET"]),
        ]

    # Endpoints

    async def _list_errors(self, request: Request) -> Response:
        company = self._company_of(request)
        moment = self._visible_moment(request)
        query = parse_query(request.query_params, SYNC_ERROR, request.headers.get("prefer"))
        page = take_page(Source(lambda above: company.rows(moment, above=above), "number"), query)
        rows = [self.faults.garble(row.number, sync_error_json(company, row)) for row in page.rows]
        return self._collection(request, SYNC_ERROR, query, page, rows)

    async def _error(self, request: Request) -> Response:
        company = self._company_of(request)
        row = self._row(request, company, "Integration Synch. Job Errors")
        if request.method == "DELETE":
            _check_entity_tag(request, row)
            company.delete(row.id)
            return Response(status_code=204)
        return self._entity(request, sync_error_json(company, row), SYNC_ERROR)

    async def _list_details(self, request: Request) -> Response:
        """One row at a time: a page of call stacks would read a BLOB and open two records for each row."""
        raise method_not_allowed(request.method, "syncErrorDetails")

    async def _details(self, request: Request) -> Response:
        company = self._company_of(request)
        row = self._row(request, company, "Integration Synch. Job Errors")
        _refuse_options(request)
        online = f"https://businesscentral.dynamics.com/{self._tenant}/{self._environment}"
        web_client = self._on_premises.address if self._on_premises else online
        return self._json(
            request, {"@odata.context": self._context(request), **details_json(company, row, web_client)}
        )

    async def _maintenance(self, request: Request) -> Response:
        company = self._company_of(request)
        _refuse_options(request)
        rows = list(company.rows(self._visible_moment(request), above=-1))
        body = {"@odata.context": self._context(request), "value": [maintenance_json(company, rows)]}
        return self._json(request, body)

    async def _list_companies(self, request: Request) -> Response:
        self._check_environment(request)
        query = parse_query(request.query_params, COMPANY, request.headers.get("prefer"))
        page = take_page(Source(lambda _: self._companies.values()), query)
        return self._collection(request, COMPANY, query, page, [company_json(row) for row in page.rows])

    async def _company(self, request: Request) -> Response:
        return self._entity(request, company_json(self._company_of(request)), COMPANY)

    # What the endpoints share

    def _check_environment(self, request: Request) -> None:
        asked = (request.path_params.get("tenant", ""), request.path_params.get("environment", ""))
        if tuple(map(str.lower, asked)) != (self._tenant.lower(), self._environment.lower()):
            raise environment_missing()
        if self.faults.is_extension_missing and "/api/syncerrors/" in request.url.path:
            raise resource_missing(self._address(request))

    def _company_of(self, request: Request) -> SimulatedCompany:
        self._check_environment(request)
        company = self._companies.get(request.path_params["company"].lower())
        if company is None:
            raise company_missing()
        return company

    def _row(self, request: Request, company: SimulatedCompany, table: str) -> SimulatedError:
        key = parse_literal(request.path_params["key"], Kind.GUID)
        row = company.find(key, self._visible_moment(request))
        if row is None:
            raise record_missing(table, key)
        return row

    def _visible_moment(self, request: Request) -> datetime:
        """Reads go to a replica unless the header says otherwise (Database Read Scale-Out)."""
        intent = request.headers.get("data-access-intent", "").lower()
        if intent not in {"", "readonly", "readwrite"}:
            raise bad_request("The value of the header Data-Access-Intent is not valid.")
        if request.method != "GET" and intent == "readonly":
            raise bad_request("A modifying request cannot run with read-only intent.")
        if request.method != "GET" or intent == "readwrite":
            return self._clock.now()
        return self._clock.now() - timedelta(seconds=self.faults.lag_seconds)

    def _collection(
        self,
        request: Request,
        entity: EntityType[Any],
        query: Query[Any],
        page: Page[Any],
        rows: list[dict[str, Any]],
    ) -> Response:
        body: dict[str, Any] = {"@odata.context": self._context(request)}
        if page.count is not None:
            body["@odata.count"] = page.count
        body["value"] = [_selected(row, entity, query.select) for row in rows]
        if page.following is not None:
            token = make_token(page.following, query.digest)
            options = request.query_params.multi_items()
            link = next_link(self._address(request), options, token, self.faults.next_link_form)
            if self.faults.next_body_is(BodyDefect.FOREIGN_NEXT_LINK):
                link = on_foreign_host(link)
            body["@odata.nextLink"] = link
        response = self._json(request, body)
        if "maxpagesize" in request.headers.get("prefer", ""):
            response.headers["Preference-Applied"] = f"odata.maxpagesize={query.page_size}"
        return response

    def _entity(self, request: Request, row: dict[str, Any], entity: EntityType[Any]) -> Response:
        for name in request.query_params:
            if name != "$select":
                raise bad_request(f"The query parameter '{name}' is not supported.")
        query = parse_query(request.query_params, entity, None)
        context = {"@odata.context": self._context(request)}
        return self._json(request, {**context, **_selected(row, entity, query.select)})

    def _json(self, request: Request, body: dict[str, Any]) -> Response:
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        if self.faults.next_body_is(BodyDefect.BROKEN_JSON):
            content = content[: len(content) // 2]
        headers = {"OData-Version": "4.0", "request-id": self._next_correlation_id()}
        return Response(content, media_type="application/json; odata.metadata=minimal", headers=headers)

    def _address(self, request: Request) -> str:
        return f"{self._origin}{request.scope.get('raw_path', b'').decode('ascii').partition('?')[0]}"

    def _context(self, request: Request) -> str:
        root, _, rest = self._address(request).partition("/companies")
        return f"{root}/$metadata#companies{rest}"

    def _next_correlation_id(self) -> str:
        """A GUID for the next answer."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.base_url}#{next(self._serial)}"))

    def _on_refusal(self, _: Request, error: Exception) -> Response:
        if not isinstance(error, Refusal):
            raise error
        return error.response(self._next_correlation_id())

    def _on_http_exception(self, request: Request, error: Exception) -> Response:
        """Starlette's own 404 and 405, in Business Central's words."""
        if isinstance(error, HTTPException) and error.status_code == 405:
            entity_set = request.url.path.rsplit("/", 1)[-1]
            return method_not_allowed(request.method, entity_set).response(self._next_correlation_id())
        return resource_missing(self._address(request)).response(self._next_correlation_id())


def _selected(row: dict[str, Any], entity: EntityType[Any], select: tuple[str, ...] | None) -> dict[str, Any]:
    if select is None:
        return row
    dropped = entity.fields.keys() - set(select)
    return {name: value for name, value in row.items() if name not in dropped}


def _refuse_options(request: Request) -> None:
    for name in request.query_params:
        raise bad_request(f"The query parameter '{name}' is not supported.")


def _check_entity_tag(request: Request, row: SimulatedError) -> None:
    """``If-Match`` is required for DELETE (API v2.0 reference, "Delete customers")."""
    given = request.headers.get("if-match")
    if given is None:
        raise Refusal(
            400,
            "BadRequest_InvalidToken",
            "Could not validate the client concurrency token required by the service. Please provide a valid "
            "token in the client request.",
        )
    if given not in {"*", etag(row.id, row.number)}:
        raise Refusal(409, "Request_EntityChanged", "Another user has already changed the record.")

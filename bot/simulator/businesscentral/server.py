"""The simulated Business Central: routes, sign-in, limits, faults."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.clock import Clock
from bot.simulator.businesscentral.acting import Acting
from bot.simulator.businesscentral.answering import Answering
from bot.simulator.businesscentral.company import SimulatedCompany
from bot.simulator.businesscentral.entities import (
    COMPANY,
    PUBLISHED_ERROR,
    SYNC_ERROR,
    company_json,
    details_json,
    maintenance_json,
    published_json,
    sync_error_json,
)
from bot.simulator.businesscentral.faults import Faults
from bot.simulator.businesscentral.field_entities import ASKED_SETS, conditions_of
from bot.simulator.businesscentral.filters import Kind, parse_literal
from bot.simulator.businesscentral.front_door import FrontDoor, Gate, RecordedRequest
from bot.simulator.businesscentral.installation import Anybody, ByEntra, OnPremises
from bot.simulator.businesscentral.job_queue_entities import STANDARD_SETS
from bot.simulator.businesscentral.limits import DOCUMENTED_LIMITS, Limits
from bot.simulator.businesscentral.pages import Source, take_page
from bot.simulator.businesscentral.permissions import ALL, PermissionSet, demand, permission_rows
from bot.simulator.businesscentral.queries import parse_query
from bot.simulator.businesscentral.refusal import (
    Refusal,
    bad_request,
    company_missing,
    environment_missing,
    method_not_allowed,
    record_missing,
    resource_missing,
)
from bot.simulator.businesscentral.rows import SimulatedError
from bot.simulator.businesscentral.state_entities import COMPANION_SETS, EntitySet
from bot.simulator.entra import EntraSimulator
from bot.simulator.network import InProcessTransport

API_HOST = "api.businesscentral.dynamics.com"
_ENVIRONMENT = "/v2.0/{tenant}/{environment}"
_COMPANION = "/api/syncerrors/integration/v1.0"
_STANDARD = "/api/v2.0"
_SETS: Mapping[str, EntitySet[Any]] = {**COMPANION_SETS, **STANDARD_SETS}
_Endpoint = Callable[[Request], Awaitable[Response]]


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
        self.permission_sets: frozenset[PermissionSet] = ALL
        """What an administrator gave the application."""
        self.withheld: frozenset[tuple[int, str]] = frozenset()
        """Accesses to tables that it lacks all the same, such as ``(5339, "Delete")``."""
        self.published_pages: frozenset[str] = frozenset()
        """Service names under which page 5339 is published; usually none."""
        self.faults = Faults()
        self._answering = Answering(self._origin, self.base_url, self.faults)
        self._acting = Acting(
            clock=clock,
            faults=self.faults,
            answering=self._answering,
            company_of=self._company_of,
            company_named=self._company_named,
            given=lambda: self.permission_sets,
        )
        self._door = FrontDoor(
            clock=clock,
            faults=self.faults,
            sign_in=on_premises or (ByEntra(entra, tenant) if entra else Anybody()),
            limits=limits,
            next_correlation_id=self._answering.next_correlation_id,
        )
        self.app = Starlette(
            routes=self._routes(),
            middleware=[Middleware(Gate, door=self._door)],
            exception_handlers={
                Refusal: self._answering.on_refusal,
                HTTPException: self._answering.on_http_exception,
            },
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
            Route(in_company + "/permissions", self._permissions, methods=["GET"]),
            *(Route(f"{in_company}/{name}", self._ask, methods=["GET"]) for name in ASKED_SETS),
            *_state_routes(in_company, COMPANION_SETS, self._list_states, self._state),
            Route(in_company + "/{set}({key})/{action}", self._acting.action, methods=["POST"]),
            Route(self._root + _COMPANION + "/$batch", self._batch, methods=["POST"]),
            Route(standard + "/$batch", self._batch, methods=["POST"]),
            Route(self._root + "/ODataV4/Company(Id={company})/{service}", self._published, methods=["GET"]),
            *_state_routes(standard + "/companies({company})", STANDARD_SETS, self._list_states, self._state),
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
        return self._answering.collection(request, SYNC_ERROR, query, page, rows)

    async def _published(self, request: Request) -> Response:
        """Page 5339 as a web service: what its controls show, and nothing else."""
        company = self._company_of(request)
        if request.path_params["service"] not in self.published_pages:
            raise resource_missing(self._answering.address(request))
        moment = self._visible_moment(request)
        query = parse_query(request.query_params, PUBLISHED_ERROR, request.headers.get("prefer"))
        page = take_page(Source(lambda _: company.rows(moment, above=-1)), query)
        rows = [published_json(row) for row in page.rows]
        return self._answering.collection(request, PUBLISHED_ERROR, query, page, rows)

    async def _error(self, request: Request) -> Response:
        company = self._company_of(request)
        row = self._row(request, company, "Integration Synch. Job Errors")
        if request.method == "DELETE":
            self._acting.delete_error(company, row.id, request.headers.get("if-match"))
            return Response(status_code=204)
        return self._answering.entity(request, sync_error_json(company, row), SYNC_ERROR)

    async def _list_details(self, request: Request) -> Response:
        """One row at a time: a page of call stacks would read a BLOB and open two records for each row."""
        raise method_not_allowed(request.method, "syncErrorDetails")

    async def _details(self, request: Request) -> Response:
        company = self._company_of(request)
        row = self._row(request, company, "Integration Synch. Job Errors")
        _refuse_options(request)
        online = f"https://businesscentral.dynamics.com/{self._tenant}/{self._environment}"
        web_client = self._on_premises.address if self._on_premises else online
        context = {"@odata.context": self._answering.context(request)}
        return self._answering.json({**context, **details_json(company, row, web_client)})

    async def _maintenance(self, request: Request) -> Response:
        company = self._company_of(request)
        _refuse_options(request)
        rows = list(company.rows(self._visible_moment(request), above=-1))
        row = maintenance_json(company, rows)
        if self.faults.is_extension_old:
            row = {name: value for name, value in row.items() if not name.endswith("Version")}
        return self._answering.json({"@odata.context": self._answering.context(request), "value": [row]})

    async def _permissions(self, request: Request) -> Response:
        self._company_of(request)
        if self.faults.is_extension_old:
            raise resource_missing(self._answering.address(request))
        _refuse_options(request)
        rows = permission_rows(self.permission_sets, self.withheld)
        return self._answering.json({"@odata.context": self._answering.context(request), "value": rows})

    async def _list_states(self, request: Request) -> Response:
        company = self._company_of(request)
        moment = self._visible_moment(request)
        states = _SETS[request.url.path.rsplit("/", 1)[-1]]
        query = parse_query(request.query_params, states.entity, request.headers.get("prefer"))
        page = take_page(Source(lambda _: states.rows(company, moment)), query)
        rows = [states.to_json(company, row, moment) for row in page.rows]
        return self._answering.collection(request, states.entity, query, page, rows)

    async def _state(self, request: Request) -> Response:
        company = self._company_of(request)
        moment = self._visible_moment(request)
        states = _SETS[request.url.path.rsplit("/", 1)[-1].partition("(")[0]]
        key = parse_literal(request.path_params["key"], Kind.GUID)
        row = states.find(company, key, moment)
        if row is None:
            raise record_missing(states.table, key)
        return self._answering.entity(request, states.to_json(company, row, moment), states.entity)

    async def _ask(self, request: Request) -> Response:
        """A few rows about one coupling or record; nothing without a filter."""
        company = self._company_of(request)
        name = request.url.path.rsplit("/", 1)[-1]
        if name in self.faults.missing_actions:
            raise resource_missing(self._answering.address(request))
        asked = ASKED_SETS[name]
        for option in request.query_params:
            if option != "$filter":
                raise bad_request(f"The query parameter '{option}' is not supported.")
        conditions = conditions_of(asked, request.query_params.get("$filter"))
        rows = list(asked.rows(company, conditions, self._visible_moment(request)))
        return self._answering.json({"@odata.context": self._answering.context(request), "value": rows})

    async def _batch(self, request: Request) -> Response:
        self._check_environment(request)
        return await self._acting.batch(self.app.router, request)

    async def _list_companies(self, request: Request) -> Response:
        self._check_environment(request)
        query = parse_query(request.query_params, COMPANY, request.headers.get("prefer"))
        page = take_page(Source(lambda _: self._companies.values()), query)
        return self._answering.collection(
            request, COMPANY, query, page, [company_json(row) for row in page.rows]
        )

    async def _company(self, request: Request) -> Response:
        return self._answering.entity(request, company_json(self._company_of(request)), COMPANY)

    # What the endpoints share

    def _check_environment(self, request: Request) -> None:
        asked = (request.path_params.get("tenant", ""), request.path_params.get("environment", ""))
        if tuple(map(str.lower, asked)) != (self._tenant.lower(), self._environment.lower()):
            raise environment_missing()
        if self.faults.is_extension_missing and "/api/syncerrors/" in request.url.path:
            raise resource_missing(self._answering.address(request))

    def _company_of(self, request: Request) -> SimulatedCompany:
        self._check_environment(request)
        return self._company_named(request, request.path_params["company"])

    def _company_named(self, request: Request, company_id: str) -> SimulatedCompany:
        company = self._companies.get(company_id.lower())
        if company is None:
            raise company_missing()
        if "/api/syncerrors/" in request.url.path:
            demand(PermissionSet.READ, self.permission_sets)
        company.catch_up()
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


def _state_routes(
    place: str, sets: Mapping[str, EntitySet[Any]], every: _Endpoint, one: _Endpoint
) -> list[Route]:
    return [
        route
        for name in sets
        for route in (
            Route(f"{place}/{name}", every, methods=["GET"]),
            Route(f"{place}/{name}({{key}})", one, methods=["GET"]),
        )
    ]


def _refuse_options(request: Request) -> None:
    for name in request.query_params:
        raise bad_request(f"The query parameter '{name}' is not supported.")

"""One table: every endpoint that the client asks, against every error that Microsoft documents.

Sources: MicrosoftDocs/dynamics365smb-devitpro-pb, ``dev-itpro/webservices/dynamics-error-codes.md``,
``dev-itpro/includes/include-http-status-error-codes.md`` and
``dev-itpro/administration/operational-limits-online.md``. A new method of the client has to be entered here.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import httpx
import pytest

from bot.businesscentral import BusinessCentralClient
from bot.businesscentral.records import Direction
from bot.failures import (
    ActionRefused,
    Failure,
    OutcomeUnknown,
    SourceFailure,
    SourceGarbled,
    SourceMissing,
    SourceRefused,
    SourceRejected,
    SourceThrottled,
    SourceUnreachable,
)
from tests.businesscentral.world import build_world, client_on

GUID = "12345678-0000-4000-8000-000000000000"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
Ask = Callable[[BusinessCentralClient], Awaitable[object]]

READING: dict[str, Ask] = {
    "company": lambda it: it.company(),
    "error_page": lambda it: it.error_page(0, 10),
    "follow": lambda it: it.follow("syncErrors?$skiptoken=x", 10),
    "error_numbers": lambda it: it.error_numbers(0, 10),
    "follow_numbers": lambda it: it.follow_numbers("syncErrors?$skiptoken=x"),
    "details": lambda it: it.details(GUID),
    "maintenance": lambda it: it.maintenance(),
    "maintenance_in_replica": lambda it: it.maintenance_in_replica(),
    "couplings": lambda it: it.couplings(NOW),
    "skipped_couplings": lambda it: it.skipped_couplings(),
    "follow_couplings": lambda it: it.follow_couplings("couplings?$skiptoken=x"),
    "coupling": lambda it: it.coupling(GUID),
    "sync_jobs": lambda it: it.sync_jobs(NOW),
    "follow_sync_jobs": lambda it: it.follow_sync_jobs("syncJobs?$skiptoken=x"),
    "sync_job": lambda it: it.sync_job(GUID),
    "table_mappings": lambda it: it.table_mappings(),
    "connection_states": lambda it: it.connection_states(),
    "permissions": lambda it: it.permissions(),
    "job_queue_entries": lambda it: it.job_queue_entries(),
    "job_queue_log_entries": lambda it: it.job_queue_log_entries(NOW),
    "job_queue_failures": lambda it: it.job_queue_failures(NOW),
    "coupled_fields": lambda it: it.coupled_fields(GUID),
    "mapped_record": lambda it: it.mapped_record(GUID, "10000"),
    "mapped_record_by_id": lambda it: it.mapped_record_by_id(GUID, GUID),
    "mapped_records_with": lambda it: it.mapped_records_with(GUID, 2, "Adatum"),
    "record_fields": lambda it: it.record_fields(GUID, GUID),
}
REPEATED: dict[str, Ask] = {
    "release": lambda it: it.release(GUID),
    "release_all": lambda it: it.release_all(GUID, [GUID]),
    "wake": lambda it: it.wake(GUID),
    "delete_errors": lambda it: it.delete_errors(NOW, 10),
    "delete_error_rows": lambda it: it.delete_error_rows([GUID]),
}
ONCE: dict[str, Ask] = {
    "synchronize": lambda it: it.synchronize(GUID, Direction.TO_DATAVERSE, local_system_ids=[GUID]),
    "create": lambda it: it.create(GUID, Direction.FROM_DATAVERSE, dataverse_ids=[GUID]),
    "couple": lambda it: it.couple(GUID, GUID, GUID),
    "uncouple": lambda it: it.uncouple(GUID),
}
DOCUMENTED: list[tuple[int, str, type[Failure]]] = [
    (400, "BadRequest", SourceRejected),
    (400, "BadRequest_InvalidRequestUrl", SourceRejected),
    (400, "BadRequest_RequiredParamNotProvided", SourceRejected),
    (400, "BadRequest_InvalidToken", SourceRejected),
    (400, "Application_EvaluateException", SourceRejected),
    (400, "Application_FilterErrorException", SourceRejected),
    (400, "Application_InvalidGUID", SourceRejected),
    (400, "Application_CallbackNotAllowed", SourceRejected),
    (400, "Application_DialogException", SourceRejected),
    (400, "Application_FieldValidationException", SourceRejected),
    (400, "Application_StringExceededLength", SourceRejected),
    (400, "BadRequest_InvalidOperation", SourceRejected),
    (400, "Internal_EntityWithSameKeyExists", SourceRejected),
    (400, "Internal_InvalidTableRelation", SourceRejected),
    (405, "BadRequest_MethodNotAllowed", SourceRejected),
    (501, "BadRequest_MethodNotImplemented", SourceUnreachable),
    (404, "Internal_DataNotFoundFilter", SourceMissing),
    (401, "Authentication_InvalidCredentials", SourceRefused),
    (401, "Unauthorized", SourceRefused),
    (403, "Authorization_RequestDenied", SourceRefused),
    (404, "Internal_CompanyNotFound", SourceMissing),
    (404, "Internal_TenantUnavailable", SourceMissing),
    (404, "BadRequest_NotFound", SourceMissing),
    (404, "BadRequest_ResourceNotFound", SourceMissing),
    (404, "Internal_RecordNotFound", SourceMissing),
    (409, "Request_EntityChanged", SourceRejected),
    (413, "Unknown", SourceRejected),
    (408, "Unknown", SourceUnreachable),
    (429, "Application_TooManyRequests", SourceThrottled),
    (500, "Internal_ServerError", SourceUnreachable),
    (502, "Unknown", SourceUnreachable),
    (503, "Unknown", SourceUnreachable),
    (504, "Unknown", SourceUnreachable),
]


def test_every_method_of_the_client_is_in_the_table() -> None:
    public = {
        name
        for name, value in inspect.getmembers(BusinessCentralClient, inspect.iscoroutinefunction)
        if not name.startswith("_") and name != "aclose"
    }
    assert {*READING, *REPEATED, *ONCE} == public


def answering(status: int, code: str) -> BusinessCentralClient:
    body = json.dumps({"error": {"code": code, "message": "no  CorrelationId:  x."}}).encode()
    return client_on(httpx.MockTransport(lambda _: httpx.Response(status, content=body)))


@pytest.mark.parametrize("name", [*READING, *REPEATED])
async def test_each_documented_error_becomes_one_failure(name: str) -> None:
    ask = (READING | REPEATED)[name]
    for status, code, expected in DOCUMENTED:
        client = answering(status, code)
        with pytest.raises(SourceFailure) as caught:
            await ask(client)
        assert isinstance(caught.value, expected) or caught.value.key.startswith("action."), (status, code)
        await client.aclose()


@pytest.mark.parametrize("name", list(ONCE))
async def test_what_may_not_be_repeated_is_never_repeated(name: str) -> None:
    for status, code, expected in DOCUMENTED:
        asked: list[str] = []

        def answer(request: httpx.Request, status: int = status, code: str = code) -> httpx.Response:
            asked.append(request.method)  # noqa: B023 # of this round
            return httpx.Response(status, json={"error": {"code": code, "message": "no"}})

        client = client_on(httpx.MockTransport(answer))
        with pytest.raises(SourceFailure) as caught:
            await ONCE[name](client)
        if status >= 500 or status == 408:
            assert isinstance(caught.value, OutcomeUnknown)
            assert asked.count("POST") == 1
        else:
            assert isinstance(caught.value, expected) or caught.value.key.startswith("action.")
        await client.aclose()


@pytest.mark.parametrize("name", list(READING))
async def test_an_answer_that_is_none_is_garbled(name: str) -> None:
    client = client_on(httpx.MockTransport(lambda _: httpx.Response(200, content=b"<html>")))
    with pytest.raises(SourceGarbled):
        await READING[name](client)
    await client.aclose()


@pytest.mark.parametrize("name", [name for name in READING if not name.startswith("follow")])
async def test_the_simulator_answers_each_or_says_what_is_missing(name: str) -> None:
    world = build_world()
    if name in {"details", "coupling", "sync_job"}:
        with pytest.raises(SourceMissing):
            await READING[name](world.client)
    elif name.startswith("mapped_record") or name == "record_fields":
        with pytest.raises(ActionRefused):  # there is no such mapping
            await READING[name](world.client)
    else:
        await READING[name](world.client)
    assert {request.status for request in world.server.requests} <= {200, 400, 404}
    await world.aclose()

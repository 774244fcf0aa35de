"""A small day in the life of a company, to talk about."""

from __future__ import annotations

from datetime import timedelta

from bot.clock import Clock
from bot.simulator.businesscentral import SimulatedCompany

PRIVILEGE = (
    "Principal user (Id=3f2b1c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d, type=8, roleCount=5, privilegeCount=465, "
    "accessMode='4 Non-interactive'), is missing prvReadProject privilege "
    "(Id=6a7b8c9d-0e1f-4a2b-8c3d-4e5f6a7b8c9d) on OTC=10188 for entity 'project'. "
    "context.Caller=3f2b1c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d"
)
CURRENCY = (
    "The data could not be updated because of the following error: "
    "Currency Code EUR must be coupled to a record in Dataverse."
)
DELETED = "The Customer record cannot be updated because it is coupled to a deleted record."
STACK = (
    '"CRM Integration Table Synch."(CodeUnit 5340).RunIntegrationTableSynch line 42'
    " - Base Application by Microsoft\n"
    '"Acme Sync Hooks"(CodeUnit 50110).OnBeforeModify line 7 - Acme Hooks by Acme'
)


def ordinary_day(company: SimulatedCompany, clock: Clock) -> None:
    """46 errors: 31 of customers whose currency is not coupled, 12 of a deleted one, 3 for a privilege."""
    start = clock.now() - timedelta(hours=6)
    for index in range(31):
        company.log_error(
            message=CURRENCY,
            source=f"Customer: {10000 + index}",
            logged_at=start + timedelta(minutes=index),
        )
    for index in range(12):
        company.log_error(
            message=DELETED,
            source="Customer: 20000",
            logged_at=start + timedelta(minutes=40 + index * 20),
        )
    for index in range(3):
        company.log_error(
            message=PRIVILEGE,
            source=f"Customer: {30000 + index}",
            call_stack=STACK,
            logged_at=start + timedelta(minutes=300 + index),
        )

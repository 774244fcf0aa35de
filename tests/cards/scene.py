"""A believable Monday morning, as views; and how a card reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.cards.card import Card
from bot.diagnosis.model import ErrorClass, Fixer, LinkKind, Localized, Severity, Step, StepLink
from bot.operations.views import (
    CallStackView,
    ConnectionView,
    ErrorView,
    Freshness,
    Overview,
    ProblemDetail,
    ProblemLine,
    RecordRef,
)
from bot.store.values import AffectedRecord, StoredError

NOW = datetime(2026, 11, 22, 6, 58, tzinfo=UTC)
USER_ID = "1b1f7d3c-5a0e-4c8e-9a51-0d6f0a3f9a10"

CRONUS = ConnectionView(
    key="0123456789abcdef",
    company_name="CRONUS NL",
    display_name="CRONUS Nederland B.V.",
    environment="Production",
    web_client="https://businesscentral.dynamics.com/contoso.example/Production",
    dataverse_url="https://contoso.crm4.dynamics.com",
)

FRESH = Freshness(
    read_at=NOW,
    attempted_at=NOW,
    failure_key=None,
    failure_facts={},
    reading=False,
    rows_read=0,
    rows_expected=None,
)

PRIVILEGE = ErrorClass(
    code="permission.missing_privilege",
    title=Localized(
        "Dataverse privilege missing: {privilege}", "Dataverse-machtiging ontbreekt: {privilege}"
    ),
    explanation=Localized(
        "The integration user may not do this in Dataverse: the privilege {privilege} is missing.",
        "De integratiegebruiker mag dit niet in Dataverse: de machtiging {privilege} ontbreekt.",
    ),
    fixer=Fixer.ADMIN,
    severity=Severity.HIGH,
    group_by=("privilege",),
    steps=(
        Step(
            Localized(
                "Open Dataverse Connection Setup and note the integration user.",
                "Open Dataverse-verbinding instellen en noteer de integratiegebruiker.",
            ),
            StepLink(LinkKind.PAGE, page=7200),
        ),
        Step(
            Localized(
                "Add {privilege} to a role of that user.",
                "Voeg {privilege} toe aan een rol van die gebruiker.",
            ),
            StepLink(LinkKind.ADMIN_CENTER),
        ),
        Step(
            Localized(
                "Redeploying the solution resets the roles that Microsoft delivers: use one of your own.",
                "Opnieuw implementeren herstelt de rollen van Microsoft: gebruik een eigen rol.",
            ),
            warning=True,
        ),
    ),
)

UNCOUPLED = ErrorClass(
    code="coupling.dependency_not_coupled",
    title=Localized("{field} {other_record} is not coupled", "{field} {other_record} is niet gekoppeld"),
    explanation=Localized(
        "The record refers to {other_record}, which Dataverse does not know yet.",
        "De record verwijst naar {other_record}, die Dataverse nog niet kent.",
    ),
    fixer=Fixer.USER,
    severity=Severity.MEDIUM,
    group_by=("field", "other_record"),
    steps=(
        Step(
            Localized("Couple {other_record}.", "Koppel {other_record}."),
            StepLink(LinkKind.OTHER_RECORD),
        ),
    ),
)

MISSING_READ = ProblemLine(
    id="p1",
    error_class=PRIVILEGE,
    params={"privilege": "prvReadbcbi_company"},
    count=1214,
    first_seen=NOW - timedelta(days=9),
    last_seen=NOW - timedelta(minutes=4),
    example_record="Customer: 10000",
    example_number=48211,
    masked="",
)

EURO = ProblemLine(
    id="p2",
    error_class=UNCOUPLED,
    params={"field": "Currency Code", "other_record": "EUR", "other_table": "Currency"},
    count=31,
    first_seen=NOW - timedelta(days=2),
    last_seen=NOW - timedelta(hours=3),
    example_record="CRM Account: {" + USER_ID.upper() + "}",
    example_number=48190,
    masked="",
)


def overview(**changes: Any) -> Overview:
    values: dict[str, Any] = {
        "connection": CRONUS,
        "freshness": FRESH,
        "errors": 1245,
        "problems": 2,
        "unreadable": 0,
        "lines": (MISSING_READ, EURO),
        "page": 0,
        "pages": 1,
    }
    return Overview(**(values | changes))


def stored_error(**changes: Any) -> StoredError:
    values: dict[str, Any] = {
        "id": "e1",
        "number": 48211,
        "logged_at": NOW - timedelta(minutes=4),
        "message": (
            f"Principal user (Id={USER_ID}, type=8) is missing prvReadbcbi_company privilege "
            "<!channel> *on* https://evil.example"
        ),
        "problem_id": "p1",
        "class_code": PRIVILEGE.code,
        "language": "en",
        "params": {"privilege": "prvReadbcbi_company", "user_id": USER_ID, "principal": "user"},
        "rule": "token.privilege",
        "topic": None,
        "source_record_id": "Customer: 10000",
        "source_table": 18,
        "destination_record_id": "CRM Account: {" + USER_ID.upper() + "}",
        "destination_table": 5341,
        "mapping": "CUSTOMER",
        "direction": "ToIntegrationTable",
        "job_id": None,
        "call_stack": None,
        "gone_at": None,
    }
    return StoredError(**(values | changes))


def detail(**changes: Any) -> ProblemDetail:
    values: dict[str, Any] = {
        "connection": CRONUS,
        "freshness": FRESH,
        "line": replace(MISSING_READ, params=stored_error().params),
        "steps": PRIVILEGE.steps,
        "records": (
            AffectedRecord("Customer: 10000", "", 18, 9, NOW, 48211),
            AffectedRecord("Sales Header: Order,1001", "", 36, 1, NOW - timedelta(days=1), 48002),
        ),
        "records_total": 87,
        "records_page": 1,
        "records_pages": 9,
        "latest": stored_error(),
    }
    return ProblemDetail(**(values | changes))


def error_view(**changes: Any) -> ErrorView:
    values: dict[str, Any] = {
        "connection": CRONUS,
        "error": stored_error(),
        "line": replace(MISSING_READ, params=stored_error().params),
        "steps": PRIVILEGE.steps,
    }
    return ErrorView(**(values | changes))


def call_stack_view(**changes: Any) -> CallStackView:
    values: dict[str, Any] = {
        "connection": CRONUS,
        "number": 48211,
        "logged_at": NOW,
        "call_stack": (
            '"CRM Integration Table Synch."(CodeUnit 5340).SyncRecord line 12 - Base App by Microsoft\n'
            '"Integration Table Synch."(CodeUnit 5335).Synchronize line 40 - Base Application by Microsoft'
        ),
        "source": RecordRef("Customer: 10000", 18),
        "destination": RecordRef("", 0),
    }
    return CallStackView(**(values | changes))


def shown(card: Card) -> str:
    """What a person reads, top to bottom: links as words, dates as their fallback, formatting gone."""
    return "\n".join(_line(block) for block in card.blocks)


def without_buttons(read: str) -> str:
    """What ``shown`` gives, without labels of buttons: those may end in an ellipsis."""
    return re.sub(r"\[[^\]\n]*\]", "", read)


def _line(block: dict[str, Any]) -> str:
    match block["type"]:
        case "header":
            return f"# {block['text']['text']}"
        case "section":
            accessory = block.get("accessory")
            side = f"   [{accessory['text']['text']}]" if accessory else ""
            return readable(block["text"]["text"]) + side
        case "context":
            return "  ".join(readable(element["text"]) for element in block["elements"])
        case "actions":
            return "  ".join(f"[{label(element)}]" for element in block["elements"])
        case "rich_text":
            return "\n".join(part["text"] for element in block["elements"] for part in element["elements"])
        case _:
            return "---"


def label(element: dict[str, Any]) -> str:
    """What a button says, or what a menu shows as chosen."""
    if element["type"] == "static_select":
        element = element.get("initial_option") or {"text": element["placeholder"]}
        return f"{element['text']['text']} v"
    return str(element["text"]["text"])


def readable(mrkdwn: str) -> str:
    """``mrkdwn`` as Slack shows it."""
    text = re.sub(r"<[^|>]*\|([^>]*)>", r"\1", mrkdwn)
    text = re.sub(r"(?<!\w)[*`]|[*`](?!\w)", "", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def buttons(card: Card) -> Iterator[dict[str, Any]]:
    """Every button of a card, in reading order."""
    for block in card.blocks:
        if "accessory" in block:
            yield block["accessory"]
        if block["type"] == "actions":
            yield from block["elements"]

"""Whatever anybody writes: the card is accepted, fits, and nothing in it acts."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cards.call_stack import call_stack_card
from bot.cards.card import Card
from bot.cards.connections import connections_card
from bot.cards.error import error_card
from bot.cards.failure import WORDS, defect_card, failure_card
from bot.cards.found import found_card, narrowed_card
from bot.cards.help import help_card
from bot.cards.overview import overview_card
from bot.cards.plain import plain
from bot.cards.problem import problem_card
from bot.cards.texts import Texts
from bot.diagnosis.model import ErrorClass, Fixer, LinkKind, Localized, Severity, Step, StepLink
from bot.failures import ConnectionGone, ConnectionUnknown, NotFound, SignInRefused
from bot.operations.filters import Applied, Query
from bot.operations.find import FoundLine, FoundView, NarrowedView
from bot.operations.views import (
    CallStackView,
    ConnectionChoice,
    ConnectionLine,
    ConnectionList,
    ConnectionView,
    ErrorView,
    Freshness,
    Overview,
    ProblemDetail,
    ProblemLine,
    RecordRef,
)
from bot.store.record_names import NO_NAMES, RecordName, RecordState
from bot.store.search import Match
from bot.store.values import AffectedRecord, StoredError
from handlers.queries import query_of
from tests.cards.oracle import check

HOSTILE = (
    "<!channel>", "<@U123>", "<#C123>", "<https://evil.example|log in>", "https://evil.example",
    "*", "_", "~", "`", "```", "&", "&lt;", ">", "|", "'", ":tada:", "{privilege}", "{", "%1",
    "\u202e", "\u200b", "\n", "\r\n", "\ud800", "\x00", "👩\u200d👩\u200d👧", "e\u0301",
    "Customer: 10000", "CRM Account: {1B1F7D3C-5A0E-4C8E-9A51-0D6F0A3F9A10}",
)  # fmt: skip

anything = st.one_of(
    st.text(max_size=40),
    st.lists(st.sampled_from(HOSTILE), max_size=8).map("".join),
    st.builds(
        lambda piece, times: piece * times, st.sampled_from(HOSTILE), st.sampled_from([1, 30, 300, 1500])
    ),
)
times = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001
counts = st.integers(0, 2**31)
keys = st.text("0123456789abcdef", min_size=1, max_size=60)
texts = st.sampled_from(["en-US", "nl-NL"]).map(Texts.for_locale)
localized = st.builds(Localized, en=anything, nl=anything)
params = st.dictionaries(
    st.sampled_from(
        [
            "privilege",
            "principal",
            "user_id",
            "other_table",
            "other_record",
            "field",
            "value",
            "code",
            "strange",
        ]
    ),
    st.one_of(anything, st.integers()),
    max_size=6,
)
steps = st.lists(
    st.builds(
        Step,
        text=localized,
        link=st.none()
        | st.builds(
            StepLink,
            kind=st.sampled_from(LinkKind),
            page=st.none() | counts,
            address=anything,
            entity=anything,
        ),
        warning=st.booleans(),
    ),
    max_size=5,
).map(tuple)
classes = st.builds(
    ErrorClass,
    code=st.just("unknown"),
    title=localized,
    explanation=localized,
    fixer=st.sampled_from(Fixer),
    severity=st.sampled_from(Severity),
    group_by=st.just(()),
    steps=steps,
)
connections = st.builds(
    ConnectionView,
    key=keys,
    company_name=anything,
    display_name=anything,
    environment=anything,
    web_client=st.none() | anything | st.just("https://businesscentral.dynamics.com/t/e"),
    dataverse_url=st.none() | anything | st.just("https://contoso.crm4.dynamics.com"),
    name=anything,
    choices=st.lists(st.builds(ConnectionChoice, keys, anything), max_size=5).flatmap(
        lambda few: st.sampled_from([1, 30, 100]).map(lambda n: tuple(few) * n)
    ),
)
freshness = st.builds(
    Freshness,
    read_at=st.none() | times,
    attempted_at=st.none() | times,
    failure_key=st.none() | st.sampled_from(sorted(WORDS)) | anything,
    failure_facts=st.dictionaries(st.sampled_from(["code", "what", "number"]), anything),
    reading=st.booleans(),
    rows_read=counts,
    rows_expected=st.none() | counts,
)
record_refs = st.builds(RecordRef, record_id=anything, table=st.sampled_from([0, 18, 36, 5341, 7203]))


class Everybody(dict[str, RecordName]):
    """Every record is called the same."""

    def __init__(self, name: RecordName) -> None:
        self.name = name

    def get(self, key: str, default: object = None) -> RecordName:  # type: ignore[override] # always there
        return self.name


names = st.just(NO_NAMES) | st.builds(
    RecordName,
    record_id=anything,
    name=anything,
    url=anything | st.just("https://businesscentral.dynamics.com/t/e/?page=21&bookmark=15%3b"),
    state=st.sampled_from(RecordState),
    read_at=times,
).map(Everybody)
problem_lines = st.builds(
    ProblemLine,
    id=keys,
    error_class=classes,
    params=params,
    count=counts,
    first_seen=times,
    last_seen=times,
    example_record=anything,
    example_number=counts,
    masked=anything,
)
errors = st.builds(
    StoredError,
    id=keys,
    number=counts,
    logged_at=times,
    message=anything,
    problem_id=keys,
    class_code=st.just("unknown"),
    language=st.just("en"),
    params=params,
    rule=st.just(""),
    topic=st.none(),
    source_record_id=anything,
    source_table=st.sampled_from([0, 18, 36, 5341, 99]),
    destination_record_id=anything,
    destination_table=st.sampled_from([0, 18, 5341]),
    mapping=anything,
    direction=st.sampled_from(["", "ToIntegrationTable", "FromIntegrationTable"]),
    job_id=st.none(),
    call_stack=st.none(),
    gone_at=st.none() | times,
)
records = st.builds(
    AffectedRecord,
    record_id=anything,
    other_record_id=anything,
    table=st.sampled_from([0, 18, 5341]),
    count=counts,
    last_seen=times,
    last_number=counts,
)
overviews = st.builds(
    Overview,
    connection=connections,
    freshness=freshness,
    errors=counts,
    problems=counts,
    unreadable=counts,
    lines=st.lists(problem_lines, max_size=4).flatmap(
        lambda few: st.integers(1, 20).map(lambda n: tuple(few) * n)
    ),
    page=st.integers(0, 1_000_000 - 1),
    pages=st.integers(0, 1_000_000),
)
details = st.builds(
    ProblemDetail,
    connection=connections,
    freshness=freshness,
    line=problem_lines,
    steps=steps,
    records=st.lists(records, max_size=3).flatmap(
        lambda few: st.integers(1, 30).map(lambda n: tuple(few) * n)
    ),
    records_total=counts,
    records_page=st.integers(0, 100),
    records_pages=st.integers(0, 100),
    latest=errors,
)
patiently = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def holds(card: Card) -> None:
    check(card)
    check(plain(card))


@patiently
@given(overviews, texts)
def test_any_overview(view: Overview, language: Texts) -> None:
    holds(overview_card(view, language))


@patiently
@given(
    st.builds(
        ConnectionList,
        lines=st.lists(
            st.builds(
                ConnectionLine,
                connection=connections,
                freshness=freshness,
                errors=counts,
                problems=counts,
                severity=st.integers(0, 3),
            ),
            max_size=4,
        ).flatmap(lambda few: st.integers(1, 20).map(lambda n: tuple(few) * n)),
        total=counts,
        page=st.integers(0, 100),
        pages=st.integers(0, 100),
    ),
    st.none() | anything,
    texts,
)
def test_any_connections(view: ConnectionList, gone: str | None, language: Texts) -> None:
    holds(connections_card(view, language, gone=gone))


queries = st.builds(
    Query, typed=st.text(max_size=200).map(lambda typed: query_of(typed).typed), text=anything
)
applied = st.lists(st.builds(Applied, name=st.sampled_from(["class", "since"]), value=anything), max_size=4)
matches = st.builds(
    Match,
    number=counts,
    problem_id=keys,
    logged_at=times,
    source_record_id=anything,
    source_table=st.sampled_from([0, 18, 36, 5341, 99]),
    destination_record_id=anything,
    destination_table=st.sampled_from([0, 18, 5341]),
    is_of_record=st.booleans(),
    words=st.integers(0, 8),
)
found = st.builds(
    FoundView,
    connection=connections,
    freshness=freshness,
    query=queries,
    applied=applied.map(tuple),
    words=st.lists(st.just("word"), max_size=2).map(tuple),
    lines=st.lists(st.builds(FoundLine, problem=problem_lines, found=counts), max_size=5).map(tuple),
    errors=st.lists(matches, max_size=5).map(tuple),
    total=counts,
    problems=counts,
    most=st.just(1000),
    has_all_words=st.booleans(),
    page=st.integers(0, 100),
    pages=st.integers(1, 100),
)
narrowed = st.builds(
    NarrowedView,
    connection=connections,
    freshness=freshness,
    query=queries,
    applied=applied.map(tuple),
    errors=counts,
    problems=counts,
    lines=st.lists(problem_lines, max_size=5).map(tuple),
    page=st.integers(0, 100),
    pages=st.integers(1, 100),
)


@patiently
@given(found, texts)
def test_any_search(view: FoundView, language: Texts) -> None:
    holds(found_card(view, language, view.query.typed))


@patiently
@given(narrowed, texts)
def test_any_narrowed_overview(view: NarrowedView, language: Texts) -> None:
    holds(narrowed_card(view, language))


@patiently
@given(details, texts)
def test_any_problem(view: ProblemDetail, language: Texts) -> None:
    holds(problem_card(view, language))


@patiently
@given(
    st.builds(ErrorView, connection=connections, error=errors, line=problem_lines, steps=steps, names=names),
    texts,
)
def test_any_error(view: ErrorView, language: Texts) -> None:
    holds(error_card(view, language))


@patiently
@given(
    st.builds(
        CallStackView,
        connection=connections,
        number=counts,
        logged_at=times,
        call_stack=anything,
        source=record_refs,
        destination=record_refs,
        names=names,
    ),
    texts,
)
def test_any_call_stack(view: CallStackView, language: Texts) -> None:
    holds(call_stack_card(view, language))


@patiently
@given(anything, texts)
def test_any_words_of_a_person_or_a_failure(said: str, language: Texts) -> None:
    holds(help_card([], language, unknown=said))
    holds(defect_card(said, language))
    holds(failure_card(NotFound(number=said), language))
    holds(failure_card(SignInRefused(code=said), language))
    holds(failure_card(ConnectionGone(name=said), language))
    holds(failure_card(ConnectionUnknown(name=said, nearest=said), language))

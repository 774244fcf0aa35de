"""What the use cases answer: frozen values that the cards draw. Nothing here knows Slack or a language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from bot.dataclass import dataclass
from bot.diagnosis.explaining import Explanation
from bot.diagnosis.model import ErrorClass, Params, Step
from bot.store.record_names import Names
from bot.store.values import AffectedRecord, Finding, StoredError


@dataclass(frozen=True, slots=True)
class ConnectionChoice:
    """A connection that one can choose."""

    key: str
    name: str
    """As whoever runs the bot calls it."""


@dataclass(frozen=True, slots=True)
class ConnectionView:
    """A connection as links and headings need it."""

    key: str
    company_name: str
    """``name`` in Business Central: goes into links. Empty until first read."""
    display_name: str
    environment: str
    web_client: str | None
    """Like ``https://businesscentral.dynamics.com/<tenant>/<environment>``.

    None where it cannot be known (on-premises without ``BC_WEB_URL``).
    """
    dataverse_url: str | None
    name: str = ""
    """As whoever runs the bot calls it; empty where there is no other connection."""
    choices: tuple[ConnectionChoice, ...] = ()
    """All connections, this one included; none where there is no other."""
    server_tenant: str | None = None
    """Of a multitenant server on-premises: the web client asks for it in every address."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old the bot's knowledge is, and why."""

    read_at: datetime | None
    """End of the last successful pull; None when there was none."""
    attempted_at: datetime | None
    failure_key: str | None
    """Key of the failure of the last attempt, None when it went well."""
    failure_facts: Mapping[str, str | int]
    reading: bool
    """A pull is under way."""
    rows_read: int
    rows_expected: int | None
    finding: Finding | None = None
    """What the numbers in Business Central say, where that is worth a sentence."""


@dataclass(frozen=True, slots=True)
class Freed:
    """What is free to go on once a problem is fixed, and all that this frees in turn."""

    errors: int = 0
    problems: int = 0
    certain: bool = True
    """False: at most so much."""


NOTHING = Freed()


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """One problem in a list."""

    id: str
    error_class: ErrorClass
    params: Params
    count: int
    first_seen: datetime
    last_seen: datetime
    example_record: str
    example_number: int
    masked: str
    """The words that its errors share, where the title does not tell it from others; else empty."""
    topic: str | None = None
    """Decides who fixes it, where a class leaves that open."""
    gone: int = 0
    """How many of ``count`` are no longer in Business Central (retention or purged there)."""
    frees: Freed = NOTHING
    """What goes on once this is fixed."""
    comes_first: bool = False
    """A root cause that the overview leads with."""
    stops_everything: bool = False
    """Nothing of the connection is synchronized as long as this lasts."""
    waits_for: ProblemLine | None = None
    """The root cause that is to be fixed before."""
    waits_certainly: bool = True
    mapping: str = ""
    """In details: the table mapping of all its errors; empty where they have several, or none is named."""

    @property
    def told(self) -> Params:
        """What its remedy can be filled with: the facts of its texts, and where its errors come from."""
        return {"mapping": self.mapping, **self.params} if self.mapping else self.params


@dataclass(frozen=True, slots=True)
class ChainLink:
    """A cause that comes before the next one of a chain."""

    line: ProblemLine
    record: str
    """The record that fails in it, and for which the next one waits; empty where a whole table is refused."""
    certain: bool
    """False where the evidence shows only that the next one may wait for it."""


@dataclass(frozen=True, slots=True)
class Chain:
    """In which order problems are to be fixed, around one of them."""

    awaited: tuple[str, ...] = ()
    """RecordIDs of which one is what the very first of them waits for, and of which no error is known."""
    links: tuple[ChainLink, ...] = ()
    """What comes before the problem: the root cause first."""
    left_out: int = 0
    """Further ones between these and the problem."""
    followers: tuple[ProblemLine, ...] = ()
    """What waits for the problem directly, most errors first."""
    more_followers: int = 0
    held: str = ""
    """RecordID of the problem's own record that all of these wait for; empty where they wait for several."""


NO_CHAIN = Chain()


@dataclass(frozen=True, slots=True)
class RealCause:
    """The error of the same minute in which the record failed that another error waits for."""

    number: int
    logged_at: datetime
    record: str
    line: ProblemLine


@dataclass(frozen=True, slots=True)
class Overview:
    """Answer of ``/syncerrors``."""

    connection: ConnectionView
    freshness: Freshness
    errors: int
    problems: int
    unreadable: int
    lines: tuple[ProblemLine, ...]
    page: int
    """Zero based."""
    pages: int
    gone: int = 0
    """How many of ``errors`` are no longer in Business Central."""


@dataclass(frozen=True, slots=True)
class TaughtNote:
    """Why a problem is recognised that the bot did not know by itself."""

    taught_by: str
    """Who, as ``str`` of an actor."""
    taught_at: datetime
    remedy: str
    """What they wrote about ending it; text from outside, empty where they wrote nothing."""


@dataclass(frozen=True, slots=True)
class ProblemDetail:
    """Answer of *Details*."""

    connection: ConnectionView
    freshness: Freshness
    line: ProblemLine
    steps: tuple[Step, ...]
    records: tuple[AffectedRecord, ...]
    records_total: int
    records_page: int
    """Zero based."""
    records_pages: int
    latest: StoredError
    """The latest error of the problem: its text is the original text shown."""
    chain: Chain = NO_CHAIN
    real_cause: RealCause | None = None
    """Of ``latest``."""
    taught: TaughtNote | None = None
    """Where a taught rule recognises it."""
    names: Names = field(default_factory=dict)
    """Of the records that are listed, as far as known."""
    synchronized: frozenset[str] = frozenset()
    """Those of the records that are listed that have synchronized since, by what is stored."""


@dataclass(frozen=True, slots=True)
class ErrorView:
    """Answer of ``/syncerrors 4711``."""

    connection: ConnectionView
    error: StoredError
    line: ProblemLine
    steps: tuple[Step, ...]
    real_cause: RealCause | None = None
    names: Names = field(default_factory=dict)
    """Of its records, as far as known."""
    is_over: bool = False
    """Its record has synchronized since, by what is stored."""
    taught: TaughtNote | None = None
    """Where it is recognised by what somebody taught."""


@dataclass(frozen=True, slots=True)
class RecordRef:
    """A record that an error is about, by its id and the number of its table; empty and 0 where none is."""

    record_id: str
    table: int


@dataclass(frozen=True, slots=True)
class CallStackView:
    """Answer of *Show error call stack*."""

    connection: ConnectionView
    number: int
    logged_at: datetime
    call_stack: str
    """As Business Central gave it; empty where it has none."""
    source: RecordRef
    destination: RecordRef
    names: Names = field(default_factory=dict)
    """Of the two, as far as known."""
    without_exception: bool = False
    """Business Central logged the error without one: the call stack is that of an earlier error, or empty."""
    threads: int = 0
    """How many cards its problem has, into whose threads it can go."""


@dataclass(frozen=True, slots=True)
class WhyView:
    """Answer of *Why this diagnosis?*."""

    connection: ConnectionView
    number: int
    logged_at: datetime
    explanation: Explanation
    """Made now, from the stored text."""
    stored_rule: str
    """The rule that made the stored diagnosis; empty where none did."""
    error_class: ErrorClass
    """What the explanation comes to."""
    taught: TaughtNote | None = None
    """Who taught the rule that decided."""


@dataclass(frozen=True, slots=True)
class ConnectionLine:
    """One connection in a list of all."""

    connection: ConnectionView
    freshness: Freshness
    errors: int
    problems: int
    severity: int
    """Of the worst open problem; 0 where none is open."""


@dataclass(frozen=True, slots=True)
class ConnectionList:
    """Answer of ``/syncerrors connections``."""

    lines: tuple[ConnectionLine, ...]
    total: int
    page: int
    """Zero based."""
    pages: int


@dataclass(frozen=True, slots=True)
class ReconcileReport:
    """How comparing what is stored with Business Central ended. Counts are those of this run."""

    connection: str
    judged: int
    """Stored errors looked for there."""
    gone: int
    """Newly marked as no longer there."""
    back: int
    """There after all."""
    replaced: int
    """Whose number belongs to another row now."""
    failure_key: str | None
    failure_facts: Mapping[str, str | int]
    late: int = 0
    """Never read, for they came after pulls had gone past; the next pull reads them."""


@dataclass(frozen=True, slots=True)
class PullReport:
    """How a pull ended."""

    connection: str
    rows_read: int
    stored: int
    unreadable: int
    new_problems: int
    failure_key: str | None
    failure_facts: Mapping[str, str | int]

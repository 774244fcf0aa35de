"""Whatever Business Central says of its synchronization: the card fits, and nothing in it acts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.businesscentral.records import Direction
from bot.cards.failure import WORDS
from bot.cards.limits import BLOCKS
from bot.cards.status import mapping_card, status_card
from bot.cards.texts import Texts
from bot.operations.status import (
    ConnectionNote,
    JobNote,
    MappingStatus,
    MappingView,
    Part,
    PartNote,
    Remark,
    StatusView,
    Still,
)
from bot.operations.status.desk import MAPPINGS_A_PAGE
from bot.store.synchronization import StoredJob, StoredMapping
from tests.cards.scene import CRONUS, NOW, shown
from tests.cards.test_any_view import anything, connections, counts, holds, patiently, texts, times

ways = st.sampled_from([str(way) for way in Direction] + ["Sideways"])
mappings = st.builds(
    StoredMapping,
    name=anything,
    id=anything,
    table_number=counts,
    table_name=anything | st.just("Customer"),
    integration_table=counts,
    entity_name=anything | st.just("account"),
    direction=ways,
    only_coupled=st.booleans(),
    dependency_filter=anything,
    deletion_conflict=anything,
    update_conflict=anything,
    table_filter=anything,
    integration_table_filter=anything,
    synched_until=st.none() | times,
    dataverse_synched_until=st.none() | times,
    failed=counts,
    skipped=counts,
)
jobs = st.builds(
    StoredJob,
    id=anything,
    started_at=times,
    finished_at=st.none() | times,
    message=anything,
    mapping=anything,
    direction=ways,
    type=anything | st.just("Coupling"),
    **dict.fromkeys(
        ("inserted", "modified", "deleted", "unchanged", "skipped", "failed", "coupled", "uncoupled"), counts
    ),
    job_queue_log_entry=counts,
)
statuses = st.builds(
    MappingStatus,
    name=anything,
    mapping=st.none() | mappings,
    jobs=st.lists(jobs, max_size=3).map(tuple),
    job=st.none()
    | st.builds(
        JobNote,
        status=anything | st.sampled_from(["Ready", "Error", "On Hold", "In Process"]),
        next_run_at=st.none() | times,
        error=anything,
        failed_at=st.none() | times,
    ),
    goes_along=st.booleans(),
    remarks=st.lists(st.sampled_from(Remark), unique=True).map(tuple),
    still=st.lists(st.builds(Still, st.sampled_from(Direction), times), max_size=2).map(tuple),
)
parts = st.lists(
    st.builds(
        PartNote,
        part=st.sampled_from(Part),
        read_at=st.none() | times,
        failure_key=st.none() | st.sampled_from(sorted(WORDS)) | anything,
        failure_facts=st.none() | st.dictionaries(st.sampled_from(["what", "code"]), anything),
    ),
    max_size=3,
).map(tuple)
notes = st.builds(
    ConnectionNote,
    name=anything | st.just("Dataverse"),
    enabled=st.booleans(),
    user_name=anything,
    environment_url=anything,
    ownership_model=anything,
    business_unit=anything,
    disable_reason=anything,
)


@patiently
@given(
    st.builds(
        StatusView,
        connection=connections,
        parts=parts,
        connections=st.none() | st.lists(notes, max_size=3).map(tuple),
        queue_known=st.booleans(),
        lines=st.lists(statuses, max_size=8).map(tuple),
        total=counts,
        trouble=st.lists(anything, max_size=12).map(tuple),
        page=st.integers(0, 9),
        pages=st.integers(1, 10),
        retention_period=st.none() | anything,
    ),
    texts,
)
def test_any_status(view: StatusView, language: Texts) -> None:
    holds(status_card(view, language))


@patiently
@given(
    st.builds(
        MappingView,
        connection=connections,
        parts=parts,
        status=statuses,
        last_jobs=st.lists(jobs, max_size=6).map(tuple),
        needs=st.lists(anything, max_size=9).map(tuple),
        needed_by=st.lists(anything, max_size=9).map(tuple),
        errors=counts,
        problems=counts,
    ),
    texts,
)
def test_any_mapping(view: MappingView, language: Texts) -> None:
    holds(mapping_card(view, language))


def test_a_page_of_mappings_in_the_worst_of_states_is_shown_whole() -> None:
    job = StoredJob(
        id="1", started_at=NOW, finished_at=None, message="m" * 250, mapping="",
        direction="ToIntegrationTable", type="Synchronization", inserted=1, modified=2, deleted=3,
        unchanged=4, skipped=5, failed=0, coupled=6, uncoupled=7, job_queue_log_entry=0,
    )  # fmt: skip
    mapping = StoredMapping(
        name="", id="", table_number=18, table_name="Customer", integration_table=5341, entity_name="account",
        direction="Bidirectional", only_coupled=False, dependency_filter="", deletion_conflict="",
        update_conflict="", table_filter="", integration_table_filter="", synched_until=NOW,
        dataverse_synched_until=NOW, failed=1, skipped=1,
    )  # fmt: skip
    line = MappingStatus(
        name="W" * 20,
        mapping=mapping,
        jobs=(job, job),
        job=JobNote("Error", NOW, "e" * 2048, NOW),
        goes_along=False,
        remarks=(Remark.JOB_FAILED, Remark.STILL, Remark.SKIPPED, Remark.FAILED_IS_NOT_ALL),
        still=(Still(Direction.TO_DATAVERSE, NOW), Still(Direction.FROM_DATAVERSE, NOW)),
    )
    view = StatusView(CRONUS, (), None, True, (line,) * MAPPINGS_A_PAGE, 8, ("W" * 20,) * 8, 0, 1, "1 month")
    for language in ("en-US", "nl-NL"):
        card = status_card(view, Texts.for_locale(language))
        holds(card)
        read = shown(card)
        assert read.count("[Details]") == MAPPINGS_A_PAGE, "a mapping was left out"
        assert len(card.blocks) < BLOCKS

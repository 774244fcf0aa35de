"""The same answers for more than one reader: without addresses of mail, telephone numbers and raw values."""

from __future__ import annotations

from dataclasses import replace

from bot.operations.masking import masked, masked_params
from bot.operations.views import CallStackView, ErrorView, ProblemDetail, ProblemLine
from bot.store.values import AffectedRecord, StoredError


def discreet_problem(view: ProblemDetail) -> ProblemDetail:
    """A problem, for a channel or a thread."""
    return replace(
        view,
        line=discreet_line(view.line),
        records=tuple(map(discreet_record, view.records)),
        latest=discreet_error(view.latest),
    )


def discreet_line(line: ProblemLine) -> ProblemLine:
    """A line of a list."""
    return replace(
        line,
        params=masked_params(line.params),
        example_record=masked(line.example_record),
        masked=masked(line.masked),
    )


def discreet_record(record: AffectedRecord) -> AffectedRecord:
    """A record: keys of contacts and users can be addresses of mail."""
    return replace(record, record_id=masked(record.record_id), other_record_id=masked(record.other_record_id))


def discreet_error(error: StoredError) -> StoredError:
    """An error with its text and what was found in it."""
    return replace(
        error,
        message=masked(error.message),
        params=masked_params(error.params),
        source_record_id=masked(error.source_record_id),
        destination_record_id=masked(error.destination_record_id),
        call_stack=None if error.call_stack is None else masked(error.call_stack),
    )


def discreet_view(view: ErrorView) -> ErrorView:
    """One error."""
    return replace(view, error=discreet_error(view.error), line=discreet_line(view.line))


def discreet_stack(view: CallStackView) -> CallStackView:
    """A call stack: descriptions of records are names."""
    return replace(
        view,
        call_stack=masked(view.call_stack),
        source_description=masked(view.source_description),
        destination_description=masked(view.destination_description),
    )

"""The same answers for more than one reader: without addresses of mail, telephone numbers and raw values."""

from __future__ import annotations

from dataclasses import replace

from bot.operations.masking import masked, masked_params
from bot.operations.views import CallStackView, ProblemLine
from bot.store.record_names import NO_NAMES


def discreet_line(line: ProblemLine) -> ProblemLine:
    """A line of a list."""
    return replace(
        line,
        params=params_for_many(line),
        example_record=masked(line.example_record),
        masked=masked(line.masked),
    )


def params_for_many(line: ProblemLine) -> dict[str, str | int]:
    """What is known of a problem, masked. A value that makes it this problem and no other is a code of the
    set-up, such as a currency's, not what somebody filled in: it stays."""
    decisive = {
        key: masked(value) if isinstance(value, str) else value
        for names in line.error_class.group_by
        for key in names.split("|")
        if (value := line.params.get(key)) is not None
    }
    return {**masked_params(line.params), **decisive}


def discreet_stack(view: CallStackView) -> CallStackView:
    """A call stack, without the names of the records."""
    return replace(
        view,
        call_stack=masked(view.call_stack),
        source=replace(view.source, record_id=masked(view.source.record_id)),
        destination=replace(view.destination, record_id=masked(view.destination.record_id)),
        names=NO_NAMES,
    )

"""When two sync errors are the same problem.

``group_by`` of a class names the params that decide; a hundred thousand records with the same cause are one
problem. The identity is a value, so that it can be compared, and an id made from it, so that it can be
stored.
"""

from __future__ import annotations

import hashlib
import json
from types import MappingProxyType
from typing import Final

from bot.dataclass import dataclass
from bot.diagnosis.model import UNKNOWN, Diagnosis, ErrorClass, Params, ParamValue

TOPIC: Final = "topic"
"""In ``group_by``: the topic of the diagnosis decides too."""
EITHER: Final = "|"
"""In ``group_by``: ``value|other_record`` is the first of these keys that the diagnosis has."""
TAUGHT: Final = "taught."
"""Begins the topic of what a taught rule recognises: that is a problem of its own, whatever ``group_by``."""
_ID_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class ProblemIdentity:
    """What makes an error one of a problem, within one connection."""

    class_code: str
    topic: str | None
    params: Params
    """The decisive params, as written in the first error seen."""
    masked: str
    """For ``unknown``: the masked text; empty for every other class."""


def problem_identity(diagnosis: Diagnosis, error_class: ErrorClass) -> ProblemIdentity:
    """The problem that an error with this diagnosis belongs to.

    Raises ValueError where the class is not the diagnosis's.
    """
    if diagnosis.class_code != error_class.code:
        raise ValueError(f"{error_class.code} is not the class of a {diagnosis.class_code} diagnosis")
    known: dict[str, ParamValue] = dict(diagnosis.params)
    if diagnosis.topic:
        known[TOPIC] = diagnosis.topic
    decisive: dict[str, ParamValue] = {}
    for alternatives in error_class.group_by:
        key = next((key for key in alternatives.split(EITHER) if key in known), None)
        if key:
            decisive[key] = known[key]
    if diagnosis.topic and diagnosis.topic.startswith(TAUGHT):
        decisive[TOPIC] = diagnosis.topic
    masked = diagnosis.masked if diagnosis.class_code == UNKNOWN else ""
    return ProblemIdentity(diagnosis.class_code, diagnosis.topic, MappingProxyType(decisive), masked)


def problem_id(workspace: str, connection: str, class_code: str, params: Params, masked: str) -> str:
    """A short stable id of a problem: 16 hexadecimal digits.

    Letter case of the params does not count: Business Central's codes and Dataverse's privileges and tables
    are compared without it.
    """
    canonical = json.dumps(
        [workspace, connection, class_code, {key: _folded(value) for key, value in params.items()}, masked],
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.blake2b(canonical.encode(), digest_size=_ID_BYTES).hexdigest()


def _folded(value: ParamValue) -> ParamValue:
    return value.casefold().strip() if isinstance(value, str) else value

"""Message text -> Diagnosis.

Pure: no database, no network, no Slack; the only files read are the package's own catalogue, once.

>>> from bot.diagnosis import load_classifier
>>> load_classifier().classify("Currency Code EUR must be coupled to a Dataverse row.").class_code
'coupling.dependency_not_coupled'
"""

from __future__ import annotations

from functools import cache

from bot.diagnosis.catalogue_files import Catalogue, CatalogueInvalid, read_catalogue
from bot.diagnosis.classifier import Classifier
from bot.diagnosis.explaining import Candidate, Explanation, Piece, Role, explain
from bot.diagnosis.identity import ProblemIdentity, problem_id, problem_identity
from bot.diagnosis.masking import mask
from bot.diagnosis.model import (
    NO_PARAMS,
    UNKNOWN,
    Condition,
    Diagnosis,
    ErrorClass,
    Fixer,
    LinkKind,
    Localized,
    Params,
    ParamValue,
    Severity,
    Step,
    StepLink,
    Title,
)
from bot.diagnosis.templates import PARAM_KEYS
from bot.diagnosis.verdicts import Reason


@cache
def load_catalogue() -> Catalogue:
    """The catalogue that comes with the package; read once. Raises CatalogueInvalid where it is broken."""
    return read_catalogue()


@cache
def load_classifier() -> Classifier:
    """The classifier of that catalogue; built once."""
    return Classifier(load_catalogue())


__all__ = [
    "NO_PARAMS",
    "PARAM_KEYS",
    "UNKNOWN",
    "Candidate",
    "Catalogue",
    "CatalogueInvalid",
    "Classifier",
    "Condition",
    "Diagnosis",
    "ErrorClass",
    "Explanation",
    "Fixer",
    "LinkKind",
    "Localized",
    "ParamValue",
    "Params",
    "Piece",
    "ProblemIdentity",
    "Reason",
    "Role",
    "Severity",
    "Step",
    "StepLink",
    "Title",
    "explain",
    "load_catalogue",
    "load_classifier",
    "mask",
    "problem_id",
    "problem_identity",
]

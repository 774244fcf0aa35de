"""What decides about a message, and what each kind of evidence makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from bot.dataclass import dataclass
from bot.diagnosis.catalogue_files import WrapperRule
from bot.diagnosis.language import UNDETERMINED
from bot.diagnosis.matcher import Found
from bot.diagnosis.model import PLUGIN, ParamValue
from bot.diagnosis.plugin_types import plugin_in
from bot.diagnosis.tokens import PrivilegeFacts

MISSING_PRIVILEGE: Final = "permission.missing_privilege"
_PLUGIN_TOPIC: Final = "customization.plugin"
SAID_BY_PLUGINS: Final = ("data.", "record.", "setup.")
"""Classes of phrases that a plug-in of the customer may use in its own words: they do not explain it."""


class Reason(StrEnum):
    """What decided."""

    TEMPLATE = "template"
    """The most specific template that fits what is inside the wrappers."""
    PRIVILEGE = "privilege"
    """A named privilege or a refused access, in any language."""
    CODE = "code"
    """A code of the platform."""
    PHRASE = "phrase"
    """Telling words in a sentence that no template knows."""
    PLUGIN = "plugin"
    """Nothing known but the name of a plug-in of the customer."""
    WRAPPER = "wrapper"
    """Nothing known inside; the wrapper itself says something."""
    NOTHING = "nothing"
    """Nothing in the text names a cause."""


@dataclass(slots=True)
class Verdict:
    """What decides: a class with a topic, by which rule and in which language."""

    class_code: str
    topic: str | None
    rule: str
    language: str
    params: dict[str, ParamValue]
    reason: Reason = Reason.TEMPLATE


def in_own_words(verdict: Verdict, deeper: Verdict) -> bool:
    """True for a phrase that a plug-in of the customer may use itself."""
    return (
        verdict.class_code == PLUGIN
        and deeper.reason is Reason.PHRASE
        and deeper.class_code.startswith(SAID_BY_PLUGINS)
    )


def by_plugin(text: str) -> Verdict | None:
    """The type of a plug-in where nothing else says a cause."""
    name = plugin_in(text)
    if name is None:
        return None
    return Verdict(PLUGIN, _PLUGIN_TOPIC, "token.plugin", UNDETERMINED, {"value": name}, Reason.PLUGIN)


def by_wrapper(rules: Sequence[WrapperRule]) -> Verdict | None:
    """What the innermost wrapper that says something says by itself."""
    for rule in reversed(rules):
        if rule.class_code:
            return Verdict(rule.class_code, rule.topic, rule.id, rule.language, {}, Reason.WRAPPER)
    return None


def by_privilege(facts: PrivilegeFacts, found: Found | None) -> Verdict:
    if found is None or found.rule.class_code != MISSING_PRIVILEGE:
        language = found.rule.language if found else UNDETERMINED
        return Verdict(MISSING_PRIVILEGE, facts.topic, facts.rule, language, facts.params, Reason.PRIVILEGE)
    rule = found.rule
    return Verdict(
        rule.class_code, facts.topic or rule.topic, rule.id, rule.language, {**found.params, **facts.params}
    )

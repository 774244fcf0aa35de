"""Message text -> Diagnosis. Pure, linear in the length of the text, and never raises.

Order, after the labelling rules of the classes: take off the wrappers, lay the templates over what is
inside, let a named privilege or a refused access decide unless the text says that the user has no role at
all, then look at platform codes, and at telling phrases last. Where nothing is recognised the answer is
``unknown``: guessing is worse than not knowing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Final, Self

from bot.dataclass import dataclass
from bot.diagnosis.catalogue_files import Catalogue, TemplateRule, WrapperRule
from bot.diagnosis.envelopes import opened
from bot.diagnosis.language import UNDETERMINED, spoken_language
from bot.diagnosis.masking import mask_even
from bot.diagnosis.matcher import Found, Matcher
from bot.diagnosis.model import NO_PARAMS, PLUGIN, UNKNOWN, Diagnosis, Fixer, ParamValue
from bot.diagnosis.normal import NormalText, bare_message, undressed, without_stack
from bot.diagnosis.phrases import PhraseRule, Phrases
from bot.diagnosis.plugin_types import plugin_in
from bot.diagnosis.scan import Mark, Standing
from bot.diagnosis.templates import INNER
from bot.diagnosis.tokens import (
    PrivilegeFacts,
    codes_in,
    first_code,
    hexadecimal,
    read_privilege,
    read_refusal,
)
from bot.diagnosis.values import guid_in, read_values

_MISSING_PRIVILEGE: Final = "permission.missing_privilege"
_OF_PRINCIPALS: Final = frozenset({_MISSING_PRIVILEGE, "permission.no_role_or_license"})
"""Classes whose texts say who is refused."""
_STRONGER_THAN_PRIVILEGE: Final = frozenset(
    {"permission.no_role_or_license", "permission.bc_permission_set", "connection.admin_mode"}
)
"""Classes whose texts may name a privilege without being about it."""
_DEEPEST: Final = 4
"""Wrappers that are taken off at most; Business Central nests two."""
_LIMITS: Final = frozenset({250, 2048})
"""BC truncates Message at 250 and Error Message at 2048."""
_CUT_LENGTHS: Final = frozenset((*range(244, 251), *range(2042, 2049)))
"""A space at the end may be lost on the way."""
_AADSTS: Final = "AADSTS"
_THROWN: Final = "InvalidPluginExecutionException"
_THROWN_CODE: Final = "0x80040265"
"""``IsvAborted``: what Dataverse makes of that exception (powerapps-docs, ``handle-exceptions.md``)."""
_SHALLOW: Final = frozenset({UNKNOWN, PLUGIN})
"""Classes behind which a code may tell the cause."""
_PLUGIN_TOPIC: Final = "customization.plugin"
_TO_REWRITE: Final = int(Mark.UNEVEN | Mark.DRESSED)
_PRIVILEGE_MARK: Final = int(Mark.PRIVILEGE)
_CODE_MARK: Final = int(Mark.CODE)
_OUTER_LENGTH: Final = 4096
"""Characters of an envelope or call stack that are searched for a code."""
_SAID_BY_PLUGINS: Final = ("data.", "record.", "setup.")
"""Classes of phrases that a plug-in of the customer may use in its own words: they do not explain it."""
_DEPENDENCY: Final = "coupling.dependency_not_coupled"


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


class Inside:
    """What is left of a text after its wrappers: a window, and what the wrappers said."""

    __slots__ = ("end", "params", "rules", "standing", "start")

    def __init__(self, start: int, end: int, standing: Standing | None = None) -> None:
        self.start = start
        self.end = end
        self.params: dict[str, ParamValue] = {}
        self.rules: list[WrapperRule] = []
        self.standing = standing
        """What stands in the whole text; None where it was not scanned yet."""


@dataclass(slots=True)
class Verdict:
    """What decides: a class with a topic, by which rule and in which language."""

    class_code: str
    topic: str | None
    rule: str
    language: str
    params: dict[str, ParamValue]
    reason: Reason = Reason.TEMPLATE


@dataclass(frozen=True, slots=True)
class Examination:
    """A diagnosis with what it was made of, for whoever asks why."""

    diagnosis: Diagnosis
    reason: Reason
    inside: str
    """What was left after envelope, call stack and wrappers, in its even form."""
    candidates: tuple[tuple[TemplateRule, Found | None], ...]
    """The templates that were laid over it; None for one that did not fit."""


class Classifier:
    """Diagnoses messages with one catalogue.

    What it compares them with is compiled for the first of them, or by ``prepare``: that takes 150 ms, and
    most processes start to answer, not to diagnose.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._fixers: dict[tuple[str, str | None], Fixer] = {}
        first_words = [(rule.template.first, rule) for rule in catalogue.wrappers]
        self._opening = min((len(words) for words, _ in first_words), default=0)
        self._wrappers: dict[str, list[WrapperRule]] = {}
        """Wrappers by the characters with which they begin, as many as the shortest beginning has."""
        for words, rule in first_words:
            self._wrappers.setdefault(words[: self._opening], []).append(rule)

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(self.catalogue.templates, self.catalogue.captions)

    @cached_property
    def _phrases(self) -> Phrases:
        return Phrases(self.catalogue.phrases, self.catalogue.vocabulary)

    def prepare(self) -> Self:
        """Itself, ready for the first message; for a thread beside the event loop."""
        _ = self._matcher, self._phrases
        return self

    def classify(self, text: str) -> Diagnosis:
        """The diagnosis of a message, whatever it holds."""
        message = without_stack(opened(text)).strip()
        plain = NormalText(message) if "\n" in message else NormalText.of_even(message)
        standing = self._matcher.standing(plain.text)
        if standing[1] & _TO_REWRITE:
            plain = NormalText(undressed(message))
            standing = self._matcher.standing(plain.text)
        inside = self._unwrap(plain, standing)
        cut = len(text) in _CUT_LENGTHS and _looks_cut(text, plain)
        return self._diagnosis(plain, inside, self._verdict(plain, inside, _outer(text, plain), cut=cut))

    def inside_of(self, text: str) -> tuple[NormalText, Inside, bool]:
        """A message without envelope and stack, what is inside its wrappers, and whether it looks cut off:
        where rules beside the catalogue's are laid."""
        plain, _ = _peeled(text)
        return plain, self._unwrap(plain), _looks_cut(text, plain)

    def examine(self, text: str) -> Examination:
        """The same diagnosis, with what was considered on the way."""
        plain, outer = _peeled(text)
        inside = self._unwrap(plain)
        cut = _looks_cut(text, plain)
        verdict = self._verdict(plain, inside, outer, cut=cut)
        window = plain.text[inside.start : inside.end]
        laid = [
            (rule, self._matcher.laid(rule, window, plain, inside.start, cut=cut))
            for rule in self._matcher.candidates(window, cut=cut)
        ]
        laid.sort(key=lambda pair: pair[1].rank if pair[1] else (-1, 0, False, 0, 0), reverse=True)
        return Examination(
            self._diagnosis(plain, inside, verdict),
            verdict.reason if verdict else Reason.NOTHING,
            window,
            tuple(laid),
        )

    def _diagnosis(self, plain: NormalText, inside: Inside, verdict: Verdict | None) -> Diagnosis:
        wrappers = tuple([rule.id for rule in inside.rules]) if inside.rules else ()
        if verdict is None:
            return Diagnosis(
                UNKNOWN,
                self._fixer(UNKNOWN, None),
                spoken_language(plain.text[inside.start : inside.end] or plain.text),
                MappingProxyType(inside.params) if inside.params else NO_PARAMS,
                wrappers=wrappers,
                masked=mask_even(plain.text[inside.start : inside.end] or plain.text),
            )
        params = verdict.params
        if inside.params:
            _add_wrapper_params(params, inside.params)
        if verdict.class_code == _DEPENDENCY:
            _add_dependency(params, self.catalogue.captions.references)
        return Diagnosis(
            verdict.class_code,
            self._fixer(verdict.class_code, verdict.topic),
            verdict.language
            if verdict.language != UNDETERMINED
            else spoken_language(plain.text[inside.start : inside.end] or plain.text),
            MappingProxyType(params) if params else NO_PARAMS,
            verdict.rule,
            verdict.topic,
            wrappers,
            mask_even(plain.text[inside.start : inside.end]) if verdict.class_code == UNKNOWN else "",
        )

    def _fixer(self, class_code: str, topic: str | None) -> Fixer:
        fixer = self._fixers.get((class_code, topic))
        if fixer is None:
            known = self.catalogue.classes.get(class_code)
            fixer = self._fixers[class_code, topic] = known.fixer_for(topic) if known else Fixer.ADMIN
        return fixer

    def _unwrap(self, plain: NormalText, standing: Standing | None = None) -> Inside:
        text = plain.text
        inside = Inside(0, len(text), standing)
        for _ in range(_DEEPEST):
            start = inside.start
            wrappers = self._wrappers.get(text[start : start + self._opening])
            if not wrappers:
                break
            window = text[start : inside.end]
            for rule in wrappers:
                if self._take_off(rule, window, plain, inside):
                    break
            else:
                break
        return inside

    def _take_off(self, rule: WrapperRule, window: str, plain: NormalText, inside: Inside) -> bool:
        template = rule.template
        laid = template.lay(window, False) if window.startswith(template.first) else None
        if laid is None:
            return False
        bounds = laid[2]
        inner = len(bounds) - 1
        if template.filled[inner][-1].key != INNER:
            return False
        params: dict[str, ParamValue] = {}
        if (
            read_values(params, template.filled, bounds[:inner], plain, inside.start, self.catalogue.captions)
            < 0
        ):
            return False
        for key, value in params.items():
            inside.params.setdefault(key, value)
        inside.rules.append(rule)
        start, end = bounds[inner]
        base = inside.start
        inside.start, inside.end = base + start + window.startswith(" ", start, end), base + end
        return True

    def _verdict(self, plain: NormalText, inside: Inside, outer: str, *, cut: bool) -> Verdict | None:
        window = plain.text[inside.start : inside.end]
        rules, marks = inside.standing or self._matcher.standing(window)
        found = self._matcher.best_of(rules, window, plain, inside.start, cut=cut)
        facts = read_privilege(window) if marks & _PRIVILEGE_MARK else None
        if facts and (found is None or found.rule.class_code not in _STRONGER_THAN_PRIVILEGE):
            verdict = _by_privilege(facts, found)
            if cut and window.endswith(str(verdict.params.get("privilege", "\0"))):
                for key in ("privilege", "access", "entity"):  # the name may be cut in two
                    verdict.params.pop(key, None)
        elif found:
            rule = found.rule
            params = {**facts.params, **found.params} if facts else found.params
            if rule.class_code == _MISSING_PRIVILEGE:
                params = {**read_refusal(window), **params}
            verdict = Verdict(rule.class_code, rule.topic, rule.id, rule.language, params)
        else:
            phrase_in = self._phrases.telling if cut else self._phrases.best
            return (
                self._by_less(window, outer, marks, phrase_in)
                or _by_plugin(outer or window)
                or _by_wrapper(inside.rules)
            )
        if verdict.class_code in _SHALLOW:
            deeper = self._by_less(window, outer, marks, self._phrases.telling)
            if deeper and deeper.class_code != verdict.class_code and not _in_own_words(verdict, deeper):
                return deeper
        if not (outer or marks & _CODE_MARK):
            return verdict
        if "code" not in verdict.params:
            code = (first_code(window) if marks & _CODE_MARK else None) or first_code(outer)
            if code:
                verdict.params["code"] = code
        return verdict

    def _by_less(
        self, window: str, outer: str, marks: int, phrase_in: Callable[[str], PhraseRule | None]
    ) -> Verdict | None:
        """What a code or, without one that says something, a telling phrase makes of it."""
        if outer or marks & _CODE_MARK:
            by_code = self._by_code(window) or self._by_code(outer) or self._by_exception(outer)
            if by_code and by_code.class_code in _OF_PRINCIPALS:
                by_code.params = {**read_refusal(window), **by_code.params}
            if by_code and by_code.class_code != PLUGIN:
                return by_code
        else:
            by_code = None
        phrase = phrase_in(window)
        if phrase is None or (by_code and phrase.class_code.startswith(_SAID_BY_PLUGINS)):
            return by_code
        params = read_refusal(window) if phrase.class_code in _OF_PRINCIPALS else {}
        if marks & _CODE_MARK and (code := first_code(window)):
            params["code"] = code
        return Verdict(phrase.class_code, phrase.topic, phrase.id, UNDETERMINED, params, Reason.PHRASE)

    def _by_code(self, window: str) -> Verdict | None:
        """The first code in the text that says a class; Entra's numbers all speak of signing in."""
        codes = self.catalogue.codes
        for written in codes_in(window):
            known = codes.get(hexadecimal(written))
            if known is None and written.startswith(_AADSTS):
                known = codes.get(_AADSTS)
            if known and known.class_code != UNKNOWN:
                return Verdict(
                    known.class_code, known.topic, known.id, UNDETERMINED, {"code": written}, Reason.CODE
                )
        return None

    def _by_exception(self, outer: str) -> Verdict | None:
        """What a plug-in throws says as much as the code that Dataverse gives it."""
        known = self.catalogue.codes.get(_THROWN_CODE) if _THROWN in outer else None
        return (
            Verdict(known.class_code, known.topic, known.id, UNDETERMINED, {}, Reason.CODE) if known else None
        )


def _peeled(text: str) -> tuple[NormalText, str]:
    """What the text says, and the text around it where there was any."""
    plain = NormalText(bare_message(text))
    return plain, _outer(text, plain)


def _outer(text: str, plain: NormalText) -> str:
    return text[:_OUTER_LENGTH] if len(plain.source) + 2 < len(text) else ""


def _in_own_words(verdict: Verdict, deeper: Verdict) -> bool:
    """True for a phrase that a plug-in of the customer may use itself."""
    return (
        verdict.class_code == PLUGIN
        and deeper.reason is Reason.PHRASE
        and deeper.class_code.startswith(_SAID_BY_PLUGINS)
    )


def _by_plugin(text: str) -> Verdict | None:
    """The type of a plug-in where nothing else says a cause."""
    name = plugin_in(text)
    if name is None:
        return None
    return Verdict(PLUGIN, _PLUGIN_TOPIC, "token.plugin", UNDETERMINED, {"value": name}, Reason.PLUGIN)


def _by_wrapper(rules: list[WrapperRule]) -> Verdict | None:
    """What the innermost wrapper that says something says by itself."""
    for rule in reversed(rules):
        if rule.class_code:
            return Verdict(rule.class_code, rule.topic, rule.id, rule.language, {}, Reason.WRAPPER)
    return None


def _by_privilege(facts: PrivilegeFacts, found: Found | None) -> Verdict:
    if found is None or found.rule.class_code != _MISSING_PRIVILEGE:
        language = found.rule.language if found else UNDETERMINED
        return Verdict(_MISSING_PRIVILEGE, facts.topic, facts.rule, language, facts.params, Reason.PRIVILEGE)
    rule = found.rule
    return Verdict(
        rule.class_code, facts.topic or rule.topic, rule.id, rule.language, {**found.params, **facts.params}
    )


def _add_wrapper_params(params: dict[str, ParamValue], outer: dict[str, ParamValue]) -> None:
    """What a wrapper says counts where the inner text does not say it; a record keeps its own table."""
    for key, value in outer.items():
        if key == "record_table" and "record" in params:
            continue
        params.setdefault(key, value)


def _add_dependency(params: dict[str, ParamValue], references: Mapping[str, str]) -> None:
    """Which record to couple first, where the field says in which table it is and the value is its key.

    A GUID is a row of Dataverse, not the key of a record in Business Central.
    """
    value = params.get("value")
    if "other_record" not in params and isinstance(value, str) and not guid_in(value):
        params["other_record"] = value
    table = references.get(str(params.get("field", "")))
    if table and "other_table" not in params and not guid_in(str(params.get("other_record", ""))):
        params["other_table"] = table


def _looks_cut(text: str, plain: NormalText) -> bool:
    """The text has a length at which Business Central cuts, and the message itself reaches its end."""
    length = len(text)
    return (
        length in _CUT_LENGTHS
        and (length in _LIMITS or not text.endswith("."))
        and text.rstrip().endswith(plain.text.rpartition(" ")[2])
    )

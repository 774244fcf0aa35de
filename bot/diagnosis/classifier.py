"""Message text -> Diagnosis. Pure, linear in the length of the text, and never raises.

Order, after the labelling rules of the classes: take off the wrappers, lay the templates over what is
inside, let a named privilege or a refused access decide unless the text says that the user has no role at
all, then look at platform codes, and at telling phrases last. Where nothing is recognised the answer is
``unknown``: guessing is worse than not knowing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Final, Self

from bot.dataclass import dataclass
from bot.diagnosis.catalogue_files import Catalogue, TemplateRule
from bot.diagnosis.envelopes import opened
from bot.diagnosis.language import UNDETERMINED, spoken_language
from bot.diagnosis.masking import mask_even
from bot.diagnosis.matcher import Found, Matcher
from bot.diagnosis.model import NO_PARAMS, PLUGIN, UNKNOWN, Diagnosis, Fixer, ParamValue
from bot.diagnosis.normal import NormalText, bare_message, undressed, without_stack
from bot.diagnosis.phrases import PhraseRule, Phrases
from bot.diagnosis.scan import Mark
from bot.diagnosis.tokens import codes_in, first_code, hexadecimal, read_privilege, read_refusal
from bot.diagnosis.unwrapping import Inside, Unwrapping
from bot.diagnosis.values import guid_in
from bot.diagnosis.verdicts import (
    MISSING_PRIVILEGE,
    SAID_BY_PLUGINS,
    Reason,
    Verdict,
    by_plugin,
    by_privilege,
    by_wrapper,
    in_own_words,
)

_OF_PRINCIPALS: Final = frozenset({MISSING_PRIVILEGE, "permission.no_role_or_license"})
"""Classes whose texts say who is refused."""
_STRONGER_THAN_PRIVILEGE: Final = frozenset(
    {"permission.no_role_or_license", "permission.bc_permission_set", "connection.admin_mode"}
)
"""Classes whose texts may name a privilege without being about it."""
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
_TO_REWRITE: Final = int(Mark.UNEVEN | Mark.DRESSED)
_PRIVILEGE_MARK: Final = int(Mark.PRIVILEGE)
_CODE_MARK: Final = int(Mark.CODE)
_OUTER_LENGTH: Final = 4096
"""Characters of an envelope or call stack that are searched for a code."""
_DEPENDENCY: Final = "coupling.dependency_not_coupled"


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
        self._unwrap = Unwrapping(catalogue.wrappers, catalogue.captions).inside_of

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

    def _verdict(self, plain: NormalText, inside: Inside, outer: str, *, cut: bool) -> Verdict | None:
        window = plain.text[inside.start : inside.end]
        rules, marks = inside.standing or self._matcher.standing(window)
        found = self._matcher.best_of(rules, window, plain, inside.start, cut=cut)
        facts = read_privilege(window) if marks & _PRIVILEGE_MARK else None
        if facts and (found is None or found.rule.class_code not in _STRONGER_THAN_PRIVILEGE):
            verdict = by_privilege(facts, found)
            if cut and window.endswith(str(verdict.params.get("privilege", "\0"))):
                for key in ("privilege", "access", "entity"):  # the name may be cut in two
                    verdict.params.pop(key, None)
        elif found:
            rule = found.rule
            params = {**facts.params, **found.params} if facts else found.params
            if rule.class_code == MISSING_PRIVILEGE:
                params = {**read_refusal(window), **params}
            verdict = Verdict(rule.class_code, rule.topic, rule.id, rule.language, params)
        else:
            phrase_in = self._phrases.telling if cut else self._phrases.best
            return (
                self._by_less(window, outer, marks, phrase_in)
                or by_plugin(outer or window)
                or by_wrapper(inside.rules)
            )
        if verdict.class_code in _SHALLOW:
            deeper = self._by_less(window, outer, marks, self._phrases.telling)
            if deeper and deeper.class_code != verdict.class_code and not in_own_words(verdict, deeper):
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
        if phrase is None or (by_code and phrase.class_code.startswith(SAID_BY_PLUGINS)):
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

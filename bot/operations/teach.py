"""Teaching: from an unrecognised group of errors to a rule that recognises them, now and in the store.

A rule holds for the whole workspace, since the same text means the same in each of its companies. It can be
undone: what it recognised is diagnosed anew without it.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from bot.clock import Clock
from bot.dataclass import dataclass
from bot.diagnosis import UNKNOWN, ErrorClass, Fixer, Params
from bot.diagnosis.taught import OWN, Precedence, TaughtRule
from bot.diagnosis.teaching import (
    LONGEST_REMEDY,
    LONGEST_TITLE,
    MOST_RULES,
    Why,
    checked_template,
    cleaned,
    digest_words,
    fitting,
    overlapping,
    propose,
    reading_of,
    refused,
)
from bot.failures import NotFound, NothingToTeach, RuleGone, RuleKnown
from bot.operations.activity import Activity, Deed
from bot.operations.actors import Actor
from bot.operations.ask import Ask
from bot.operations.knowledge import Knowledge
from bot.operations.rights import Act
from bot.operations.views import ConnectionView, ProblemLine
from bot.store import Database, Errors, Problems
from bot.store.activity import Subject
from bot.store.outbox import Outbox, Place, Told
from bot.store.rediagnosis import OF_RULES, Phase, Rediagnoses, Rediagnosis
from bot.store.taught_rules import StoredRule, TaughtRules
from bot.store.values import ProblemRow, Scope, StoredError

JUDGED: Final = 1_000
"""Problems whose newest error a preview looks at: the largest ones."""
LOOKED_AT: Final = 5
"""Errors of a group that a template is proposed for."""
RULES_A_PAGE: Final = 5
RULES_FILE: Final = "rules:"
"""Begins the subject of messages that bring the rules as a file."""
_ID_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz"
_ID_LENGTH: Final = 7


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule as somebody has filled it in."""

    template: str = ""
    class_code: str = ""
    """Empty where it is a class of their own."""
    own_title: str = ""
    fixer: str = ""
    """Empty is as the class says."""
    remedy: str = ""
    precedence: Precedence = Precedence.LAST


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would do, judged by the newest error of each problem of this connection."""

    values: Params
    """What it reads out of the example."""
    errors: int
    problems: int
    """Unrecognised ones that would be recognised."""
    known_errors: int
    known_problems: int
    """Recognised ones that it fits as well."""
    overlaps: tuple[ErrorClass, ...]
    """Classes whose built-in rules know some text that it fits."""


@dataclass(frozen=True, slots=True)
class TeachView:
    """All that the form shows."""

    connection: ConnectionView
    line: ProblemLine
    example: StoredError
    draft: Draft
    classes: tuple[ErrorClass, ...]
    """Those to choose from; own ones included."""


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule in the list."""

    rule: StoredRule
    error_class: ErrorClass
    matched: int
    """Stored errors that it recognises, in all companies."""


@dataclass(frozen=True, slots=True)
class RulesView:
    """Answer of ``/syncerrors rules``."""

    connection: ConnectionView
    rules: tuple[RuleView, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class LearningView:
    """How far diagnosing anew is, after a rule was taught or undone."""

    connection: ConnectionView
    run: Rediagnosis
    is_done: bool
    errors: int
    """Stored in all: what a run has before it."""
    rule: RuleView | None
    """With what it recognises in this connection; None where the rule is undone."""


@dataclass(frozen=True, slots=True)
class Teaching:
    """The use case. Who may is asked before (``bot.operations.rights``).

    Afterwards the caller has what is stored diagnosed anew (``bot.operations.rediagnose``); should it die
    before, the next tick does.
    """

    database: Database
    knowledge: Knowledge
    ask: Ask
    clock: Clock
    activity: Activity

    async def form(self, scope: Scope, problem_id: str, draft: Draft | None = None) -> TeachView:
        """What the form begins with: the template proposed for the group, or a draft that is worked on.

        Raises NotFound, and NothingToTeach for a problem that is recognised.
        """
        await self.knowledge.current()
        row = await self._unknown(scope, problem_id)
        async with self.database.moment():
            example = await self._example(scope, row)
            connection = await self.ask.connection(scope)
            if draft is None:
                draft = await self._proposed(scope, row, example)
        classes = [known for code, known in self.knowledge.catalogue.classes.items() if code != UNKNOWN]
        return TeachView(connection, self.ask.line(row), example, draft, tuple(classes))

    async def preview(self, scope: Scope, problem_id: str, draft: Draft) -> Preview:
        """What the rule would do. Raises RuleRefused, NotFound, NothingToTeach."""
        classifier = await self.knowledge.current()
        row = await self._unknown(scope, problem_id)
        template = checked_template(draft.template)
        example = await self._example(scope, row)
        rule = TaughtRule("tried", draft.template, UNKNOWN)
        values = reading_of(classifier, rule, example.message)
        if values is None:
            raise refused(Why.EXAMPLE)
        newest = await Problems(self.database).newest_messages(scope, JUDGED)
        fits = await asyncio.to_thread(fitting, classifier, rule, [text for _, text in newest])
        hit = [problem for (problem, _), fit in zip(newest, fits, strict=True) if fit]
        unknown = [problem for problem in hit if problem.class_code == UNKNOWN]
        known = [problem for problem in hit if problem.class_code != UNKNOWN]
        classes = self.knowledge.catalogue.classes
        overlaps = dict.fromkeys(
            one.class_code for one in overlapping(self.knowledge.base.catalogue, template)
        )
        return Preview(
            values=values,
            errors=sum(problem.count for problem in unknown),
            problems=len(unknown),
            known_errors=sum(problem.count for problem in known),
            known_problems=len(known),
            overlaps=tuple(classes[code] for code in overlaps if code in classes),
        )

    async def teach(
        self, actor: Actor, scope: Scope, problem_id: str, draft: Draft, place: Place | None
    ) -> StoredRule:
        """Take the rule over; ``place`` is told how far what is stored is diagnosed anew.

        The same draft twice by the same person (a double click) is one rule. Raises RuleRefused, RuleKnown,
        NotFound, and NothingToTeach.
        """
        rule = self._rule(actor, draft)
        stored = await TaughtRules(self.database).by_digest(self.knowledge.workspace, rule.digest)
        if stored is not None:
            return self._same(stored, rule)
        preview = await self.preview(scope, problem_id, draft)
        if (preview.overlaps or preview.known_problems) and draft.precedence is not Precedence.FIRST:
            raise refused(Why.OVERLAP)
        addition = await TaughtRules(self.database).add(self.knowledge.workspace, [rule], MOST_RULES)
        if addition.known:
            return self._same(addition.known[0], rule)
        if not addition.added:
            raise refused(Why.MANY, most=MOST_RULES)
        deed = Deed(f"teach:{rule.id}", actor, Act.TEACH, subject_kind=Subject.RULE, subject=rule.id)
        await self._changed(scope, f"{OF_RULES}{rule.id}:taught", place, deed)
        return rule

    async def rules(self, scope: Scope, page: int = 0) -> RulesView:
        """One page of all rules, the latest first."""
        await self.knowledge.current()
        store = TaughtRules(self.database)
        async with self.database.moment():
            rules = (await store.all_of(self.knowledge.workspace))[::-1]
            matched = await store.matched(self.knowledge.workspace)
            connection = await self.ask.connection(scope)
        pages = max(1, -(-len(rules) // RULES_A_PAGE))
        page = min(page, pages - 1)
        shown = rules[page * RULES_A_PAGE : (page + 1) * RULES_A_PAGE]
        return RulesView(
            connection, tuple(self._view(rule, matched) for rule in shown), len(rules), page, pages
        )

    async def rule(self, rule_id: str) -> RuleView:
        """One rule. Raises RuleGone."""
        await self.knowledge.current()
        store = TaughtRules(self.database)
        async with self.database.moment():
            rules = {rule.id: rule for rule in await store.all_of(self.knowledge.workspace)}
            matched = await store.matched(self.knowledge.workspace)
        if rule_id not in rules:
            raise RuleGone
        return self._view(rules[rule_id], matched)

    async def undo(self, actor: Actor, scope: Scope, rule_id: str, place: Place | None) -> StoredRule:
        """Forget a rule; ``place`` is told how far what it recognised is diagnosed anew. Raises RuleGone."""
        rule = await TaughtRules(self.database).remove(self.knowledge.workspace, rule_id)
        if rule is None:
            raise RuleGone
        deed = Deed(f"unteach:{rule.id}", actor, Act.UNTEACH, subject_kind=Subject.RULE, subject=rule.id)
        await self._changed(scope, f"{OF_RULES}{rule.id}:undone", place, deed)
        return rule

    async def order_file(self, scope: Scope, place: Place) -> None:
        """Have all rules sent there as a file."""
        now = self.clock.now()
        async with self.database.writing() as transaction:
            await Outbox(transaction, scope, now).post(
                Told.EXPORT, f"{RULES_FILE}{now.isoformat()}:{place.where}", place
            )

    async def learning(self, scope: Scope, subject: str) -> LearningView | None:
        """What a message about a rule tells; None for a subject that is none."""
        if not subject.startswith(OF_RULES):
            return None
        rule_id, _, what = subject.removeprefix(OF_RULES).partition(":")
        version = (await self.knowledge.current()).catalogue.version
        rediagnoses = Rediagnoses(self.database)
        run = await rediagnoses.state(scope)
        is_done = run.phase is Phase.DONE and run.version == version
        rule = None
        if what == "taught":
            with suppress(RuleGone):
                here = await TaughtRules(self.database).matched_in(scope, f"taught.{rule_id}")
                rule = replace(await self.rule(rule_id), matched=here)
        totals = await Problems(self.database).totals(scope)
        return LearningView(await self.ask.connection(scope), run, is_done, totals.errors, rule)

    async def _changed(self, scope: Scope, subject: str, place: Place | None, deed: Deed) -> None:
        async with self.database.writing() as transaction:
            await self.activity.write(transaction, scope, deed)
            if place is not None:
                await Outbox(transaction, scope, self.clock.now()).show(Told.PROGRESS, subject, place)
        await self.knowledge.current()

    def _rule(self, actor: Actor, draft: Draft) -> StoredRule:
        """The rule of a draft, where nothing is wrong with it."""
        checked_template(draft.template)
        title = cleaned(draft.own_title)
        rule = StoredRule(
            id=new_id(),
            template=draft.template.strip(),
            digest=digest_of(draft.template),
            class_code=self._class_code(draft.class_code, title),
            own_title=title,
            fixer=self._fixer(draft, title),
            remedy=draft.remedy.strip(),
            precedence=draft.precedence.value,
            language="und",
            taught_by=str(actor),
            taught_at=self.clock.now(),
        )
        if len(rule.remedy) > LONGEST_REMEDY:
            raise refused(Why.REMEDY_LONG, most=LONGEST_REMEDY)
        return rule

    def _class_code(self, chosen: str, title: str) -> str:
        if title:
            if len(title) > LONGEST_TITLE:
                raise refused(Why.TITLE_LONG, most=LONGEST_TITLE)
            if set("{}") & set(title):
                raise refused(Why.TITLE_BRACE)
            return own_code(title, self.knowledge.catalogue.classes.values())
        if not chosen:
            raise refused(Why.TITLE_MISSING)
        if chosen not in self.knowledge.catalogue.classes or chosen == UNKNOWN:
            raise refused(Why.CLASS_UNKNOWN)
        return chosen

    def _fixer(self, draft: Draft, title: str) -> str:
        if title and not draft.fixer:
            raise refused(Why.FIXER_MISSING)
        if draft.fixer and draft.fixer not in set(Fixer):
            raise refused(Why.FIXER_UNKNOWN)
        return draft.fixer

    def _same(self, stored: StoredRule, rule: StoredRule) -> StoredRule:
        """The stored rule, where it is the very same; else RuleKnown."""
        as_stored = replace(
            rule,
            id=stored.id,
            taught_at=stored.taught_at,
            template=stored.template,
            class_code=stored.class_code,
        )
        same_class = rule.class_code == stored.class_code or bool(rule.own_title)
        if as_stored == stored and same_class:
            return stored
        raise RuleKnown(by=stored.taught_by, on=stored.taught_at.date().isoformat())

    def _view(self, rule: StoredRule, matched: dict[str, int]) -> RuleView:
        classes = self.knowledge.catalogue.classes
        error_class = classes.get(rule.class_code, classes[UNKNOWN])
        return RuleView(rule, error_class, matched.get(f"taught.{rule.id}", 0))

    async def _unknown(self, scope: Scope, problem_id: str) -> ProblemRow:
        row = await Problems(self.database).living(scope, problem_id)
        if row.class_code != UNKNOWN:
            rule = self.knowledge.rule(row.topic)
            raise NothingToTeach(**({"by": rule.taught_by} if rule else {}))
        return row

    async def _example(self, scope: Scope, row: ProblemRow) -> StoredError:
        """Its latest error. Raises NothingToTeach where that was recognised a moment ago."""
        try:
            return await Errors(self.database).latest_of(scope, row.id)
        except NotFound:
            raise NothingToTeach from None

    async def _proposed(self, scope: Scope, row: ProblemRow, example: StoredError) -> Draft:
        texts = [example.message, *await self._others(scope, row, example.number)]
        records = [example.source_record_id, example.destination_record_id]
        proposal = propose(self.knowledge.classifier, texts, records)
        return Draft(template=proposal.template)

    async def _others(self, scope: Scope, row: ProblemRow, known: int) -> Sequence[str]:
        """Texts of other errors of the group: the latest of its other records."""
        texts = []
        for record in await Problems(self.database).affected(scope, row.id, LOOKED_AT, 0):
            if record.last_number != known:
                with suppress(NotFound):
                    error = await Errors(self.database).by_number(scope, record.last_number)
                    if error.problem_id == row.id:
                        texts.append(error.message)
        return texts


def new_id() -> str:
    """An id that no rule ever had: letters only, since it is part of a topic."""
    return "".join(secrets.choice(_ID_LETTERS) for _ in range(_ID_LENGTH))


def digest_of(template: str) -> str:
    """Equal for templates that say the same."""
    return hashlib.sha256(digest_words(template).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def own_code(title: str, classes: Iterable[ErrorClass]) -> str:
    """The code of a class of people's own: that of the same title, or a new one made from its letters."""
    taken = {known.code: known.title.en for known in classes}
    letters = "".join(char if char.isascii() and char.isalpha() else " " for char in title.casefold())
    code = OWN + ("_".join(letters.split())[:40].strip("_") or "klass")
    while code in taken and taken[code] != title:
        code += "_x"
    return code

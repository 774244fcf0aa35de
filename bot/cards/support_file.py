"""The support request as one document, for somebody who has never seen the company."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count

from bot.cards import markdown
from bot.cards.activity import OUTCOMES
from bot.cards.doing import DOING
from bot.cards.facts import LABELS, fixer_words
from bot.cards.failure import failure_words
from bot.cards.filling import prose
from bot.cards.markdown import code, heading, points, words
from bot.cards.markup import Markup, own
from bot.cards.outside import Outside
from bot.cards.problem_line import fixer_of, problem_title
from bot.cards.support_errors import error_parts, job_parts, mapping_parts
from bot.cards.support_words import VALUE, item, time_of
from bot.cards.texts import Texts
from bot.diagnosis.identity import TOPIC
from bot.operations.actors import Actor, From
from bot.operations.rights import Act
from bot.operations.support.values import Dossier, Part
from bot.store.activity import Line
from bot.store.runs import Run, RunKind
from bot.store.values import ProblemState

Names = Mapping[str, str]
"""How people in Slack are called, by id."""


def support_document(dossier: Dossier, names: Names, texts: Texts) -> str:
    """The whole of it."""
    return markdown.document(_parts(dossier, names, texts))


def support_title(dossier: Dossier, texts: Texts) -> Markup:
    """What it is about."""
    name = problem_title(dossier.line, texts)
    if dossier.wanted.number is None:
        return texts.gettext("Support request: {title}", title=name)
    return texts.gettext(
        "Support request: error No. {number}, {title}", number=own(str(dossier.wanted.number)), title=name
    )


def missing_words(dossier: Dossier, texts: Texts) -> list[Markup]:
    """What is not in it although it was wanted, and why."""
    told = []
    fetched = dossier.fetched
    if fetched.without and dossier.has(Part.CALL_STACKS):
        why = failure_words(fetched.failure_key or "", {}, texts).what
        told.append(
            texts.ngettext(
                "{n} call stack could not be had: {why}",
                "{n} call stacks could not be had: {why}",
                len(fetched.without),
                why=why,
            )
        )
    if fetched.versions_failure and dossier.has(Part.VERSIONS):
        why = failure_words(fetched.versions_failure, {}, texts).what
        told.append(texts.gettext("The versions could not be had: {why}", why=why))
    if dossier.evidence.succeeded_at is None and (dossier.has(Part.RECORDS) or dossier.has(Part.JOBS)):
        told.append(texts.gettext("Couplings, jobs and table mappings were not read yet."))
    if dossier.freshness.failure_key is not None:
        told.append(
            texts.gettext(
                "Errors were last read {time}; a later attempt failed.",
                time=own(time_of(dossier.freshness.read_at)),
            )
        )
    return told


def person_words(actor: str, names: Names, texts: Texts) -> Markup:
    """Who did something, by name where Slack tells it."""
    try:
        who = Actor.parse(actor)
    except ValueError:
        return texts.gettext("Somebody")
    match who.place:
        case From.SLACK:
            name = Outside(names.get(who.id, "")).short(80)
            return name or own(who.id)
        case From.SHELL:
            return texts.gettext("The operator")
        case From.BOT:
            return texts.gettext("The bot")


def _parts(dossier: Dossier, names: Names, texts: Texts) -> Iterator[str]:
    yield heading(1, words(support_title(dossier, texts)))
    yield " ".join(
        (
            words(
                texts.gettext(
                    "Prepared {time} by {person}.",
                    time=own(time_of(dossier.at)),
                    person=person_words(dossier.run.asked_by, names, texts),
                )
            ),
            words(_privacy(dossier, texts)),
            words(texts.gettext("All times are UTC.")),
        )
    )
    yield from _summary(dossier, texts)
    if dossier.has(Part.VERSIONS):
        yield from _versions(dossier, texts)
    if dossier.has(Part.DIAGNOSIS):
        yield from _diagnosis(dossier, texts)
    if dossier.has(Part.TIMES):
        yield from _times(dossier, texts)
    if dossier.has(Part.MAPPINGS):
        yield from mapping_parts(dossier, texts)
    yield from error_parts(dossier, texts)
    if dossier.has(Part.JOBS):
        yield from job_parts(dossier, texts)
    if dossier.has(Part.HISTORY):
        yield from _history(dossier, names, texts)


def _privacy(dossier: Dossier, texts: Texts) -> Markup:
    if dossier.wanted.is_unmasked:
        return texts.gettext("Personal data is shown: handle this file accordingly.")
    return texts.gettext(
        "Addresses of mail, telephone numbers and raw values are masked with ••• where there were any."
    )


def _summary(dossier: Dossier, texts: Texts) -> Iterator[str]:
    line, connection = dossier.line, dossier.connection
    yield heading(2, words(texts.gettext("Summary")))
    items = [
        item(texts.gettext("Company"), code(connection.display_name or connection.company_name)),
        item(texts.gettext("Environment"), code(connection.environment)),
        item(texts.gettext("Cause"), words(problem_title(line, texts))),
        item(texts.gettext("Who fixes it"), words(fixer_words(fixer_of(line), texts))),
        item(texts.gettext("State"), words(_state(dossier, texts))),
        item(texts.gettext("Errors with this cause"), words(texts.number(line.count))),
        item(texts.gettext("Of these no longer in Business Central"), words(texts.number(line.gone))),
        item(texts.gettext("Records affected"), words(texts.number(dossier.records))),
        item(texts.gettext("First seen"), time_of(line.first_seen)),
        item(texts.gettext("Last seen"), time_of(line.last_seen)),
    ]
    yield points(items)
    told = [_scope(dossier, texts), *missing_words(dossier, texts)]
    yield points(map(words, told))


def _scope(dossier: Dossier, texts: Texts) -> Markup:
    """How much of it this is."""
    if dossier.wanted.number is not None:
        return texts.gettext("This is about that one error, and the error that caused it where one is known.")
    return texts.gettext(
        "{examples} of {errors} errors are told in full: the newest of each record, the latest records "
        "first. The tables in the ZIP have {rows} of them.",
        examples=len(dossier.examples),
        errors=dossier.line.count,
        rows=len(dossier.rows),
    )


def _state(dossier: Dossier, texts: Texts) -> Markup:
    return texts.gettext("Fixed") if dossier.care.state is ProblemState.FIXED else texts.gettext("Not fixed")


def _versions(dossier: Dossier, texts: Texts) -> Iterator[str]:
    yield heading(2, words(texts.gettext("Versions")))
    items = [item(own("syncerrors"), code(dossier.bot_version))]
    items.append(item(texts.gettext("Catalogue of errors"), code(dossier.catalogue_version)))
    for side in dossier.fetched.sides:
        enabled = texts.gettext("enabled") if side.enabled else texts.gettext("disabled")
        items.append(
            item(
                texts.gettext("Connection"),
                ", ".join(
                    (
                        code(side.name),
                        words(enabled),
                        code(side.environment_url),
                        words(texts.gettext("Ownership model")) + " " + code(side.ownership_model),
                        words(texts.gettext("Business Central")) + " " + code(side.application_version),
                        words(texts.gettext("Companion extension")) + " " + code(side.extension_version),
                    )
                ),
            )
        )
    yield points(items)


def _diagnosis(dossier: Dossier, texts: Texts) -> Iterator[str]:
    line = dossier.line
    yield heading(2, words(texts.gettext("Diagnosis")))
    yield words(prose(line.error_class.explanation_for(line.topic), line.params, texts))
    rules = dict.fromkeys(example.error.rule for example in dossier.examples if example.error.rule)
    languages = dict.fromkeys(example.error.language for example in dossier.examples)
    items = [
        item(texts.gettext("Class"), code(line.error_class.code)),
        item(texts.gettext("Rule"), ", ".join(map(code, rules)) or "–"),
        item(texts.gettext("Language of the messages"), ", ".join(map(code, languages)) or "–"),
    ]
    for key, value in sorted(line.params.items()):
        if key == TOPIC:  # ours alone: the class, in another word
            continue
        label = words(texts.say(LABELS[key])) if key in LABELS else code(key)
        items.append(f"**{label}:** {code(str(value)[:VALUE])}")
    yield points(items)
    numbers = count(1)
    steps = []
    for step in dossier.steps:
        if step.condition.holds(line.told):
            mark = f"- **{words(texts.gettext('Careful:'))}**" if step.warning else f"{next(numbers)}."
            steps.append(f"{mark} {words(prose(step.text, line.told, texts))}")
    if steps:
        yield heading(3, words(texts.gettext("What the bot advises")))
        yield "\n".join(steps)


def _times(dossier: Dossier, texts: Texts) -> Iterator[str]:
    yield heading(2, words(texts.gettext("Errors a day")))
    if dossier.wanted.number is not None:
        yield words(texts.gettext("Of all errors with this cause."))
    yield points(f"{day.isoformat()}: {words(texts.number(errors))}" for day, errors in dossier.days)


def _history(dossier: Dossier, names: Names, texts: Texts) -> Iterator[str]:
    yield heading(2, words(texts.gettext("What was tried, and by whom")))
    items = [_line(line, names, texts) for line in reversed(dossier.lines)]
    told = {line.facts.get("run") for line in dossier.lines}
    items += [
        _run(run, names, texts)
        for run in reversed(dossier.runs)
        if run.id not in told and run.kind is not RunKind.SUPPORT
    ]
    if not items:
        yield words(texts.gettext("Nothing was done about it through the bot."))
    yield points(items)
    yield words(texts.gettext("What was done in Business Central itself, the bot does not see."))


def _line(line: Line, names: Names, texts: Texts) -> str:
    what = words(texts.say(DOING[Act(line.act)])) if line.act in set(Act) else code(line.act)
    amount = f" ({words(texts.number(line.count))})" if line.count else ""
    who = words(person_words(line.actor, names, texts))
    facts = "; ".join(f"{key}: {value}" for key, value in sorted(line.facts.items()))
    outcome = words(texts.say(OUTCOMES[line.outcome]))
    told = f"{time_of(line.at)}, {who}: {what}{amount}, {outcome}"
    return f"{told} ({code(facts)})" if facts else told


def _run(run: Run, names: Names, texts: Texts) -> str:
    who = words(person_words(run.asked_by, names, texts))
    told = f"{run.done}/{run.total}"
    why = f", {code(run.failure_key)}" if run.failure_key else ""
    return (
        f"{time_of(run.asked_at)}, {who}: {code(run.kind)} {code(run.what)}, {code(run.state)}, {told}{why}"
    )

"""*Teach*: the form, what stands in its place once something is taught, and how far diagnosing anew is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.cards import blocks
from bot.cards.actions import Action, ButtonValue
from bot.cards.blocks import Button
from bot.cards.card import Card, compose
from bot.cards.dates import day
from bot.cards.facts import LABELS, fixer_words
from bot.cards.failed_rules import actor_words
from bot.cards.failure import failure_words
from bot.cards.form import Form, Modal, Submit
from bot.cards.inputs import Choice, ChoiceGroup, Field, line_input, menu_input, paragraph_input, tick_input
from bot.cards.limits import Block, Importance, Part
from bot.cards.markup import Markup, bold, dotted, lines, own, sentence
from bot.cards.outside import Outside
from bot.cards.overview import connection_words
from bot.cards.texts import Texts
from bot.cards.value_words import value
from bot.diagnosis.model import ErrorClass, Fixer
from bot.diagnosis.taught import OWN, Precedence
from bot.diagnosis.teaching import LONGEST, LONGEST_REMEDY, LONGEST_TITLE
from bot.failures import Failure
from bot.operations.teach import Draft, LearningView, Preview, RuleView, TeachView
from bot.operations.views import TaughtNote
from bot.store.rediagnosis import Phase

TEMPLATE: Final = "template"
CLASS: Final = "class"
OWN_TITLE: Final = "own_title"
FIXER: Final = "fixer"
REMEDY: Final = "remedy"
FIRST: Final = "first"
_EXAMPLE: Final = 2_100
_OVERLAPS: Final = 5
_TITLE: Final = 80
_SUBMIT_OPTIONS: Final = 100


def teach_button(connection: str, problem: str, texts: Texts) -> Button:
    """On the card of a problem that is not recognised."""
    return Button(
        texts.gettext("Teach"),
        Action.TEACH_OPEN,
        ButtonValue(connection=connection, problem=problem),
        texts.gettext("Teach the bot what this text means"),
    )


def teach_modal(
    view: TeachView, texts: Texts, preview: Preview | None = None, refusal: Failure | None = None
) -> Modal:
    """The form. ``preview`` says what the draft would do, ``refusal`` what is wrong with it."""
    about = ButtonValue(connection=view.connection.key, problem=view.line.id)
    drawn: list[Block] = [*_refusal(refusal, texts), *_example(view, texts), *_template(view.draft, texts)]
    drawn.append(blocks.actions(Button(texts.gettext("Preview"), Action.TEACH_PREVIEW, about)))
    if preview is not None:
        drawn += _previewed(preview, texts)
        if preview.overlaps or preview.known_problems:
            drawn.append(_first(view.draft, texts))
    elif view.draft.precedence is Precedence.FIRST:
        drawn.append(_first(view.draft, texts))
    drawn += _meaning(view, texts)
    submit = Submit(Form.TEACH, texts.gettext("Teach"), about)
    return Modal(texts.gettext("Teach"), drawn, submit)


def taught_modal(error_class: ErrorClass, texts: Texts) -> Modal:
    """Instead of the form: what was taught, and what happens now."""
    what = texts.gettext(
        "Taught. From now on such errors are “{title}”.", title=class_words(error_class, texts)
    )
    then = texts.gettext(
        "Those that are stored are diagnosed anew in the background. How far that is, you read in your "
        "direct messages."
    )
    return Modal(texts.gettext("Teach"), (blocks.section(lines((bold(what), then))),))


def learning_card(view: LearningView, texts: Texts) -> Card:
    """How far diagnosing anew is, in a message that is rewritten; in the end what came of it."""
    if view.rule is None:
        what = texts.gettext("A taught rule was undone.")
    else:
        what = texts.gettext(
            "Such errors are “{title}” from now on.", title=class_words(view.rule.error_class, texts)
        )
    how_far = _how_far(view, texts)
    parts = [Part((blocks.section(lines((bold(what), how_far))),), Importance.ESSENTIAL)]
    if view.rule is not None:
        template = Outside(view.rule.rule.template)
        parts.append(Part((blocks.preformatted(template, LONGEST),)))
    if where := connection_words(view.connection):
        parts.append(Part((blocks.context(where),), Importance.EXTRA))
    if view.is_done:
        parts.append(Part((blocks.actions(*_what_now(view, texts)),)))
    return compose(sentence((what, how_far)), parts, texts)


def _what_now(view: LearningView, texts: Texts) -> Iterator[Button]:
    """Once it is done: what came of it, and the way back."""
    value = ButtonValue(connection=view.connection.key)
    yield Button(texts.gettext("Show overview"), Action.OVERVIEW_SHOW, value)
    if view.rule is not None:
        yield undo_button(view.rule, value, texts)


def undo_button(view: RuleView, value: ButtonValue, texts: Texts) -> Button:
    """Asks whether that rule is to be forgotten."""
    spoken = texts.gettext("Undo: {title}", title=rule_words(view, texts))
    return Button(
        texts.gettext("Undo"), Action.RULE_UNDO, value.model_copy(update={"rule": view.rule.id}), spoken
    )


def _how_far(view: LearningView, texts: Texts) -> Markup:
    if not view.is_done:
        if view.run.phase is Phase.SETTLE:
            return texts.gettext("Stored errors are diagnosed anew: adding up.")
        if not view.errors:
            return texts.gettext("Stored errors will be diagnosed anew in a moment.")
        return texts.gettext(
            "Stored errors are diagnosed anew: {done} of about {all} ({percent}).",
            done=texts.number(min(view.run.examined, view.errors)),
            all=texts.number(view.errors),
            percent=texts.percent(view.run.examined, view.errors),
        )
    done = texts.ngettext(
        "Done: {n} stored error was diagnosed anew.",
        "Done: {n} stored errors were diagnosed anew.",
        view.run.examined,
    )
    if view.rule is None:
        return done
    matched = texts.ngettext(
        "The rule recognises {n} of those that are stored.",
        "The rule recognises {n} of those that are stored.",
        view.rule.matched,
    )
    return sentence((done, matched))


def taught_words(note: TaughtNote, texts: Texts) -> Markup:
    """Who taught it, and when."""
    who = actor_words(note.taught_by, texts)
    return texts.gettext("Recognised by what {who} taught, {time}.", who=who, time=day(note.taught_at))


def taught_parts(note: TaughtNote | None, texts: Texts) -> list[Part]:
    """Who taught the bot to recognise a problem, and what they wrote about ending it."""
    if note is None:
        return []
    parts = [Part((blocks.context(taught_words(note, texts)),))]
    if note.remedy:
        heading = bold(texts.gettext("What your colleagues do about it"))
        remedy = blocks.preformatted(Outside(note.remedy), LONGEST_REMEDY)
        parts.append(Part((blocks.section(heading), remedy), Importance.ESSENTIAL))
    return parts


def class_words(error_class: ErrorClass, texts: Texts) -> Markup:
    """The title of a class; one that people wrote themselves is text from outside."""
    return Outside(error_class.title.in_language(texts.language)).short(_TITLE)


def rule_words(view: RuleView, texts: Texts) -> Markup:
    """What a rule says, in a line: class and fixer."""
    rule = view.rule
    fixer = Fixer(rule.fixer) if rule.fixer else view.error_class.fixer
    return dotted((bold(class_words(view.error_class, texts)), fixer_words(fixer, texts)))


def _refusal(refusal: Failure | None, texts: Texts) -> Iterator[Block]:
    if refusal is not None:
        words = failure_words(refusal.key, refusal.facts, texts)
        yield blocks.section(lines((bold(words.what), words.next_step)))


def _example(view: TeachView, texts: Texts) -> Iterator[Block]:
    errors = texts.ngettext("{n} error", "{n} errors", view.line.count)
    yield blocks.section(
        texts.gettext("The newest text of {errors} that the bot does not recognise:", errors=errors)
    )
    yield blocks.preformatted(Outside(view.example.message), _EXAMPLE)


def _template(draft: Draft, texts: Texts) -> Iterator[Block]:
    hint = texts.gettext(
        "Words stay as they are; {any} is a part that varies, {value} one whose value is kept.",
        any=own("{_}"),
        value=own("{value}"),
    )
    yield paragraph_input(Field(TEMPLATE, texts.gettext("Template"), hint), draft.template, LONGEST)


def _previewed(preview: Preview, texts: Texts) -> Iterator[Block]:
    errors = texts.ngettext("{n} error", "{n} errors", preview.errors)
    problems = texts.ngettext("{n} problem", "{n} problems", preview.problems)
    found = texts.gettext(
        "Fits {errors} in {problems} that are not recognised so far, judged by the newest text of each.",
        errors=errors,
        problems=problems,
    )
    told = [
        bold(texts.say(LABELS[key]) if key in LABELS else own(key)) + own(": ") + value(read)
        for key, read in preview.values.items()
    ]
    read = texts.gettext("Read out of the text above:") if told else texts.gettext("No value is kept.")
    yield blocks.section(lines((bold(found), read, *told)))
    if preview.known_problems:
        errors = texts.ngettext("{n} error", "{n} errors", preview.known_errors)
        problems = texts.ngettext("{n} problem", "{n} problems", preview.known_problems)
        yield blocks.section(
            texts.gettext(
                "It also fits {errors} in {problems} that are recognised already.",
                errors=errors,
                problems=problems,
            )
        )
    if preview.overlaps:
        named = [class_words(known, texts) for known in preview.overlaps[:_OVERLAPS]]
        yield blocks.section(
            lines(
                (
                    texts.gettext("It also fits texts that the bot's own rules recognise as:"),
                    *(own("• ") + name for name in named),
                )
            )
        )


def _first(draft: Draft, texts: Texts) -> Block:
    hint = texts.gettext("Without the tick the bot's own rules decide about such texts.")
    field = Field(FIRST, texts.gettext("Texts that are recognised already"), hint, is_optional=True)
    ticked = (Precedence.FIRST.value,) if draft.precedence is Precedence.FIRST else ()
    return tick_input(
        field, Choice(texts.gettext("I know: my rule goes first"), Precedence.FIRST.value), ticked
    )


def _meaning(view: TeachView, texts: Texts) -> Iterator[Block]:
    draft = view.draft
    yield menu_input(
        Field(CLASS, texts.gettext("What it means"), is_optional=True),
        texts.gettext("Choose a class"),
        _classes(view.classes, texts),
        draft.class_code,
    )
    own_title = Field(
        OWN_TITLE,
        texts.gettext("Or a title of your own"),
        texts.gettext("Where no class fits. It goes before a chosen class."),
        is_optional=True,
    )
    yield line_input(own_title, draft.own_title, LONGEST_TITLE)
    fixers = tuple(Choice(fixer_words(fixer, texts), fixer.value) for fixer in Fixer)
    yield menu_input(
        Field(FIXER, texts.gettext("Who fixes it"), is_optional=True),
        texts.gettext("As the class says"),
        (ChoiceGroup(texts.gettext("Who fixes it"), fixers),),
        draft.fixer,
    )
    remedy = Field(
        REMEDY,
        texts.gettext("What to do"),
        texts.gettext("In your own words; shown with the problem as you write it."),
        is_optional=True,
    )
    yield paragraph_input(remedy, draft.remedy, LONGEST_REMEDY)


def _classes(classes: tuple[ErrorClass, ...], texts: Texts) -> list[ChoiceGroup]:
    """By family, in the order of the catalogue; own ones last. A menu holds 100 options in a group."""
    families: dict[str, list[Choice]] = {}
    for known in classes:
        family = known.code.partition(".")[0]
        families.setdefault(family, []).append(Choice(class_words(known, texts), known.code))
    mine = families.pop(OWN.rstrip("."), [])
    groups = [ChoiceGroup(own(family), tuple(some[:_SUBMIT_OPTIONS])) for family, some in families.items()]
    if mine:
        groups.append(ChoiceGroup(texts.gettext("Your own"), tuple(mine[-_SUBMIT_OPTIONS:])))
    return groups

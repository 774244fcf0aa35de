"""*Teach*: the form, its preview, and what comes of it."""

from __future__ import annotations

from bot.cards.actions import Action
from bot.cards.form import Form, Modal
from bot.cards.teach import CLASS, FIRST, FIXER, OWN_TITLE, REMEDY, TEMPLATE, taught_modal, teach_modal
from bot.diagnosis.taught import Precedence
from bot.failures import Failure, RuleKnown, RuleRefused
from bot.operations.teach import Draft
from handlers.dependencies import Dependencies
from handlers.listening import Listening
from handlers.modals import Submitted
from handlers.visits import Visit, problem_of


def register(listening: Listening, deps: Dependencies) -> None:
    @listening.action(Action.TEACH_OPEN)
    async def open_form(visit: Visit) -> None:
        view = await deps.teaching.form(visit.scope, problem_of(visit.button))
        await visit.open(teach_modal(view, visit.texts))

    @listening.action(Action.TEACH_PREVIEW)
    async def preview(visit: Visit) -> None:
        await visit.show_in(visit.form.view_id, await form_again(deps, visit, draft_of(visit.form)))

    @listening.form(Form.TEACH)
    async def teach(visit: Visit, submitted: Submitted) -> Modal:
        draft = draft_of(submitted)
        try:
            rule = await deps.teaching.teach(
                visit.actor, visit.scope, problem_of(visit.button), draft, visit.direct
            )
        except (RuleRefused, RuleKnown) as failure:
            return await form_again(deps, visit, draft, failure)
        await deps.learn()
        return taught_modal((await deps.teaching.rule(rule.id)).error_class, visit.texts)


async def form_again(deps: Dependencies, visit: Visit, draft: Draft, refusal: Failure | None = None) -> Modal:
    """The form as it was filled in, with what the draft would do, or what is wrong with it."""
    problem = problem_of(visit.button)
    view = await deps.teaching.form(visit.scope, problem, draft)
    preview = None
    try:
        preview = await deps.teaching.preview(visit.scope, problem, draft)
    except RuleRefused as failure:
        refusal = refusal or failure
    return teach_modal(view, visit.texts, preview, refusal)


def draft_of(submitted: Submitted) -> Draft:
    """What somebody filled in."""
    first = Precedence.FIRST.value in submitted.options(FIRST)
    return Draft(
        template=submitted.text(TEMPLATE),
        class_code=submitted.option(CLASS),
        own_title=submitted.text(OWN_TITLE),
        fixer=submitted.option(FIXER),
        remedy=submitted.text(REMEDY),
        precedence=Precedence.FIRST if first else Precedence.LAST,
    )

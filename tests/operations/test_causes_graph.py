"""The order of fixing, whatever waits for whatever."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from bot.operations.causes.graph import CauseGraph, Wait
from bot.operations.views import NOTHING, Freed

_NAMES = [f"p{number}" for number in range(12)]


@st.composite
def waits(draw: st.DrawFn) -> list[Wait]:
    """Few problems, so that circles, self edges, second waits and problems nobody knows all occur."""
    return [
        Wait(
            draw(st.sampled_from(_NAMES)),
            draw(st.sampled_from([*_NAMES, "nobody knows"])),
            errors=draw(st.integers(0, 50)),
            certain=draw(st.booleans()),
            record=draw(st.sampled_from(["", "Currency: EUR", "Customer: 10000"])),
            rank=draw(st.integers(0, 3)),
        )
        for _ in range(draw(st.integers(0, 14)))
    ]


def test_currency_comes_before_customer_and_customer_before_order() -> None:
    graph = CauseGraph([Wait("order", "customer", 12), Wait("customer", "currency", 200)])

    assert [wait.waits_for for wait in graph.chain("order")] == ["currency", "customer"]
    assert graph.roots() == ("currency",)
    assert graph.freed_by("currency") == Freed(errors=212, problems=2)
    assert graph.freed_by("customer") == Freed(errors=12, problems=1)
    assert graph.freed_by("order") == NOTHING
    assert set(graph.waiting) == {"order", "customer"}


def test_what_is_not_certain_stays_so_up_to_the_root() -> None:
    graph = CauseGraph(
        [Wait("order", "customer", 12, certain=False), Wait("customer", "currency", 200), Wait("a", "b", 1)]
    )

    assert not graph.freed_by("customer").certain
    assert not graph.freed_by("currency").certain
    assert graph.roots() == ("b", "currency"), "what is certain comes first"


def test_a_circle_is_cut_in_front_of_what_is_synchronized_first() -> None:
    """A customer waits for its primary contact, the contact for its customer: Customer comes first."""
    graph = CauseGraph([Wait("customers", "contacts", 3, rank=4), Wait("contacts", "customers", 5, rank=3)])

    assert graph.roots() == ("customers",)
    assert graph.wait_of("customers") is None
    assert graph.freed_by("customers") == Freed(errors=5, problems=1)


def test_nothing_waits_for_itself() -> None:
    graph = CauseGraph([Wait("a", "a", 7), Wait("b", "a", 1)])

    assert graph.roots() == ("a",)
    assert graph.freed_by("a") == Freed(errors=1, problems=1)
    assert not CauseGraph([Wait("a", "a", 7)])


@given(waits())
def test_every_chain_ends_and_every_number_is_that_of_counting_one_by_one(known: list[Wait]) -> None:
    graph = CauseGraph(known)

    for problem in {*_NAMES, "nobody knows"}:
        chain = graph.chain(problem)
        path = [wait.waits_for for wait in chain] + [problem]
        assert len(set(path)) == len(path), "a circle was left"
        assert graph.wait_of(path[0]) is None, "a chain begins at a root"
        for wait, behind in zip(chain, path[1:], strict=True):
            assert wait.problem == behind

    for problem in {*_NAMES, "nobody knows"}:
        below = [wait for name in _NAMES if (wait := graph.wait_of(name)) and problem in _above(graph, name)]
        freed = graph.freed_by(problem)
        assert freed.problems == len(below)
        assert freed.errors == sum(wait.errors for wait in below)
        assert freed.certain == all(wait.certain for wait in below)


def _above(graph: CauseGraph, problem: str) -> set[str]:
    return {wait.waits_for for wait in graph.chain(problem)}


@given(waits())
def test_only_one_wait_of_each_circle_is_dropped(known: list[Wait]) -> None:
    first: dict[str, Wait] = {}
    for wait in known:
        if wait.problem != wait.waits_for:
            first.setdefault(wait.problem, wait)
    graph = CauseGraph(known)

    dropped = [problem for problem in first if graph.wait_of(problem) is None]
    for problem in dropped:
        path, at = [problem], first[problem].waits_for
        while at != problem:
            path.append(at)
            at = first[at].waits_for  # a KeyError: what was dropped was in no circle
        assert not set(path[1:]) & set(dropped), "one is enough"


@given(waits(), st.randoms(use_true_random=False))
def test_the_order_in_which_waits_are_known_does_not_matter(known: list[Wait], rng: random.Random) -> None:
    distinct = list({wait.problem: wait for wait in known}.values())
    shuffled = [*distinct]
    rng.shuffle(shuffled)
    one, other = CauseGraph(distinct), CauseGraph(shuffled)

    assert one.roots() == other.roots()
    for problem in _NAMES:
        assert one.chain(problem) == other.chain(problem)
        assert one.freed_by(problem) == other.freed_by(problem)
        assert one.waiting_for(problem) == other.waiting_for(problem)


def test_a_hundred_thousand_are_no_matter_in_a_row_in_a_crowd_or_in_a_circle() -> None:
    many = 100_000
    row = CauseGraph(Wait(f"{number + 1}", f"{number}", 1) for number in range(many))
    assert row.roots() == ("0",)
    assert row.freed_by("0") == Freed(errors=many, problems=many)
    assert len(row.chain(str(many))) == many

    crowd = CauseGraph(Wait(f"{number}", "one currency", 2) for number in range(many))
    assert crowd.freed_by("one currency") == Freed(errors=2 * many, problems=many)

    circle = CauseGraph(Wait(f"{(number + 1) % many}", f"{number}", 1) for number in range(many))
    assert len(circle.roots()) == 1
    assert circle.freed_by(circle.roots()[0]).problems == many - 1

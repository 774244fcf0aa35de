"""``bot.dataclass`` makes what ``dataclasses`` makes, more quickly."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, asdict, field, fields, replace
from typing import Any, ClassVar, Generic, TypeVar, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dataclass import dataclass

Maker = Callable[..., Any]
STANDARD: Maker = dataclasses.dataclass

T = TypeVar("T")
VALUES = st.none() | st.integers(0, 2) | st.text(max_size=1) | st.just(float("nan"))


@dataclass(frozen=True, slots=True)
class Leaf:
    """At the top of a module, as pickle wants it."""

    name: str
    size: int = 1
    seen: dict[str, int] = field(default_factory=dict, compare=False)


def both(make: Callable[[Maker], Any]) -> tuple[Any, Any]:
    """The same class as made here, and as made by the standard library."""
    return make(dataclass), make(STANDARD)


def frozen(made_by: Maker) -> Any:
    @made_by(frozen=True, slots=True)
    class Pair:
        kinds: ClassVar[int] = 2
        left: object
        right: object = 7
        hidden: object = field(default=1, repr=False, compare=False)
        many: list[object] = field(default_factory=list, hash=False)

        def both(self) -> tuple[object, object]:
            return self.left, self.right

    return Pair


def changing(made_by: Maker) -> Any:
    @made_by(slots=True)
    class Changing:
        """Not frozen."""

        left: object
        right: object = None
        later: object = field(init=False)
        counted: object = field(default=3, init=False)

        def __post_init__(self) -> None:
            self.later = self.left

    return Changing


def by_name(made_by: Maker) -> Any:
    @made_by(frozen=True, kw_only=True)
    class ByName:
        left: object
        right: object = 1

    return ByName


def same_by_identity(made_by: Maker) -> Any:
    @made_by(frozen=True, slots=True, eq=False)
    class Same:
        left: object
        right: object = 1

    return Same


def empty(made_by: Maker) -> Any:
    @made_by(frozen=True, slots=True)
    class Empty:
        pass

    return Empty


def inheriting(made_by: Maker) -> Any:
    @made_by(frozen=True)
    class Parent:
        left: object
        right: object = 1

    @made_by(frozen=True)
    class Child(Parent):
        right: object = 2
        more: object = 3

    return Child


def with_methods_of_its_own(made_by: Maker) -> Any:
    @made_by(frozen=True)
    class Own(Generic[T]):
        left: T
        right: object = 1

        def __init__(self, left: T, right: object = 5) -> None:
            object.__setattr__(self, "left", left)
            object.__setattr__(self, "right", right)

        def __repr__(self) -> str:
            return "own"

        def __eq__(self, other: object) -> bool:
            return isinstance(other, type(self)) and self.left == other.left

        def __hash__(self) -> int:
            return 12

    return Own


SHAPES = (frozen, changing, by_name, inheriting, with_methods_of_its_own, same_by_identity)
MADE = {shape: both(shape) for shape in SHAPES}


@pytest.mark.parametrize("shape", SHAPES)
@settings(deadline=None)
@given(left=VALUES, right=VALUES, other=VALUES)
def test_a_class_does_what_the_standard_library_makes_it_do(
    shape: Callable[[Maker], Any], left: object, right: object, other: object
) -> None:
    told = []
    for made in MADE[shape]:
        one, same, default = made(left=left, right=right), made(left=left, right=right), made(left=left)
        another = replace(one, left=other)
        told.append(
            [
                repr(one),
                repr(default),
                one == same,
                one == default,
                one == another,
                one != another,
                one == (left, right),
                [getattr(another, each.name) for each in fields(made)],
                asdict(default),
                copy.copy(one) == one,
                type(one).__match_args__,
                shape is same_by_identity or made.__hash__ is None or hash(one) == hash(same),
            ]
        )
    assert told[0] == told[1]


def parameters(made: Any) -> list[object]:
    """Whatever one can say about how it is called; the standard library's sign for a factory is its own."""
    return [
        (each.name, each.kind, each.default if isinstance(each.default, int) else each.default is each.empty)
        for each in inspect.signature(made).parameters.values()
    ]


@pytest.mark.parametrize("shape", [*SHAPES, empty])
def test_a_class_looks_as_the_standard_library_makes_it_look(shape: Callable[[Maker], Any]) -> None:
    made, standard = both(shape)
    assert parameters(made) == parameters(standard)
    assert made.__init__.__qualname__ == standard.__init__.__qualname__
    assert get_type_hints(made.__init__) == get_type_hints(standard.__init__)
    assert hasattr(made, "__slots__") == hasattr(standard, "__slots__")
    assert (made.__hash__ is None) == (standard.__hash__ is None)
    assert [each.name for each in fields(made)] == [each.name for each in fields(standard)]


def test_an_empty_class_has_one_value() -> None:
    made = empty(dataclass)
    assert {made(), made()} == {made()}
    assert repr(made()) == repr(empty(STANDARD)())


@settings(deadline=None)
@given(left=VALUES.filter(lambda value: value == value), right=VALUES)
def test_equal_values_are_one_key(left: object, right: object) -> None:
    made, _ = MADE[inheriting]
    assert len({made(left, right), made(left, right)}) == 1
    assert hash(made(left, right, 0)) == hash((left, right, 0))


@pytest.mark.parametrize("arguments", [(), (1, 2, 3, 4, 5), {"left": 1, "unknown": 2}])
def test_wrong_arguments_are_refused(arguments: Any) -> None:
    given_by_name = arguments if isinstance(arguments, dict) else {}
    for made in both(frozen):
        with pytest.raises(TypeError):
            made(*(() if given_by_name else arguments), **given_by_name)


@pytest.mark.parametrize("shape", [frozen, inheriting, empty])
def test_a_frozen_value_stays_as_it_is(shape: Callable[[Maker], Any]) -> None:
    value = shape(dataclass)(*([] if shape is empty else [1]))
    for name in ("left", "unknown"):
        with pytest.raises(FrozenInstanceError):
            setattr(value, name, 2)
        with pytest.raises(FrozenInstanceError):
            delattr(value, name)


def test_each_value_has_its_own_default() -> None:
    first, second = Leaf("a"), Leaf("b")
    first.seen["x"] = 1
    assert second.seen == {}


def pickled(leaf: Leaf) -> Leaf:
    """What comes back."""
    return pickle.loads(pickle.dumps(leaf))  # noqa: S301 # its own


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, pickled])
def test_a_value_can_be_copied_and_kept(again: Callable[[Leaf], Leaf]) -> None:
    leaf = Leaf("a", 3, {"x": 1})
    assert again(leaf) == leaf
    assert again(leaf).seen == leaf.seen


def test_a_value_that_holds_itself_can_be_told() -> None:
    leaf = frozen(dataclass)(1)
    leaf.many.append(leaf)
    assert "many=[...]" in repr(leaf)


def test_the_first_call_writes_the_method_for_all_that_follow() -> None:
    made = changing(dataclass)
    assert not inspect.isfunction(vars(made)["__init__"])
    made(1)
    assert inspect.isfunction(vars(made)["__init__"])

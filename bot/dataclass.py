"""Dataclasses that are quickly made.

The standard library writes and compiles six methods for each class while its module is imported, which takes
0.4 ms: with more than 400 classes a quarter of all that the bot added to the time its libraries take to
start. Here ``__init__`` is written when it is first called, and the others need no code of their own. Nothing
else differs, but that a frozen class of this kind and one of the standard library cannot inherit from each
other.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, fields
from operator import attrgetter
from reprlib import recursive_repr
from types import FunctionType
from typing import TYPE_CHECKING, Any, cast

_SET = object.__setattr__
_UNSAID = object()


def _quickly_made(
    cls: type[Any] | None = None,
    /,
    *,
    frozen: bool = False,
    slots: bool = False,
    eq: bool = True,
    kw_only: bool = False,
) -> Any:
    """The decorator: ``dataclasses.dataclass`` with those of its options that the bot uses."""

    def decorate(cls: type[Any]) -> type[Any]:
        if cls.__doc__ is None:
            cls.__doc__ = cls.__name__  # else it becomes the signature, for which __init__ had to be written
        hashed = cls.__dict__.get("__hash__")
        own_hash = hashed is not None or ("__hash__" in cls.__dict__ and "__eq__" not in cls.__dict__)
        made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots, kw_only=kw_only)(cls)
        methods: dict[str, object] = {"__init__": _Unwritten(made, frozen=frozen), "__repr__": _told}
        if eq:
            methods["__eq__"] = _equality(made)
        if frozen and slots:
            methods |= {"__getstate__": _state, "__setstate__": _restore}
        methods = {name: method for name, method in methods.items() if name not in made.__dict__}
        if eq and not own_hash:
            methods["__hash__"] = _hashing(made) if frozen else None
        if frozen:
            methods |= _freezing(made)
        for name, method in methods.items():
            setattr(made, name, method)
        return made

    return decorate if cls is None else decorate(cls)


class _Unwritten:
    """Stands in a class for its ``__init__`` until that is looked for, and then makes way for it."""

    __slots__ = ("_frozen", "_owner")

    def __init__(self, owner: type, *, frozen: bool) -> None:
        self._owner = owner
        self._frozen = frozen

    def __get__(self, instance: object, asked: type) -> object:
        # Two threads may both come here: both write the same.
        method = _write_init(self._owner, frozen=self._frozen)
        setattr(self._owner, "__init__", method)  # noqa: B010 # what a checker would refuse
        return method.__get__(instance, asked)


def _write_init(owner: type[Any], *, frozen: bool) -> FunctionType:
    """``__init__`` as ``dataclasses`` writes it."""
    by_place: list[str] = []
    by_name: list[str] = []
    lines: list[str] = []
    known: dict[str, object] = {"_SET": _SET, "_UNSAID": _UNSAID}
    annotations: dict[str, object] = {}
    for field in fields(owner):
        name, value, parameter = field.name, field.name, field.name
        if field.default_factory is not MISSING:
            known[f"_make_{name}"] = field.default_factory
            parameter = f"{name}=_UNSAID"
            value = f"_make_{name}() if {name} is _UNSAID else {name}" if field.init else f"_make_{name}()"
        elif field.default is not MISSING:
            known[f"_default_{name}"] = field.default
            parameter = f"{name}=_default_{name}"
            value = name if field.init else f"_default_{name}"
        elif not field.init:
            continue
        lines.append(f"_SET(self, {name!r}, {value})" if frozen else f"self.{name} = {value}")
        if field.init:
            (by_name if field.kw_only else by_place).append(parameter)
            annotations[name] = field.type
    if hasattr(owner, "__post_init__"):
        lines.append("self.__post_init__()")
    parameters = ", ".join(["self", *by_place, *(["*", *by_name] if by_name else [])])
    body = "\n  ".join(lines or ["pass"])
    source = f"def write({', '.join(known)}):\n def __init__({parameters}):\n  {body}\n return __init__"
    names: dict[str, Any] = {}
    exec(source, vars(sys.modules[owner.__module__]), names)  # noqa: S102 # names of fields, as dataclasses does
    method = cast("FunctionType", names["write"](**known))
    method.__qualname__ = f"{owner.__qualname__}.__init__"
    method.__annotations__ = {**annotations, "return": None}
    return method


@recursive_repr()
def _told(self: Any) -> str:
    said = ", ".join(f"{field.name}={getattr(self, field.name)!r}" for field in fields(self) if field.repr)
    return f"{type(self).__qualname__}({said})"


def _equality(owner: type[Any]) -> Callable[[Any, object], bool]:
    values = _values(tuple(field.name for field in fields(owner) if field.compare))

    def equals(self: Any, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    return equals


def _hashing(owner: type[Any]) -> Callable[[Any], int]:
    names = (field.name for field in fields(owner) if (field.compare if field.hash is None else field.hash))
    values = _values(tuple(names))

    def hashed(self: Any) -> int:
        return hash(values(self))

    return hashed


def _values(names: tuple[str, ...]) -> Callable[[object], tuple[object, ...]]:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda self: tuple(getattr(self, name) for name in names)


def _freezing(owner: type[Any]) -> dict[str, object]:
    names = frozenset(field.name for field in fields(owner))

    def set_attribute(self: object, name: str, value: object) -> None:
        if type(self) is owner or name in names:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        super(owner, self).__setattr__(name, value)

    def delete_attribute(self: object, name: str) -> None:
        if type(self) is owner or name in names:
            raise FrozenInstanceError(f"cannot delete field {name!r}")
        super(owner, self).__delattr__(name)

    return {"__setattr__": set_attribute, "__delattr__": delete_attribute}


def _state(self: Any) -> list[object]:
    return [getattr(self, field.name) for field in fields(self)]


def _restore(self: Any, state: list[object]) -> None:
    for field, value in zip(fields(self), state, strict=True):
        _SET(self, field.name, value)


if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    dataclass = _quickly_made

__all__ = ["dataclass"]

"""What a text asks a function with: the arguments by their parameters, checked before the function is called.

The same check serves a text that is only read, where not every argument is known, and one that is rendered.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Self, get_args

from generator.errors import InputError, clipped

WORDS = {str: "a text", int: "a whole number", float: "a number"}


class Unknown:
    """A value that only the build will know: whatever is asked of it, the answer is as unknown."""

    def __getattr__(self, name: str) -> Self:
        if name.startswith(("_", "jinja_", "unsafe_", "alters_")):
            raise AttributeError(name)
        return self

    def _itself(self, *_: object) -> Self:
        return self

    def _holds(self, *_: object) -> bool:
        return True

    def __str__(self) -> str:
        return "–"

    def __format__(self, spec: str) -> str:
        return "–"

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 1

    def __int__(self) -> int:
        return 1

    def __float__(self) -> float:
        return 1.0

    __hash__ = object.__hash__
    __getitem__ = __round__ = __abs__ = __neg__ = __pos__ = _itself
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _itself
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = _itself
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _holds
    __index__ = __int__


UNKNOWN = Unknown()


@cache
def signature_of(function: Callable[..., object]) -> inspect.Signature:
    """How a text calls a method: without the object it is of."""
    signature = inspect.signature(function)
    return signature.replace(parameters=list(signature.parameters.values())[1:])


def asked(
    function: Callable[..., object], arguments: tuple[object, ...], named: Mapping[str, object]
) -> Mapping[str, object]:
    """The arguments by their parameters; raises InputError for too many or few, and for those of another kind."""
    signature = signature_of(function)
    given = ", ".join(str(parameter.replace(annotation=parameter.empty)) for parameter in signature.parameters.values())
    call = f"{function.__name__}({given})"
    try:
        bound = signature.bind(*arguments, **named).arguments
    except TypeError as error:
        raise InputError(f"{call}: {error}") from None
    for name, value in bound.items():
        kinds = _kinds(signature.parameters[name].annotation)
        if not isinstance(value, (*kinds, Unknown)) or isinstance(value, bool):
            allowed = " or ".join(WORDS[kind] for kind in kinds if kind in WORDS)
            raise InputError(f"{call}: {name} has to be {allowed}, not {clipped(repr(value), 60)}")
    return bound


def _kinds(annotation: Any) -> tuple[type, ...]:  # noqa: ANN401  any annotation
    return get_args(annotation) or (annotation,)

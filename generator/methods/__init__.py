"""The registry of methods: register once, and the listing, schema, check, pages and tests follow.

A method is a function `(request, *, option=default, …) -> Artefact`; its keyword-only parameters are the options of
`params` in report.yaml, typed by `Annotated[type, Field(…)]`, and its one-line docstring is its entry in the listing.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Literal, get_type_hints

from pydantic import BaseModel, ConfigDict, create_model

from generator.artefacts import Artefact
from generator.classifier import Request as Request  # a method imports it together with its decorator
from generator.text import Text

Kind = Literal["attribution", "patterns", "outputs", "evaluation", "predictions", "model"]  # model: without images
Access = Literal["gradients", "predictions", "weights", "none"]  # white box, black box, as it lies there, no model
Passes = Callable[[Mapping[str, Any], int], int]


@dataclass(frozen=True)
class Method:
    """A registered method and everything the outside may know of it without computing."""

    name: str
    compute: Callable[..., Artefact]
    kind: Kind
    access: Access
    title: Text
    summary: Text
    paper: str
    passes: Passes  # (params, images) -> model passes, forward and backward counted alike
    seeded: bool = False
    version: int = 1  # raised when the numbers change, so that no cache serves the old ones

    @cached_property
    def options(self) -> type[BaseModel]:
        """The pydantic model of its parameters; unknown names are refused."""
        hints = get_type_hints(self.compute, include_extras=True)
        parameters = inspect.signature(self.compute).parameters.values()
        named = [p for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY]
        fields: dict[str, Any] = {p.name: (hints[p.name], p.default) for p in named}
        config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=False)
        return create_model(f"{self.name}_params", __config__=config, **fields)

    def cost(self, params: Mapping[str, Any], images: int, side: int | None = None) -> int:
        """Model passes; where the cost depends on it, `passes` finds the height of the images under `side`."""
        return self.passes(params if side is None else {**params, "side": side}, images)

    @property
    def layered(self) -> bool:
        """Whether it works on a layer of the model."""
        return "layer" in self.options.model_fields

    @property
    def line(self) -> str:
        return (inspect.getdoc(self.compute) or "").splitlines()[0]


METHODS: dict[str, Method] = {}


def method(
    *,
    kind: Kind,
    access: Access,
    title: Text,
    summary: Text,
    paper: str,
    passes: Passes,
    seeded: bool = False,
    version: int = 1,
) -> Callable[[Callable[..., Artefact]], Callable[..., Artefact]]:
    """Register the function below under its own name."""

    def register(compute: Callable[..., Artefact]) -> Callable[..., Artefact]:
        name = compute.__name__
        METHODS[name] = Method(name, compute, kind, access, title, summary, paper, passes, seeded, version)
        return compute

    return register


def load_all() -> Mapping[str, Method]:
    """Import every module of this package and return the registry, in the order of the names."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return dict(sorted(METHODS.items()))

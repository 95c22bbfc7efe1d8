"""The registry of methods: register once, and the listing, schema, check, pages and tests follow.

A method is a function `(request, *, option=default, …) -> Artefact`; its keyword-only parameters are the options of
`params` in report.yaml, typed by `Annotated[type, Field(…)]`, and its one-line docstring is its entry in the listing.
"""

import inspect
import math
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Literal, TypeVar, get_args, get_type_hints

from pydantic import BaseModel, ConfigDict, create_model

from generator.artefacts import Artefact
from generator.classifier import Layer, ScoreKind
from generator.classifier import Request as Request  # a method imports it together with its decorator
from generator.errors import ComputationError, DataError, FigureError, ModelError, ParameterError, told
from generator.maps.cam import spatial_layers
from generator.maps.explained import BranchOption, LayersOption
from generator.sharing import PICTURE, Wanted
from generator.steps import step
from generator.text import Text

Kind = Literal["attribution", "patterns", "outputs", "evaluation", "predictions", "model"]  # model: without images
Access = Literal["gradients", "predictions", "weights", "none"]  # white box, black box, as it lies there, no model
Params = Mapping[str, Any]
Size = tuple[int, int]  # height and width of the images
Passes = Callable[[Params, int, Size], int]
SlopeBy = Literal["picture", "layer"]
Form = TypeVar("Form", bound=Artefact)
USUAL_SIZE: Size = (48, 48)  # of images that are not known yet, when the cost is told

FAILURES = (ComputationError, ModelError)
"""What is left of whatever a method raises, once the step that it runs in has named it: the rest is built."""

MISFITS = (ParameterError, DataError, FigureError)
"""What it may raise where the spec asks for what this model or these images do not have."""


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
    passes: Passes  # (params, images, size) -> model passes, forward and backward counted alike
    seeded: bool = False
    factors: frozenset[str] = frozenset()
    both_signs: bool = False
    covers: bool = False
    climbs: bool = False
    aside: Callable[[Params], float] = lambda params: 0.0
    thrifty: Params = field(default_factory=dict)
    slope_by: SlopeBy | None = None

    @cached_property
    def options(self) -> type[BaseModel]:
        """The pydantic model of its parameters; unknown names are refused. Of several layers it has one at a time."""
        hints = get_type_hints(self.compute, include_extras=True)
        hints = {name: BranchOption if hint == LayersOption else hint for name, hint in hints.items()}
        parameters = inspect.signature(self.compute).parameters.values()
        named = [p for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY]
        fields: dict[str, Any] = {p.name: (hints[p.name], p.default) for p in named}
        config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=False)
        return create_model(f"{self.name}_params", __config__=config, **fields)

    def run(self, request: Request, options: Params, form: type[Form]) -> Form:
        """What it computes; raises MISFITS, and whatever else its code does: it runs in a step of its own."""
        artefact = self.compute(request, **options)
        if not isinstance(artefact, form):
            raise TypeError(f"the method returned {type(artefact).__name__}, not {form.__name__}")
        if misfit := artefact.misfit(request.batch.images.shape):
            raise TypeError(f"the method returned {misfit}")
        return artefact

    def miscounted(self, options: Params) -> str:
        """What is wrong with what a method of one's own says of its cost; '' where nothing is."""
        costs: dict[str, Callable[[], object]] = {
            "passes": partial(self.passes, options, 1, USUAL_SIZE),
            "aside": partial(self.aside, options),
        }
        for name, cost in costs.items() if not self.built_in else ():
            try:
                with step("figure", f"{name} of {self.name}"):
                    number = cost()
            except (*FAILURES, *MISFITS) as error:
                return f"`{name}` of the method '{self.name}' fails: {told(error)}"
            if not isinstance(number, int | float) or not 0 <= number < math.inf:
                return f"`{name}` of the method '{self.name}' has to give a number, not {number!r}"
        return ""

    @property
    def built_in(self) -> bool:
        """Whether it is one of ours; else a plugin of the user's brought it."""
        return self.compute.__module__.startswith(f"{__name__}.")

    @property
    def layered(self) -> bool:
        """Whether it works on a layer of the model."""
        return "layer" in self.options.model_fields

    @property
    def adds_layers(self) -> bool:
        """Whether it takes several layers at once and adds up what it finds."""
        return LayersOption in get_type_hints(self.compute, include_extras=True).values()

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
    passes: Callable[..., int],
    seeded: bool = False,
    factors: Collection[str] = (),
    both_signs: bool = False,
    covers: bool = False,
    climbs: bool = False,
    aside: Callable[[Params], float] = lambda params: 0.0,
    thrifty: Params | None = None,
    slope_by: SlopeBy | None = None,
) -> Callable[[Callable[..., Artefact]], Callable[..., Artefact]]:
    """Register the function below under its own name.

    `passes(params, images)` tells the cost where it is the same for images of any size, else `(params, images, size)`.
    Methods that share one of the `factors` of their formulas agree by construction. `both_signs`: of its signed maps
    either sign is strength, as of a derivative, and not only what speaks for the class. `covers`: it covers parts of
    the picture and watches the score, just as faithfulness is measured. `climbs`: its passes are steps of an ascent
    through the model up to its layer. `aside` are seconds of a run beside the passes. `thrifty` are the parameters of
    a map that is nearly the same for fewer passes, where it is only measured. `slope_by`: all it asks of a picture, or
    all but a guided gradient, is the slope of a `score` by this, which methods of the same score get from one pass.
    """

    for word, known in ((kind, get_args(Kind)), (access, get_args(Access))):
        if word not in known:
            raise TypeError(f"'{word}' is none of {', '.join(known)}")

    def register(compute: Callable[..., Artefact]) -> Callable[..., Artefact]:
        name, cost = compute.__name__, _with_size(passes)
        named = (kind, access, title, summary, paper, cost, seeded)
        METHODS[name] = Method(
            name, compute, *named, frozenset(factors), both_signs, covers, climbs, aside, thrifty or {}, slope_by
        )
        return compute

    return register


def wanted_of(asked: Iterable[tuple[Method, Params]], layers: tuple[Layer, ...]) -> Wanted:
    """What these methods with their options ask of pictures, by the kind of the score.

    Several layers that are added up are a question of their own.
    """
    found: dict[ScoreKind, dict[str, None]] = {}
    for one, options in asked:
        with suppress(ParameterError):  # no such layer: told where it is asked for
            places = [PICTURE] if one.slope_by == "picture" else []
            chosen = spatial_layers(layers, options.get("layer")) if one.slope_by == "layer" else ()
            places += [layer.name for layer in chosen if len(chosen) == 1]
            found.setdefault(options.get("score", "logit"), {}).update(dict.fromkeys(places))
    return {kind: tuple(places) for kind, places in found.items()}


def _with_size(passes: Callable[..., int]) -> Passes:
    """A cost as a function of the size of the images too, whether or not it depends on it."""
    if len(inspect.signature(passes).parameters) > 2:
        return passes
    return lambda params, images, size: passes(params, images)


def load_all() -> Mapping[str, Method]:
    """Import every module of this package and return the registry, in the order of the names."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return dict(sorted(METHODS.items()))

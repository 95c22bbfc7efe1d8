"""A Keras model as one flat list of calls, with nested models inlined.

Nothing is copied and Keras is not imported: a step points at the layer of the file, so weights are shared with it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any

from generator.model.legacy import original

KerasObject = Any  # a layer, operation, model, variable or tensor of Keras
Apply = Callable[["Step", tuple[Any, ...], dict[str, Any]], Any]

SQUASHING = ("softmax", "sigmoid")
SHAPE_ONLY = ("Reshape", "Flatten", "Dropout", "SpatialDropout2D", "Identity", "Squeeze", "Activation")
AVERAGING = ("Average", "Add", "Concatenate", "Stack")  # of several values
WEIGHING = ("Multiply", "TrueDivide", "Divide", "Rescaling", "Mean", "Sum", "GlobalAveragePooling1D")  # of one
RECTIFYING = (
    "relu", "relu6", "leakyrelu", "prelu", "elu", "selu", "celu", "silu", "swish", "gelu", "mish", "hardsilu",
    "hardswish", "softplus", "thresholdedrelu",
)  # fmt: skip
STRAIGHT = (
    *SHAPE_ONLY, *AVERAGING, "Maximum", "Minimum", "Multiply", "Cast", "ExpandDims", "GaussianNoise", "GetItem",
    "Permute", "Transpose", "AveragePooling2D", "GlobalAveragePooling2D",
)  # fmt: skip
BENDING = (
    *SQUASHING, *RECTIFYING, "tanh", "softsign", "exp", "exponential", "hardsigmoid", "hardtanh", "unitnormalization",
    "normalize", "clip", "sparsemax", "sparseplus", "softmin", "square", "abs", "argmax", "onehot",
)  # fmt: skip
INPUT = 0  # the number of the value that enters the graph


@dataclass(frozen=True)
class Step:
    """One call of a layer or operation: `reads` maps Keras' own tensors to the numbers of values."""

    name: str
    operation: Any
    arguments: Any
    reads: Mapping[int, int]
    writes: tuple[int, ...]
    size: int = 0  # numbers that it writes for one image, as far as the file says

    @property
    def kind(self) -> str:
        return type(self.operation).__name__

    @property
    def activation(self) -> str:
        """What it squashes or rectifies with: `relu6` for a function, a layer or an operation; '' for none."""
        given = self.operation.activation if self.fused else self.operation
        name = getattr(given, "__name__", "") or type(given).__name__
        return "" if given is None else str(name).replace("_", "").lower()

    @property
    def fused(self) -> bool:
        """Whether the activation is an argument of a layer that does something else too."""
        return hasattr(self.operation, "activation")

    @property
    def rectifies(self) -> bool:
        return self.activation in RECTIFYING

    def filled(self, values: Mapping[int, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Its arguments with the tensors computed so far."""
        args, kwargs = self.arguments.fill_in({key: values[number] for key, number in self.reads.items()})
        return tuple(args), dict(kwargs)


class InOrder:
    """Stands for the arguments of a call that takes its tensors one after the other, and nothing else."""

    def fill_in(self, values: Mapping[int, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return tuple(values.values()), {}


@dataclass(frozen=True)
class FlatGraph:
    """The steps in an order in which they can run; value 0 is the input, `output` the last value."""

    steps: tuple[Step, ...]
    output: int
    producer: Mapping[int, Step] = field(default_factory=dict)

    @classmethod
    def of(cls, steps: Iterable[Step], output: int) -> "FlatGraph":
        """Only the steps that the output needs."""
        steps = tuple(steps)
        producer = {number: step for step in steps for number in step.writes}
        needed, todo = set(), [output]
        while todo:
            number = todo.pop()
            if number not in needed:
                needed.add(number)
                todo += producer[number].reads.values() if number in producer else ()
        return cls(tuple(s for s in steps if needed.intersection(s.writes)), output, producer)

    def truncated(self, number: int) -> "FlatGraph":
        """The same graph up to one value."""
        return FlatGraph.of(self.steps, number)

    def step(self, name: str) -> Step:
        return next(step for step in self.steps if step.name == name)

    def extended(self, name: str, operation: KerasObject, *reads: int) -> "FlatGraph":
        """The same graph with a further step, which takes these values and gives the output."""
        number = 1 + max(number for step in self.steps for number in step.writes)
        step = Step(name, operation, InOrder(), dict(enumerate(reads)), (number,))
        return FlatGraph.of((*self.steps, step), number)

    def split(self, name: str, linear: KerasObject, activation: KerasObject) -> "FlatGraph":
        """The same graph with a step in two: what comes before its activation is a value too."""
        whole, number = self.step(name), 1 + max(number for step in self.steps for number in step.writes)
        first = replace(whole, operation=linear, writes=(number,))
        second = Step(f"{name}/{whole.activation}", activation, InOrder(), {0: number}, whole.writes)
        steps = [part for step in self.steps for part in ((first, second) if step is whole else (step,))]
        return FlatGraph.of(steps, self.output)

    def substituted(self, name: str, operation: KerasObject) -> "FlatGraph":
        """The same graph with another operation in a step."""
        steps = tuple(replace(s, operation=operation) if s.name == name else s for s in self.steps)
        return FlatGraph.of(steps, self.output)

    def without(self, name: str) -> "FlatGraph":
        """The same graph with a step left out: what read its result reads its input."""
        gone = self.step(name)
        moved = dict.fromkeys(gone.writes, next(iter(gone.reads.values())))
        kept = [step for step in self.steps if step is not gone]
        steps = [replace(s, reads={key: moved.get(number, number) for key, number in s.reads.items()}) for s in kept]
        return FlatGraph.of(steps, moved.get(self.output, self.output))

    def run(self, inputs: KerasObject, apply: Apply, forgetting: bool = False) -> dict[int, Any]:
        """Every value by its number; `forgetting` lets each go once no further step reads it."""
        values = {INPUT: inputs}
        last = {number: step.name for step in self.steps for number in step.reads.values()} if forgetting else {}
        for step in self.steps:
            results = apply(step, *step.filled(values))
            results = results if isinstance(results, (list, tuple)) else (results,)
            values.update(zip(step.writes, results, strict=False))
            for number in [number for number in step.reads.values() if last.get(number) == step.name]:
                values.pop(number, None)
        return values


def flatten(model: KerasObject, output: int = 0) -> FlatGraph:
    """A functional or Sequential model with everything nested in it, as one graph with one input and one output.

    `output` is the place of that one among the model's own.
    """
    writer = _Writer()
    outputs = writer.inline(_functional(model), "", [INPUT])
    return FlatGraph.of(writer.steps, outputs[output])


def _functional(operation: KerasObject) -> KerasObject | None:
    """The functional graph behind a model, or None for a plain layer."""
    inner = getattr(operation, "_functional", None) or operation
    return inner if hasattr(inner, "_nodes_by_depth") else None


class _Writer:
    """Writes steps down while nested models are walked through."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._count = INPUT
        self._uses: dict[str, int] = {}

    def inline(self, model: KerasObject, prefix: str, inputs: list[int]) -> list[int]:
        scope = {id(tensor): number for tensor, number in zip(model.inputs, inputs, strict=True)}
        for depth in sorted(model._nodes_by_depth, reverse=True):
            for node in model._nodes_by_depth[depth]:
                if not node.is_input:
                    results = self._call(node, prefix, scope)
                    scope.update(zip(map(id, node.outputs), results, strict=True))
        return [scope[id(tensor)] for tensor in model.outputs]

    def _call(self, node: KerasObject, prefix: str, scope: Mapping[int, int]) -> list[int]:
        reads = {id(tensor): scope[id(tensor)] for tensor in node.arguments.keras_tensors}
        name = prefix + original(node.operation.name)
        nested = _functional(node.operation)
        if nested is not None:
            return self.inline(nested, name + "/", [reads[id(tensor)] for tensor in node.arguments.keras_tensors])
        writes = tuple(self._count + 1 + place for place in range(len(node.outputs)))
        self._count += len(writes)
        self._uses[name] = self._uses.get(name, 0) + 1
        called = name if self._uses[name] == 1 else f"{name}:{self._uses[name]}"
        size = sum(prod(length or 1 for length in tensor.shape[1:]) for tensor in node.outputs)
        self.steps.append(Step(called, node.operation, node.arguments, reads, writes, size))
        return list(writes)


def averaged_steps(graph: FlatGraph, number: int | None = None) -> tuple[Step, ...]:
    """The steps that squash the scores of networks whose probabilities are weighed and averaged at the end.

    None where there is no such end, or where they squash in different ways.
    """
    step = graph.producer.get(graph.output if number is None else number)
    if step is None or step.activation in SQUASHING:
        return () if step is None else (step,)
    if step.kind not in AVERAGING and (len(step.reads) != 1 or step.kind not in (*SHAPE_ONLY, *WEIGHING)):
        return ()
    parts = [averaged_steps(graph, read) for read in step.reads.values()]
    found = {one.name: one for part in parts for one in part}
    alike = all(parts) and len({one.activation for one in found.values()}) == 1
    return tuple(found.values()) if alike else ()


def squashing_step(graph: FlatGraph) -> Step | None:
    """The step that turns scores into probabilities, or None where the output is linear."""
    step = graph.producer.get(graph.output)
    while step is not None and step.activation not in SQUASHING:
        if step.kind not in SHAPE_ONLY or (step.fused and step.activation != "linear"):
            return None
        step = graph.producer.get(next(iter(step.reads.values())))
    return step


def bending_step(graph: FlatGraph, number: int | None = None) -> Step | None:
    """The step that makes outputs which are neither scores of any size nor their logarithms; None for linear ones.

    Of several values that are put together it is the one that does so, where each is made so.
    """
    step = graph.producer.get(graph.output if number is None else number)
    if step is None or step.activation == "logsoftmax":
        return None
    if step.activation in BENDING or (step.fused and step.activation not in ("", "linear")):
        return step
    if step.kind not in (*STRAIGHT, *WEIGHING):
        return None
    parts = [bending_step(graph, read) for read in step.reads.values()]
    return None if not parts or None in parts else parts[0] if len(parts) == 1 else step

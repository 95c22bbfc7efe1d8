"""Convolutions that take along the norms behind them: the same numbers but for rounding, in half the time.

A trained norm multiplies and shifts each channel, as a kernel and its bias do (Jacob et al. 2018, section 3.2). The
product is taken with every batch, so that weights which are exchanged in place count.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from generator.model.flat_graph import FlatGraph, KerasObject, Step
from generator.model.keras_door import keras, tf

Tensor = Any
CONVOLUTIONS = ("Conv2D", "DepthwiseConv2D", "SeparableConv2D")
NORM, FIRST = "BatchNormalization", "channels_first"


@dataclass(frozen=True)
class Folded:
    """A convolution and the norm behind it as one operation."""

    convolution: KerasObject
    norm: KerasObject

    def __call__(self, inputs: Tensor) -> Tensor:
        layer, norm = self.convolution, self.norm
        factor = tf.math.rsqrt(norm.moving_variance + norm.epsilon) * (norm.gamma if norm.scale else 1.0)
        shift = ((layer.bias if layer.use_bias else 0.0) - norm.moving_mean) * factor + (
            norm.beta if norm.center else 0.0
        )
        given = {name: getattr(layer, name) for name in ("strides", "padding", "dilation_rate", "data_format")}
        match type(layer).__name__:
            case "Conv2D":
                found = keras.ops.conv(inputs, layer.kernel * factor, **given)
            case "DepthwiseConv2D":
                kernel = tf.convert_to_tensor(layer.kernel)
                found = keras.ops.depthwise_conv(inputs, kernel * tf.reshape(factor, kernel.shape[2:]), **given)
            case _:
                kernels = layer.depthwise_kernel, layer.pointwise_kernel * factor
                found = keras.ops.separable_conv(inputs, *kernels, **given)
        return tf.nn.bias_add(found, shift, "NCHW" if layer.data_format == FIRST else "NHWC")


def folded(graph: FlatGraph, kept: Collection[int] = ()) -> FlatGraph:
    """The same graph, in which the values between a convolution and its norm are gone, save for those `kept`."""
    readers = Counter(number for step in graph.steps for number in step.reads.values())
    taken = {norm.name: before for norm in graph.steps if (before := _before(norm, graph, readers, kept))}
    gone = {before.name for before in taken.values()}
    steps = (_joined(taken[step.name], step) if step.name in taken else step for step in graph.steps)
    return FlatGraph.of((step for step in steps if step.name not in gone), graph.output)


def _joined(before: Step, norm: Step) -> Step:
    return replace(before, name=norm.name, operation=Folded(before.operation, norm.operation), writes=norm.writes)


def _before(norm: Step, graph: FlatGraph, readers: Counter[int], kept: Collection[int]) -> Step | None:
    """The convolution that a norm alone reads, and that does nothing else; None where it is not so."""
    if norm.kind != NORM or len(norm.reads) != 1:
        return None
    number = next(iter(norm.reads.values()))
    step = graph.producer.get(number)
    if step is None or step.kind not in CONVOLUTIONS or step.activation not in ("", "linear"):
        return None
    axes = (1, -3) if step.operation.data_format == FIRST else (3, -1)
    plain = all(one.operation.dtype_policy.name == "float32" for one in (step, norm)) and norm.operation.axis in axes
    return step if plain and readers[number] == 1 and number not in (*kept, graph.output) else None

"""Nested models as one flat list of calls that points at the layers of the file."""

import pytest

from generator.model.flat_graph import bending_step, flatten, squashing_step
from generator.model.keras_door import keras
from generator.model.keras_passes import plain
from tests.fixtures.model_kinds import KINDS
from tests.fixtures.tiny_models import KERAS_COPIES, images

pytestmark = KERAS_COPIES


def names(kind: str) -> list[str]:
    return [step.name for step in flatten(KINDS[kind]()).steps]


def test_nested_models_are_inlined_under_their_name():
    """`backbone/Conv_1`, in the order of the calls, without the models themselves."""
    found = names("transfer_learning")
    assert found[0].startswith("augmentation/random_flip")
    assert found.index("backbone/Conv1") < found.index("backbone/expand") < found.index("backbone/Conv_1")
    assert "backbone" not in found and "augmentation" not in found


def test_models_nested_twice_have_both_names():
    """A backbone inside a Sequential inside a Sequential."""
    assert "features/backbone/Conv_1" in names("teachable_machine")


def test_a_layer_that_is_called_again_is_counted():
    """Each call is a step of its own, with the same weights."""
    graph = flatten(KINDS["shared_layer"]())
    assert [step.name for step in graph.steps][:2] == ["twice", "twice:2"]
    assert graph.step("twice").operation is graph.step("twice:2").operation


def test_the_flat_graph_computes_what_the_model_computes():
    """Step by step, with the layers of the model itself."""
    model = KINDS["residual_with_strided_1x1"]()
    x = keras.ops.convert_to_tensor(images((20, 20, 1)))
    graph = flatten(model)
    difference = graph.run(x, plain)[graph.output] - model(x, training=False)
    assert float(keras.ops.max(keras.ops.abs(difference))) < 1e-6


def test_a_truncated_graph_holds_only_what_leads_there():
    """Up to the first convolution of a residual block, nothing of its other branch runs."""
    graph = flatten(KINDS["residual_with_strided_1x1"]())
    short = graph.truncated(graph.step("first").writes[0])
    assert [step.name for step in short.steps] == ["first"]


def test_the_step_that_squashes_is_found_wherever_it_is():
    """An argument, a layer, an activation before a reshape, an operation, or none."""
    kinds = {
        "rgb": "Dense",
        "softmax_layer": "Softmax",
        "softmax_activation_then_reshape": "Activation",
        "operations": "Softmax",
        "sigmoid_for_each_class": "Dense",
        "linear_scores": None,
        "rectified_scores": "Softmax",
    }
    for kind, expected in kinds.items():
        step = squashing_step(flatten(KINDS[kind]()))
        assert (None if step is None else step.kind) == expected, kind


def test_values_that_nothing_reads_any_more_can_be_let_go():
    """Only the output is left, and it is the same; a value that is read again later stays until then."""
    model = KINDS["residual_with_strided_1x1"]()
    x = keras.ops.convert_to_tensor(images((20, 20, 1)))
    graph = flatten(model)
    every, kept = graph.run(x, plain), graph.run(x, plain, forgetting=True)
    assert set(kept) == {graph.output} < set(every)
    assert (keras.ops.convert_to_numpy(kept[graph.output]) == keras.ops.convert_to_numpy(every[graph.output])).all()


def ended(activation, *behind):
    head = keras.layers.Dense(3, activation, name="head")
    return keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Flatten(), head, *behind])


def together(put, *activations):
    start = keras.Input((4, 4, 1))
    flat = keras.layers.Flatten()(start)
    return keras.Model(start, put([keras.layers.Dense(3, name)(flat) for name in activations]))


BENT = {
    "tanh": ("head", lambda: ended("tanh")),
    "relu, then shapes": ("head", lambda: ended("relu", keras.layers.Reshape((1, 3)), keras.layers.Flatten())),
    "relu of its own": ("bent", lambda: ended(None, keras.layers.ReLU(name="bent"))),
    "operation": ("tanh", lambda: keras.Model((x := keras.Input((3,))), keras.ops.tanh(x))),
    "length 1": ("unit", lambda: ended(None, keras.layers.UnitNormalization(name="unit"))),
    "stretched": ("head", lambda: ended("sigmoid", keras.layers.Rescaling(10.0))),
    "product": ("product", lambda: together(keras.layers.Multiply(name="product"), "softmax", "softmax")),
    "largest": ("largest", lambda: together(keras.layers.Maximum(name="largest"), "softmax", "softmax")),
}


@pytest.mark.parametrize("name", BENT)
def test_what_makes_outputs_that_are_no_scores_is_found(name):
    """The last step that bends them, or that puts bent ones together."""
    step, build = BENT[name]
    assert bending_step(flatten(build())).name == step


STRAIGHT = {
    "linear": lambda: ended(None),
    "logarithms": lambda: ended("log_softmax"),
    "temperature": lambda: ended("linear", keras.layers.Rescaling(0.5), keras.layers.Activation("linear")),
    "cosines": lambda: ended(None, keras.layers.UnitNormalization(), keras.layers.Dense(3)),
    "average": lambda: together(keras.layers.Average(), None, None),
    "gate": lambda: together(keras.layers.Multiply(), None, "sigmoid"),
    "shortcut": lambda: together(keras.layers.Add(), None, "tanh"),
}


@pytest.mark.parametrize("name", STRAIGHT)
def test_linear_scores_are_scores(name):
    """Whatever is added to them or weighs them; logarithms of probabilities too."""
    assert bending_step(flatten(STRAIGHT[name]())) is None

"""Calls between layers as Keras 1 and 2 wrote them, in the form of Keras 3; TensorFlow operations become Keras' own."""

from collections.abc import Mapping
from typing import Any

from generator.errors import ModelError

Config = dict[str, Any]
Json = Any  # whatever a JSON file holds

MODELS = ("Sequential", "Functional", "Model")
SLASH = ".."  # stands for "/", which Keras 3 forbids in a layer's name and Keras 2 used (`conv1/bn`)
CONSTANT = "_CONSTANT_VALUE"
OPERATIONS = {
    "math.add": ("numpy", "Add"),
    "__operators__.add": ("numpy", "Add"),
    "math.subtract": ("numpy", "Subtract"),
    "math.multiply": ("numpy", "Multiply"),
    "math.truediv": ("numpy", "TrueDivide"),
    "math.divide": ("numpy", "TrueDivide"),
    "math.negative": ("numpy", "Negative"),
    "math.sigmoid": ("nn", "Sigmoid"),
    "nn.bias_add": ("numpy", "Add"),
    "nn.relu": ("nn", "Relu"),
    "nn.relu6": ("nn", "Relu6"),
    "nn.silu": ("nn", "Silu"),
    "nn.softmax": ("nn", "Softmax"),
    "concat": ("numpy", "Concatenate"),
    "math.reduce_mean": ("numpy", "Mean"),
    "math.reduce_max": ("numpy", "Max"),
    "reshape": ("numpy", "Reshape"),
}
HOMES = {
    "numpy": (
        "Abs", "Add", "Clip", "Concatenate", "ExpandDims", "Flip", "GetItem", "Max", "Maximum", "Mean", "Min",
        "Minimum", "Multiply", "Negative", "Pad", "Power", "Reshape", "Sqrt", "Square", "Squeeze", "Subtract", "Sum",
        "Tanh", "Transpose", "TrueDivide",
    ),
    "nn": ("Elu", "Gelu", "LeakyRelu", "Relu", "Relu6", "Selu", "Sigmoid", "Silu", "Softmax"),
}  # fmt: skip
SECOND = ("y", "bias")  # keywords of the second operand
SETTINGS = {"axis": "axis", "keepdims": "keepdims", "shape": "newshape"}  # keywords that the operation is made with


class Calls:
    """The calls inside one functional model, whose nested models count their own calls from different numbers."""

    def __init__(self, inner: Mapping[str, Json]) -> None:
        self._kinds = {layer["name"]: layer["class_name"] for layer in inner["layers"]}
        self._least: dict[str, int] = {}
        for name, index in _references(inner):
            self._least[name] = min(index, self._least.get(name, index))

    def reference(self, name: str, index: int, tensor: int) -> list[Json]:
        """Calls of a nested model count from 0, like those of a layer."""
        nested = self._kinds[name] in MODELS
        return [renamed(name), index - self._least[name] if nested else index, tensor]

    def end(self, name: str, index: int, tensor: int) -> list[Json]:
        """An input or output of the model; there, Keras 3 counts the calls of a functional model from 1."""
        history = self.reference(name, index, tensor)
        return [history[0], history[1] + (self._kinds[name] in MODELS[1:]), tensor]

    def node(self, node: Json) -> Config:
        """One call: its tensors, or a list of them, and its keywords; a lone tensor may come without its list."""
        node = [node] if isinstance(node[0], str) else node
        tensors = [self._operand(given) for given in node]
        keywords = node[0][3] if len(node[0]) == 4 else {}
        kept = {key: self._value(value) for key, value in keywords.items() if value is not None}
        return {"args": [tensors[0] if len(tensors) == 1 else tensors], "kwargs": kept}

    def _operand(self, given: list[Json]) -> Json:
        return _array(given[2]) if given[0] == CONSTANT else self._tensor(given)

    def _tensor(self, given: list[Json]) -> Config:
        history = self.reference(*given[:3])
        return {
            "class_name": "__keras_tensor__",
            "config": {"shape": [None], "dtype": "float32", "keras_history": history},
        }

    def _value(self, value: Json) -> Json:
        if not isinstance(value, list) or not value:
            return value
        if len(value) >= 3 and value[0] in (*self._kinds, CONSTANT):
            return self._operand(value)
        return [self._value(one) for one in value]


def renamed(name: str) -> str:
    """A name that Keras 3 allows; `original` gives back the file's."""
    return name.replace("/", SLASH)


def original(name: str) -> str:
    return name.replace(SLASH, "/")


def _array(value: Json) -> Json:
    numbers = isinstance(value, list) and all(isinstance(one, (int, float)) for one in value)
    return {"class_name": "__numpy__", "config": {"value": value, "dtype": "float32"}} if numbers else value


def _references(inner: Mapping[str, Json]) -> list[tuple[str, int]]:
    """Every `[layer, call, tensor]` anywhere in the graph."""
    names = {layer["name"] for layer in inner["layers"]}
    todo: list[Json] = [layer.get("inbound_nodes", []) for layer in inner["layers"]]
    todo += [inner["input_layers"], inner["output_layers"]]
    found = []
    while todo:
        value = todo.pop()
        if isinstance(value, list) and len(value) >= 3 and isinstance(value[0], str) and value[0] in names:
            found.append((value[0], value[1]))
        if isinstance(value, (list, dict)):
            todo += value.values() if isinstance(value, dict) else value
    return found


def operation(layer: Mapping[str, Json], nodes: list[Config]) -> Config:
    """A TensorFlow function that was called on a layer's output, as an operation of Keras 3."""
    function, name = layer["config"]["function"], renamed(layer["config"]["name"])
    if function == "__operators__.getitem" and _reverses(nodes):
        return _operation("numpy", "Flip", {"name": name, "axis": -1}, name, [_bare(node) for node in nodes])
    if function not in OPERATIONS:
        raise ModelError(
            f"the model calls TensorFlow's `{function}` between its layers ('{name}'), which Keras 3 cannot read; "
            "open it with tf_keras and save it again without that call"
        )
    settings = {SETTINGS[key]: value for key, value in nodes[0]["kwargs"].items() if key in SETTINGS}
    operands = [
        _bare(node, *(_array(node["kwargs"][key]) for key in SECOND if key in node["kwargs"])) for node in nodes
    ]
    return _operation(*OPERATIONS[function], {"name": name, **settings}, name, operands)


def at_home(config: Mapping[str, Json]) -> Config:
    """The same model with the modules of its operations, which Keras 3 itself forgets when it writes HDF5."""
    inner = config["config"]
    if config["class_name"] in MODELS:
        module = "keras" if config["class_name"] == "Sequential" else "keras.src.models.functional"
        inner = {**inner, "layers": [at_home(layer) for layer in inner["layers"]]}
        return {"module": module, "registered_name": None, **config, "config": inner}
    home = next((home for home, kinds in HOMES.items() if config["class_name"] in kinds), None)
    if home is None or not homeless(config):
        return dict(config)
    return {"module": f"keras.src.ops.{home}", "registered_name": config["class_name"], **config}


def homeless(entry: Mapping[str, Json]) -> bool:
    """Whether it is a call of an operation of which only the name is known; every layer has a dtype too."""
    known = entry.get("class_name") in {kind for kinds in HOMES.values() for kind in kinds}
    return known and "inbound_nodes" in entry and "module" not in entry and "dtype" not in entry["config"]


def _operation(module: str, kind: str, config: Config, name: str, nodes: list[Config]) -> Config:
    entry = {"module": f"keras.src.ops.{module}", "class_name": kind, "config": config, "registered_name": kind}
    return {**entry, "name": name, "inbound_nodes": nodes}


def _bare(node: Config, *more: Json) -> Config:
    return {"args": [*node["args"], *more], "kwargs": {}}


def _reverses(nodes: list[Config]) -> bool:
    """Whether it is `x[..., ::-1]`, which turns RGB into BGR."""
    backwards = {"start": None, "stop": None, "step": -1}
    return all(node["kwargs"].get("slice_spec") == [{"class_name": "__ellipsis__"}, backwards] for node in nodes)

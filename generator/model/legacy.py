"""Architectures that Keras 1 and 2 wrote, in the words of Keras 3; what matters only in training is left out."""

from collections.abc import Callable, Container, Iterator, Mapping
from typing import Any

from generator.errors import ModelError

Config = dict[str, Any]
Json = Any  # whatever a JSON file holds

MODELS = ("Sequential", "Functional", "Model")
SLASH = ".."  # stands for "/", which Keras 3 forbids in a layer's name and Keras 2 used (`conv1/bn`)
CONSTANT = "_CONSTANT_VALUE"
OPERATIONS = {
    "math.add": "Add", "__operators__.add": "Add", "nn.bias_add": "Add", "math.subtract": "Subtract",
    "math.multiply": "Multiply", "math.truediv": "TrueDivide", "math.divide": "TrueDivide",
    "math.negative": "Negative", "math.sigmoid": "Sigmoid", "math.reduce_mean": "Mean", "math.reduce_max": "Max",
    "nn.relu": "Relu", "nn.relu6": "Relu6", "nn.silu": "Silu", "nn.softmax": "Softmax",
    "concat": "Concatenate", "reshape": "Reshape",
}  # fmt: skip
HOMES = {
    "numpy": (
        "Abs", "Add", "Clip", "Concatenate", "ExpandDims", "Flip", "GetItem", "Max", "Maximum", "Mean", "Min",
        "Minimum", "Multiply", "Negative", "Pad", "Power", "Reshape", "Sqrt", "Square", "Squeeze", "Subtract", "Sum",
        "Tanh", "Transpose", "TrueDivide",
    ),
    "nn": ("Elu", "Gelu", "LeakyRelu", "Relu", "Relu6", "Selu", "Sigmoid", "Silu", "Softmax"),
}  # fmt: skip
HOME = {kind: home for home, kinds in HOMES.items() for kind in kinds}
BACKWARDS = [{"class_name": "__ellipsis__"}, {"start": None, "stop": None, "step": -1}]  # `x[..., ::-1]`, RGB to BGR
SECOND = ("y", "bias")  # keywords of the second operand
SETTINGS = {"axis": "axis", "keepdims": "keepdims", "shape": "newshape"}  # keywords that the operation is made with
CALLS = ("TFOpLambda", "SlicingOpLambda")
CLASSES = {
    "Convolution2D": "Conv2D",
    "AtrousConvolution2D": "Conv2D",
    "SeparableConvolution2D": "SeparableConv2D",
    "Deconvolution2D": "Conv2DTranspose",
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    "SyncBatchNormalization": "BatchNormalization",
    "ThresholdedReLU": "ReLU",
}
ARGUMENTS = {
    "nb_filter": "filters",
    "subsample": "strides",
    "border_mode": "padding",
    "dim_ordering": "data_format",
    "atrous_rate": "dilation_rate",
    "bias": "use_bias",
    "output_dim": "units",
    "p": "rate",
    "sigma": "stddev",
    "theta": "threshold",
    "batch_input_shape": "batch_shape",
}
DATA_FORMATS = {"tf": "channels_last", "th": "channels_first"}
TRAINING = ("_initializer", "_regularizer", "_constraint")
FORGOTTEN = ("init", "input_dtype", "input_dim", "input_length", "experimental_autocast", "jit_compile")
FORGOTTEN_BY_CLASS = {
    "DepthwiseConv2D": ("groups", "filters"),
    "SeparableConv2D": ("groups",),
    "Conv2DTranspose": ("groups",),
    "MultiHeadAttention": ("query_shape", "key_shape", "value_shape", "softmax_robust_masking"),
    "LSTM": ("time_major", "implementation", "consume_less"),
    "GRU": ("time_major", "implementation", "consume_less"),
    "BatchNormalization": ("mode", "renorm", "renorm_clipping", "renorm_momentum", "fused", "virtual_batch_size"),
}
KEPT_BY_CLASS = {"InputLayer": ("batch_shape", "dtype", "name"), "Lambda": ("name", "function", "arguments", "dtype")}
INACTIVE = (
    "RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomContrast", "RandomBrightness",
    "RandomHeight", "RandomWidth",
)  # fmt: skip
OLD_HARD_SIGMOID = "hard_sigmoid_of_keras_2"  # 0.2 x + 0.5 cut to 0..1; the one of Keras 3 is x / 6 + 0.5


class Calls:
    """The calls inside one functional model, whose nested models count their own calls from different numbers."""

    def __init__(self, inner: Mapping[str, Json]) -> None:
        self._kinds = {layer["name"]: layer["class_name"] for layer in inner["layers"]}
        graph = [inner["input_layers"], inner["output_layers"], [one.get("inbound_nodes") for one in inner["layers"]]]
        self._least = dict(sorted(_references(graph, self._kinds), reverse=True))  # the last of a layer is its least

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
        if given[0] == CONSTANT:
            return _array(given[2])
        tensor = {"shape": [None], "dtype": "float32", "keras_history": self.reference(*given[:3])}
        return {"class_name": "__keras_tensor__", "config": tensor}

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


def _references(value: Json, names: Container[str]) -> Iterator[tuple[str, int]]:
    """Layer and call of every `[layer, call, tensor]` anywhere in a graph."""
    if isinstance(value, list) and len(value) >= 3 and isinstance(value[0], str) and value[0] in names:
        yield value[0], value[1]
    for entry in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _references(entry, names)


def operation(layer: Mapping[str, Json], nodes: list[Config]) -> Config:
    """A TensorFlow function that was called on a layer's output, as an operation of Keras 3."""
    function, name = layer["config"]["function"], renamed(layer["config"]["name"])
    if function == "__operators__.getitem" and all(n["kwargs"].get("slice_spec") == BACKWARDS for n in nodes):
        return _operation("Flip", {"name": name, "axis": -1}, [_bare(node) for node in nodes])
    if function not in OPERATIONS:
        raise ModelError(
            f"the model calls TensorFlow's `{function}` between its layers ('{name}'), which Keras 3 cannot read; "
            "open it with tf_keras and save it again without that call"
        )
    settings = {SETTINGS[key]: value for key, value in nodes[0]["kwargs"].items() if key in SETTINGS}
    bare = [_bare(node, *(_array(node["kwargs"][key]) for key in SECOND if key in node["kwargs"])) for node in nodes]
    return _operation(OPERATIONS[function], {"name": name, **settings}, bare)


def at_home(config: Mapping[str, Json]) -> Config:
    """The same model with the modules of its operations, which Keras 3 itself forgets when it writes HDF5."""
    inner = config["config"]
    if config["class_name"] in MODELS:
        module = "keras" if config["class_name"] == "Sequential" else "keras.src.models.functional"
        inner = {**inner, "layers": [at_home(layer) for layer in inner["layers"]]}
        return {"module": module, "registered_name": None, **config, "config": inner}
    if not homeless(config):
        return dict(config)
    kind = config["class_name"]
    return {"module": f"keras.src.ops.{HOME[kind]}", "registered_name": kind, **config}


def homeless(entry: Mapping[str, Json]) -> bool:
    """Whether it is a call of an operation of which only the name is known; every layer has a dtype too."""
    call = entry.get("class_name") in HOME and "inbound_nodes" in entry
    return call and "module" not in entry and "dtype" not in entry["config"]


def _operation(kind: str, config: Config, nodes: list[Config]) -> Config:
    called = {"name": config["name"], "inbound_nodes": nodes}
    return _object(f"keras.src.ops.{HOME[kind]}", kind, config, kind) | called


def _bare(node: Config, *more: Json) -> Config:
    return {"args": [*node["args"], *more], "kwargs": {}}


def modern(config: Mapping[str, Json]) -> Config:
    """A whole model's or layer's config as Keras 3 takes it, without the module names of its own time."""
    written: str = config["class_name"]
    kind, inner = CLASSES.get(written, written), config["config"]
    if kind == "Sequential":
        return _object("keras", kind, _sequential(inner))
    if kind in MODELS:
        return _object("keras.src.models.functional", "Functional", _functional(inner))
    if kind in INACTIVE:
        return _object("keras.layers", "Identity", {"name": inner["name"]})
    registered = config.get("registered_name") or kind
    if ">" in registered:  # a class of somebody's own
        return _object(None, kind, dict(inner), registered)
    return _object("keras.layers", kind, _arguments(kind, inner))


def _object(module: str | None, kind: str, inner: Json, registered: str | None = None) -> Config:
    return {"module": module, "class_name": kind, "config": inner, "registered_name": registered}


def _functional(inner: Mapping[str, Json]) -> Config:
    """A lone input or output comes without a list of its own."""
    calls, ends = Calls(inner), {}
    for key in ("input_layers", "output_layers"):
        given = [inner[key]] if isinstance(inner[key][0], str) else inner[key]
        found = [calls.end(*end) for end in given]
        ends[key] = found[0] if len(found) == 1 else found
    return {"name": inner["name"], "layers": [_called(layer, calls) for layer in inner["layers"]], **ends}


def _called(layer: Mapping[str, Json], calls: Calls) -> Config:
    """A layer of a functional model with the calls of it."""
    nodes = [calls.node(node) for node in layer["inbound_nodes"]]
    if layer["class_name"] in CALLS:
        return operation(layer, nodes)
    modernised = modern(layer)
    modernised["config"]["name"] = renamed(layer["name"])  # a nested bare list does not say it itself
    return {**modernised, "name": renamed(layer["name"]), "inbound_nodes": nodes}


def _sequential(inner: Json) -> Config:
    """A Sequential with an input layer; up to Keras 2.2.2 its config is a bare list."""
    given = {"layers": inner} if isinstance(inner, list) else dict(inner)
    first = given["layers"][0]["config"]
    layers = [modern(layer) for layer in given["layers"]]
    shape = first.get("batch_input_shape") if isinstance(first, dict) else None
    if shape and layers[0]["class_name"] != "InputLayer":
        entry = {"batch_shape": shape, "name": f"{layers[0]['config']['name']}_input"}
        layers.insert(0, _object("keras.layers", "InputLayer", entry))
    return {"name": given.get("name", f"sequential_{layers[-1]['config']['name']}"), "layers": layers}


def _arguments(kind: str, inner: Mapping[str, Json]) -> Config:
    """The settings of a layer under the names of Keras 3, without what only training needs."""
    forgotten = FORGOTTEN + FORGOTTEN_BY_CLASS.get(kind, ())
    forgotten += () if kind == "InputLayer" else ("batch_input_shape",)
    words = {**ARGUMENTS, "alpha": "negative_slope"} if kind == "LeakyReLU" else ARGUMENTS
    named = {
        words.get(key, key): _value(key, value)
        for key, value in inner.items()
        if key not in forgotten and not key.endswith(TRAINING) and key[:2] not in ("W_", "b_")
    }
    named = {key: named[key] for key in KEPT_BY_CLASS.get(kind, named) if key in named}
    return SPECIAL[kind](named) if kind in SPECIAL else named


def _value(key: str, value: Json) -> Json:
    if key in ("dim_ordering", "data_format"):
        return DATA_FORMATS.get(value, value)
    if key.endswith("activation") and value == "hard_sigmoid":
        return _object("builtins", "function", OLD_HARD_SIGMOID, "function")
    if key == "name" and isinstance(value, str):
        return renamed(value)
    if key == "dtype" and isinstance(value, dict):
        return value["config"]["name"]
    return modern(value) if isinstance(value, dict) and {"class_name", "config"} <= value.keys() else value


def _convolution(arguments: Config) -> Config:
    if "nb_row" in arguments:
        arguments["kernel_size"] = [arguments.pop("nb_row"), arguments.pop("nb_col")]
    return arguments


def _normalization(arguments: Config) -> Config:
    """Keras 2 wrote the one axis as a list."""
    axis = arguments.get("axis", -1)
    return {**arguments, "axis": axis[0] if isinstance(axis, list) and len(axis) == 1 else axis}


def _code(arguments: Config) -> Config:
    """The bytecode of a Lambda, which Keras 3 runs only outside its safe mode."""
    if isinstance(arguments["function"], list):
        code = dict(zip(("code", "defaults", "closure"), arguments["function"], strict=True))
        arguments["function"] = {"class_name": "__lambda__", "config": code}
    return arguments


SPECIAL: Mapping[str, Callable[[Config], Config]] = {
    **dict.fromkeys(("Conv2D", "SeparableConv2D", "Conv2DTranspose"), _convolution),
    "BatchNormalization": _normalization,
    "Lambda": _code,
}

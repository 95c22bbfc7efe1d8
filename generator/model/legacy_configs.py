"""Architectures that Keras 1 and 2 wrote, in the words of Keras 3; what matters only in training is left out."""

from collections.abc import Callable, Mapping

from generator.model.legacy_nodes import MODELS, Calls, Config, Json, operation, renamed

OPERATIONS = ("TFOpLambda", "SlicingOpLambda")
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
INACTIVE = (
    "RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomContrast", "RandomBrightness",
    "RandomHeight", "RandomWidth",
)  # fmt: skip
OLD_HARD_SIGMOID = "hard_sigmoid_of_keras_2"  # 0.2 x + 0.5 cut to 0..1; the one of Keras 3 is x / 6 + 0.5


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
        return {"module": None, "class_name": kind, "config": dict(inner), "registered_name": registered}
    return _object("keras.layers", kind, _arguments(kind, inner))


def _object(module: str, kind: str, inner: Config) -> Config:
    return {"module": module, "class_name": kind, "config": inner, "registered_name": None}


def _functional(inner: Mapping[str, Json]) -> Config:
    calls = Calls(inner)
    ends = {key: _ends(inner[key], calls) for key in ("input_layers", "output_layers")}
    return {"name": inner["name"], "layers": [_called(layer, calls) for layer in inner["layers"]], **ends}


def _ends(ends: list[Json], calls: Calls) -> list[Json]:
    """A lone input or output comes without a list of its own."""
    found = [calls.end(*end) for end in ([ends] if isinstance(ends[0], str) else ends)]
    return found[0] if len(found) == 1 else found


def _called(layer: Mapping[str, Json], calls: Calls) -> Config:
    """A layer of a functional model with the calls of it."""
    nodes = [calls.node(node) for node in layer["inbound_nodes"]]
    if layer["class_name"] in OPERATIONS:
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
    forgotten = FORGOTTEN + FORGOTTEN_BY_CLASS.get(kind, ())
    kept = {key: value for key, value in inner.items() if key not in forgotten and not _only_trains(key)}
    if kind != "InputLayer":
        kept.pop("batch_input_shape", None)
    named = {ARGUMENTS.get(key, key): _value(key, value) for key, value in kept.items()}
    return SPECIAL.get(kind, _as_it_is)(named)


def _only_trains(key: str) -> bool:
    return key.endswith(TRAINING) or key[:2] in ("W_", "b_")


def _value(key: str, value: Json) -> Json:
    if key in ("dim_ordering", "data_format"):
        return DATA_FORMATS.get(value, value)
    if key.endswith("activation") and value == "hard_sigmoid":
        return {
            "module": "builtins",
            "class_name": "function",
            "config": OLD_HARD_SIGMOID,
            "registered_name": "function",
        }
    if key == "name" and isinstance(value, str):
        return renamed(value)
    if key == "dtype" and isinstance(value, dict):
        return value["config"]["name"]
    return modern(value) if isinstance(value, dict) and {"class_name", "config"} <= value.keys() else value


def _as_it_is(arguments: Config) -> Config:
    return arguments


def _convolution(arguments: Config) -> Config:
    if "nb_row" in arguments:
        arguments["kernel_size"] = [arguments.pop("nb_row"), arguments.pop("nb_col")]
    return arguments


def _normalization(arguments: Config) -> Config:
    axis = arguments.get("axis", -1)
    return {**arguments, "axis": axis[0] if isinstance(axis, list) and len(axis) == 1 else axis}


def _leaky(arguments: Config) -> Config:
    if "alpha" in arguments:
        arguments["negative_slope"] = arguments.pop("alpha")
    return arguments


def _code(arguments: Config) -> Config:
    """The bytecode of a Lambda, which Keras 3 runs only outside its safe mode."""
    kept: Config = {key: arguments[key] for key in ("name", "function", "arguments", "dtype") if key in arguments}
    if isinstance(kept["function"], list):
        code = dict(zip(("code", "defaults", "closure"), kept["function"], strict=True))
        kept["function"] = {"class_name": "__lambda__", "config": code}
    return kept


def _input(arguments: Config) -> Config:
    return {key: arguments[key] for key in ("batch_shape", "dtype", "name") if key in arguments}


SPECIAL: Mapping[str, Callable[[Config], Config]] = {
    "Conv2D": _convolution,
    "SeparableConv2D": _convolution,
    "Conv2DTranspose": _convolution,
    "BatchNormalization": _normalization,
    "LeakyReLU": _leaky,
    "InputLayer": _input,
    "Lambda": _code,
}

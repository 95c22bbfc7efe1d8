"""What a model file names and Keras does not have: what only training needs is left out, the rest has to be registered.

A plugin of the report may register it, as `keras.saving.register_keras_serializable` does: by name alone, whatever
package either side says, since Keras itself writes a function without its package.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager

from generator.errors import ModelError
from generator.model.keras_door import keras
from generator.model.keras_files import entries
from generator.model.legacy import MODELS, OLD_HARD_SIGMOID, TRAINING, Json

REGISTER = (
    "the model needs {names}, code of its own that no model file holds; put it into a Python file under "
    "`@keras.saving.register_keras_serializable()`, name that file under `plugins:`, and say --trust-plugins"
)
LAMBDA = (
    "the layer `{layer}` has code of its own, a Python lambda as its {setting}, which Keras cannot read back; give it "
    "a name as a function under `@keras.saving.register_keras_serializable()` in a Python file, save the model with "
    "that, name the file under `plugins:`, and say --trust-plugins"
)
QUANTISED = "which only training needs; save the model as it was before `quantize_model`"
CURES = {
    "PruneLowMagnitude": "which only training needs; save `tfmot.sparsity.keras.strip_pruning(model)` instead",
    "ClusterWeights": "which only training needs; save `tfmot.clustering.keras.strip_clustering(model)` instead",
    "QuantizeWrapper": QUANTISED,
    "QuantizeWrapperV2": QUANTISED,
    "QuantizeLayer": QUANTISED,
    "KerasLayer": "a network of TensorFlow Hub, of which the file has the address alone; build the model on the same "
    "network of keras.applications, and save that",
    "TFSMLayer": "a SavedModel in one piece, without layers to look into; save the model it was exported from with "
    "`model.save('model.keras')`",
}
"""By class what it is and what to do, where registering would not help."""


def registered() -> AbstractContextManager[None]:
    """Inside, whatever is registered as `package>name` goes by its name too."""
    known = keras.saving.get_custom_objects()
    bare = {name.partition(">")[2]: thing for name, thing in known.items() if ">" in name}
    scope: AbstractContextManager[None] = keras.saving.custom_object_scope({**bare, **known})
    return scope


def settled(value: Json) -> Json:
    """The config without what only training needs and Keras does not have, and registered functions as objects.

    Of a compiled model that is its loss and all that goes with it, of a layer initialisers, regularisers and
    constraints, for which the defaults stand in. A lone name of an activation Keras looks up among its own alone.
    """
    if isinstance(value, list):
        return [settled(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    kept = {key: settled(entry) for key, entry in value.items() if not _forgotten(key, entry)}
    if hasattr(keras.layers, str(kept.get("class_name"))) and isinstance(kept.get("config"), dict):
        kept["config"] = {key: _activation(key, entry) for key, entry in kept["config"].items()}
    return kept


def _forgotten(key: str, entry: Json) -> bool:
    return key == "compile_config" or (key.endswith(TRAINING) and any(unknown(entry)))


def _activation(key: str, entry: Json) -> Json:
    if not (key.endswith("activation") and isinstance(entry, str)) or hasattr(keras.activations, entry):
        return entry
    return {"module": "builtins", "class_name": "function", "config": entry, "registered_name": "function"}


def refuse_unknown(config: Json) -> None:
    """Raises ModelError with every class and function that nobody registered, and how to."""
    kinds = (str(entry.get("class_name")).rpartition(">")[2] for entry in entries(config))
    hopeless = next((kind for kind in kinds if kind in CURES), None)
    if hopeless:
        raise ModelError(f"the model holds `{hopeless}`, {CURES[hopeless]}")
    for inner in (inner for entry in entries(config) if isinstance(inner := entry.get("config"), dict)):
        for key, value in inner.items():
            if key.endswith("activation") and isinstance(value, dict) and isinstance(value.get("value"), list):
                raise ModelError(LAMBDA.format(layer=inner.get("name", ""), setting=key))
    names = tuple(dict.fromkeys(unknown(config)))
    if names:
        raise ModelError(REGISTER.format(names=", ".join(f"`{name}`" for name in names)))


def unknown(config: Json) -> Iterator[str]:
    """The names of classes and functions that neither Keras nor anybody else has registered."""
    if isinstance(config, str) and not _function(config):  # a lone initialiser
        yield config
    for entry in entries(config):
        kind, inner = entry.get("class_name"), entry.get("config")
        if kind == "function" and isinstance(inner, str) and not _function(inner):
            yield inner.rpartition(">")[2]
        elif isinstance(kind, str) and isinstance(inner, dict) and not _class(kind, entry):
            yield kind.rpartition(">")[2]


def _function(name: str) -> bool:
    """Whether Keras has a function of that name, or a plugin registered it."""
    homes = (keras.activations, keras.initializers, keras.regularizers, keras.constraints)
    ours = keras.saving.get_registered_object(name.rpartition(">")[2]) or keras.saving.get_registered_object(name)
    return name == OLD_HARD_SIGMOID or ours is not None or any(hasattr(home, name) for home in homes)


def _class(kind: str, entry: Mapping[str, Json]) -> bool:
    """Without a module's name, as in HDF5, what has a name of its own is a layer or a model; `null` is no module."""
    named, module = entry.get("registered_name") or kind, entry.get("module", "")
    if any(keras.saving.get_registered_object(name) is not None for name in (named, named.rpartition(">")[2])):
        return True
    if module == "keras.layers" or (not module and "name" in entry["config"] and ">" not in named):
        return kind in MODELS or hasattr(keras.layers, kind)
    return ">" not in named and str(module or entry.get("registered_name") or "keras").startswith(("keras", "builtins"))

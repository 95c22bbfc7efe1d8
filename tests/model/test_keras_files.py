"""What is not a model that can be explained is refused in one message with a cure, and nothing in it is run."""

import json
import pickle
from zipfile import ZipFile

import h5py
import pytest

from generator.classifier import Asked
from generator.data.preprocess import Preprocessor
from generator.model import keras_files as model_formats
from generator.model.keras_door import keras
from generator.model.keras_files import described, readable
from generator.model.keras_model import open_model
from tests.fixtures.model_kinds import convolutional
from tests.fixtures.tiny_models import KERAS_COPIES, refusal, saved

pytestmark = KERAS_COPIES
layers = keras.layers

FOREIGN = {
    "page.h5": (b"\n<!DOCTYPE html>\n<html>", model_formats.WEB_PAGE),
    "old.pth": (b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M", model_formats.PYTORCH),
    "model.pkl": (b"\x80\x04\x95\x10\x00", model_formats.PICKLE),
    "model.onnx": (b"\x08\x07\x12\x07pytorch\x1a\x052.1.0", model_formats.ONNX),
    "renamed.h5": (b"\x08\x08\x12\x0btf2onnx 1.1", model_formats.ONNX),
    "saved_model.pb": (b"\x08\x01\x12\xd0\xb0\x08\x12", model_formats.SAVED_MODEL),
    "model.tflite": (b"\x1c\x00\x00\x00TFL3\x14\x00", model_formats.TFLITE),
    "model.safetensors": (b"\x40\x00\x00\x00\x00\x00\x00\x00" + b'{"weight":{}}', model_formats.SAFETENSORS),
    "model.json": (b'{"class_name": "Sequential"}', model_formats.ARCHITECTURE),
    "tfjs.json": (b'{"format": "layers-model", "modelTopology": {}}', model_formats.TFJS),
    "model.ckpt.index": (b"\x00\x00\x02\x1e", model_formats.CHECKPOINT),
    "empty.keras": (b"", model_formats.EMPTY),
    "photo.keras": (b"\x89PNG\r\n\x1a\n", model_formats.UNKNOWN),
    "cut.keras": (b"PK\x03\x04\x14\x00\x00\x00", "cut off after 8 bytes; download it again"),
    "cut.h5": (b"\x89HDF\r\n\x1a\n\x00\x00", "cut off after 10 bytes; download it again"),
}
ARCHIVES = {
    "model.pt": ("archive/data.pkl", model_formats.PYTORCH),
    "script.pt": ("script/constants.pkl", model_formats.PYTORCH),
    "converted_keras.zip": ("keras_model.h5", model_formats.PACKED.format(name="keras_model.h5")),
    "saved.zip": ("model/saved_model.pb", model_formats.SAVED_MODEL),
    "download.zip": ("net/My Model.KERAS", model_formats.PACKED.format(name="net/My Model.KERAS")),
    "photos.zip": ("1.jpg", model_formats.OTHER_ZIP),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_files_of_another_format_are_told_by_content(name, tmp_path):
    """Each with what it is and what to do, whatever it is called."""
    content, message = FOREIGN[name]
    (tmp_path / name).write_bytes(content)
    assert refusal(tmp_path / name) == message


@pytest.mark.parametrize("name", ARCHIVES)
def test_archives_without_a_keras_model_are_told_by_their_members(name, tmp_path):
    """PyTorch, Teachable Machine's download, SavedModel, and anything else."""
    member, message = ARCHIVES[name]
    with ZipFile(tmp_path / name, "w") as archive:
        archive.writestr(member, b"")
    assert refusal(tmp_path / name) == message


def test_folders_and_missing_files(tmp_path):
    """A SavedModel is a folder; another folder is none; a missing file is missing."""
    assert refusal(tmp_path) == model_formats.FOLDER
    (tmp_path / "saved_model.pb").touch()
    assert refusal(tmp_path) == model_formats.EXPORTED
    (tmp_path / "keras_metadata.pb").touch()
    assert refusal(tmp_path) == model_formats.SAVED_MODEL
    assert refusal(tmp_path / "nothing.keras") == "no such file"


def test_a_truncated_download_is_said_to_be_one(tmp_path):
    """Half of a real file, in both formats."""
    for suffix in (".keras", ".h5"):
        path = saved(convolutional(), tmp_path / f"model{suffix}")
        half = path.read_bytes()[: path.stat().st_size // 2]
        path.write_bytes(half)
        assert refusal(path) == f"cut off after {len(half):,} bytes; download it again"


def test_weights_without_an_architecture_are_refused(tmp_path):
    """Both forms that save_weights writes."""
    for name in ("model.weights.h5", "old.h5"):
        convolutional().save_weights(tmp_path / "model.weights.h5")
        with h5py.File(tmp_path / "old.h5", "w") as file:
            file.attrs["layer_names"] = ["conv2d"]
        assert refusal(tmp_path / name) == model_formats.WEIGHTS


@pytest.mark.filterwarnings("ignore:The object being serialized includes a `lambda`:UserWarning")
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_lambda_layer_is_refused_before_anything_is_opened(suffix, tmp_path):
    """Its code is not run, and the message names the layer and the switch."""
    x = entry = keras.Input((8, 8, 1))
    x = layers.Lambda(lambda x: x * 2, name="doubled")(x)
    path = tmp_path / f"model{suffix}"
    keras.Model(entry, layers.Dense(3, "softmax")(layers.Flatten()(x))).save(path)
    assert refusal(path) == (
        "the model carries Python code (a Lambda layer `doubled`), which is not run from a file; "
        "rebuild it from Keras' own layers, or say --trust-model if you trust who made the file"
    )
    assert open_model(path, Preprocessor(), Asked(trust=True)).n_classes == 3


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_lambda_layer_of_a_named_function_is_asked_for_at_once(suffix, tmp_path):
    """Trust alone would not bring the function, which is not in the file."""
    x = layers.Lambda(keras.applications.mobilenet_v2.preprocess_input, name="scaled")(entry := keras.Input((8, 8, 3)))
    path = tmp_path / f"model{suffix}"
    keras.Model(entry, layers.Dense(3, "softmax")(layers.Flatten()(x))).save(path)
    said = refusal(path)
    assert "a Lambda layer `scaled`" in said and "--trust-model" in said
    assert said.endswith(
        "; `preprocess_input` is not in the file: put it into a Python file under "
        "`@keras.saving.register_keras_serializable()` too, name that file under `plugins:`, and say --trust-plugins"
    )


def test_a_pickle_is_opened_only_with_trust(tmp_path):
    """Opening one runs whatever is in it; with trust, a pickled model is a model, and another object is none."""
    path, other = tmp_path / "model.pkl", tmp_path / "other.pkl"
    path.write_bytes(pickle.dumps(convolutional()))
    other.write_bytes(pickle.dumps({"accuracy": 1.0}))
    assert refusal(path) == model_formats.PICKLE
    assert open_model(path, Preprocessor(), Asked(trust=True)).n_classes == 3
    assert refusal(other, trust=True) == "the pickled object is a dict, not a Keras model"


def test_code_hidden_in_an_activation_is_found_too(tmp_path):
    """A pickled function anywhere in the architecture is code."""
    path = saved(convolutional(), tmp_path / "model.keras")
    hidden = tmp_path / "hidden.keras"
    with ZipFile(path) as archive, ZipFile(hidden, "w") as written:
        config = archive.read("config.json").replace(
            b'"activation": "relu"', b'"activation": {"class_name": "__lambda__"}'
        )
        written.writestr("config.json", config)
        for name in ("metadata.json", "model.weights.h5"):
            written.writestr(name, archive.read(name))
    assert refusal(hidden).startswith("the model carries Python code (a lambda), which is not run from a file")


def test_a_file_says_who_wrote_it(tmp_path):
    """The version of Keras is read from either container, without Keras."""
    for suffix in (".keras", ".h5"):
        found = described(saved(convolutional(), tmp_path / f"model{suffix}"))
        assert found.keras_version == keras.__version__ and not found.legacy


def test_the_file_is_read_where_it_is(tmp_path):
    """Nothing is copied where Keras 3 can open the file itself."""
    path = saved(convolutional(), tmp_path / "model.keras")
    with readable(path, trust=False) as file:
        assert file.path == path and json.dumps(file.config)

"""The table of what is no Keras model says what the program says."""

from generator.model import keras_files, own_code
from tests import ROOT

PAGE = (ROOT / "docs" / "your-own-model.md").read_text(encoding="utf-8")
FOREIGN = (
    "SAVED_MODEL", "EXPORTED", "PYTORCH", "ONNX", "TFLITE", "TFJS", "CHECKPOINT", "SAFETENSORS", "WEIGHTS",
    "ARCHITECTURE", "PICKLE", "WEB_PAGE", "EMPTY", "FOLDER",
)  # fmt: skip


def row(message: str) -> str:
    """What it is, and what to do."""
    what, _, cure = message.partition("; ")
    return f"| {what} | {cure} |"


def test_every_kind_of_file_that_is_no_model_has_its_row():
    """Word for word, in the order of the page."""
    places = [PAGE.find(row(getattr(keras_files, name))) for name in FOREIGN]
    lacking = [row(getattr(keras_files, name)) for name, place in zip(FOREIGN, places, strict=True) if place < 0]
    assert not lacking
    assert places == sorted(places)


def test_every_class_that_cannot_be_registered_has_its_row():
    """With the call that unwraps it, or where to go."""
    for name, cure in own_code.CURES.items():
        what, _, do = cure.partition("; ")
        assert any(f"`{name}`" in line and line.endswith(f": {what} | {do} |") for line in PAGE.splitlines()), name


def test_every_suffix_of_a_model_is_named():
    """And that the content decides."""
    assert all(f"`{suffix}`" in PAGE for suffix in keras_files.MODELS_OF_KERAS)
    assert "told by content, whatever the suffix says" in PAGE

"""A small network and fourteen pictures of seven classes, as the homework has them, and reports built of them."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from generator.cli import main
from tests.stock import keras_library, saved

SIDE, STORED = 24, 28  # pixels of the model's input and of the pictures
CLASSES = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
MISLABELLED = 12  # a picture of class 6 that the file calls 0
HEAD = {
    "title": "Homework",
    "languages": ["en"],
    "model": {"path": "model.keras"},
    "data": {"source": "npz", "path": "faces.npz"},
    "classes": list(CLASSES),
    "evidence": False,
}


@dataclass(frozen=True)
class Site:
    """What a build has left: the manifest's figures by id, the arrays, and where the pictures lie."""

    folder: Path
    figures: dict

    def arrays(self, figure: str) -> dict[str, np.ndarray]:
        with np.load(self.folder / "arrays" / f"{figure}.npz") as stored:
            return dict(stored)

    def numbers(self, figure: str) -> dict:
        return self.figures[figure]["numbers"]

    def images(self, figure: str) -> list[dict]:
        return self.figures[figure]["images"]

    def indices(self, figure: str) -> list[int]:
        return [image["index"] for image in self.images(figure)]

    def picture(self, name: str) -> np.ndarray:
        """A PNG of the site in pixels."""
        from PIL import Image

        with Image.open(self.folder / "site" / "figures" / name) as picture:
            return np.asarray(picture.convert("RGB"))


def pictures() -> tuple[np.ndarray, np.ndarray]:
    """`(14, 28, 28)` uint8, of each class two: stripes of its own direction and width; and the labels of the file."""
    y, x = np.mgrid[0:STORED, 0:STORED]
    random, made = np.random.default_rng(4), []
    for k in range(2 * len(CLASSES)):
        label = k // 2
        wave = np.sin((x * np.cos(label * 0.45) + y * np.sin(label * 0.45)) * (0.5 + 0.12 * label) + k)
        made.append(128 + 80 * wave + random.normal(0, 6, (STORED, STORED)))
    labels = np.repeat(np.arange(len(CLASSES)), 2)
    labels[MISLABELLED] = 0
    return np.clip(made, 0, 255).astype(np.uint8), labels


def network(weights: int = 1):
    """What the homework's networks are made of: two convolutions, a 1×1 one, pooling, and the softmax on its own."""
    keras = keras_library()
    keras.utils.set_random_seed(weights)
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 1)),
            layers.Conv2D(8, 5, name="conv1"),
            layers.BatchNormalization(name="norm1"),
            layers.LeakyReLU(name="act1"),
            layers.MaxPooling2D(name="pool1"),
            layers.Dropout(0.3, name="dropout1"),
            layers.Conv2D(16, 3, name="conv2"),
            layers.PReLU(name="act2", shared_axes=(1, 2)),
            layers.Conv2D(len(CLASSES), 1, name="classes"),
            layers.GlobalAveragePooling2D(name="average"),
            layers.Activation("softmax", name="probabilities"),
        ]
    )


def fitted(inputs: np.ndarray, labels: np.ndarray):
    """The network with its last weights chosen by least squares, so that it is right on its pictures."""
    model, keras = network(), keras_library()
    features = keras.Model(model.inputs, model.get_layer("act2").output).predict(inputs, verbose=0).mean(axis=(1, 2))
    wide = np.column_stack([features, np.ones(len(features))])
    wanted = 8 * np.eye(len(CLASSES))[labels]
    best = np.linalg.solve(wide.T @ wide + 1e-4 * np.eye(wide.shape[1]), wide.T @ wanted)
    model.get_layer("classes").set_weights([best[:-1][None, None], best[-1]])
    return model


def write_material(folder: Path) -> None:
    """The model, the same untrained, both under odd names too, and the pictures."""
    from generator.data.resize import resize

    stored, labels = pictures()
    images = resize(list(stored), (SIDE, SIDE, 1), None)
    saved(fitted(images, np.repeat(np.arange(len(CLASSES)), 2)), folder / "model.keras")
    saved(network(2), folder / "untrained.keras")
    saved(network(2), folder / "old.h5")
    shutil.copy(folder / "model.keras", folder / "model1")
    (folder / "old.h5").rename(folder / "model.h5?dl=1")
    np.savez(folder / "faces.npz", x=stored, y=labels)


def site_of(folder: Path, name: str, figures: dict[str, str], **keys: object) -> Site:
    """A report of these figures, each a line of YAML under its id, built with its pages into a folder of its own."""
    listed = [{"id": figure, **yaml.safe_load(text)} for figure, text in figures.items()]
    spec = {**HEAD, **keys, "questions": [{"id": "q", "figures": listed}]}
    if "models" in spec:
        del spec["model"]
    path, where = folder / f"{name}.yaml", folder / name
    path.write_text(yaml.safe_dump(spec, allow_unicode=True, sort_keys=False), encoding="utf-8")
    words = [str(path), "--formats", "html,md", "-q", "--no-cache", "--trust-plugins", "--output", str(where / "site")]
    assert main([*words, "--arrays", str(where / "arrays")]) == 0, name
    record = json.loads((where / "site" / "manifest.json").read_text(encoding="utf-8"))
    return Site(where, {figure["id"]: figure for figure in record["figures"]})

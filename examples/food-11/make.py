"""Draws pictures in the form of food-11 and trains a small network on them: `python examples/food-11/make.py`.

Every class is a plate with a texture of its own; it takes about half a minute and no download.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
from keras import layers
from PIL import Image

HERE = Path(__file__).parent
SIDE, CLASSES = 128, 11
COLOURS = ("c08040", "f0e8d0", "d07090", "f0c020", "b06010", "803020", "e8d080", "f4f4f0", "e09080", "c05020", "40a040")


def plate(label: int, random: np.random.Generator) -> np.ndarray:
    """`(128, 128, 3)` uint8: a round plate with stripes, as wide and as steep as its class has them."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE - 0.5 + random.uniform(-0.06, 0.06, (2, 1, 1))
    food = np.array([int(COLOURS[label][k : k + 2], 16) for k in (0, 2, 4)], float)
    angle = np.pi * label / CLASSES + random.normal(0, 0.05)
    wave = np.sin((20 + 8 * (label % 4)) * (x * np.cos(angle) + y * np.sin(angle)) + random.uniform(0, 6))
    inside = np.hypot(x, y)[..., None] < 0.33
    picture = np.where(inside, food * (0.8 + 0.2 * wave[..., None]), random.uniform(60, 200, 3))
    return np.clip(picture + random.normal(0, 8, picture.shape), 0, 255).astype(np.uint8)


def draw(folder: Path, each: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Writes `<class>_<number>.jpg`, so many of each class; gives them as inputs in 0..1, with their classes."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(CLASSES), each)
    pictures = np.stack([plate(label, random) for label in labels])
    for number, (label, picture) in enumerate(zip(labels, pictures, strict=True)):
        Image.fromarray(picture).save(folder / f"{label}_{number % each}.jpg", quality=90)
    return pictures.astype(np.float32) / 255, labels


def network() -> keras.Model:
    """Three convolutions with wide strides, so that 128×128 pixels cost little."""
    return keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 3)),
            layers.Conv2D(8, 5, strides=2, padding="same", activation="relu", name="conv1"),
            layers.Conv2D(16, 5, strides=2, padding="same", activation="relu", name="conv2"),
            layers.Conv2D(32, 3, strides=2, padding="same", activation="relu", name="conv3"),
            layers.GlobalAveragePooling2D(name="average"),
            layers.Dense(CLASSES, activation="softmax", name="probabilities"),
        ]
    )


def main(words: list[str] | None = None) -> int:
    """Draws, trains, saves."""
    parser = argparse.ArgumentParser(description="Make the pictures and the model of the food-11 example.")
    parser.add_argument("--output", type=Path, default=HERE, help="the folder for the files")
    parser.add_argument("--each", type=int, default=24, help="training pictures of each class")
    parser.add_argument("--epochs", type=int, default=16)
    args = parser.parse_args(words)
    keras.utils.set_random_seed(0)
    pictures, labels = draw(args.output / "training", args.each, 0)
    draw(args.output / "validation", 4, 1)
    model = network()
    model.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(pictures, labels, 32, args.epochs, verbose=0)
    bare = network()
    bare.set_weights(model.get_weights())
    bare.save(args.output / "food_cnn.keras")
    return 0


if __name__ == "__main__":
    sys.exit(main())

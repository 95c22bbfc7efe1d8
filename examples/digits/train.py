"""Trains a tiny CNN on scikit-learn's bundled digits, in under a minute: `python examples/digits/train.py`.

It writes everything that the example's `report.yaml` reads: the model, its test images and its evaluation.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

HERE = Path(__file__).parent
NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
BRIGHTEST = 16  # the data set counts its grey levels from 0 to 16


def build() -> keras.Model:
    """Grey digits `(N, 8, 8, 1)` in 0..1 to ten probabilities, by four convolutions and an average."""
    return keras.Sequential(
        [
            keras.Input((8, 8, 1), name="image"),
            layers.Conv2D(16, 3, padding="same", activation="relu", name="conv1"),
            layers.Conv2D(32, 3, padding="same", activation="relu", name="conv2"),
            layers.Conv2D(32, 3, padding="same", activation="relu", name="conv3"),
            layers.Conv2D(32, 3, padding="same", activation="relu", name="conv4"),
            layers.GlobalAveragePooling2D(name="average"),
            layers.Dropout(0.2, name="dropout"),
            layers.Dense(10, activation="softmax", name="probabilities"),
        ],
        name="digits_cnn",
    )


def split(seed: int) -> list[np.ndarray]:
    """Training images, test images `(N, 8, 8)` uint8, and their labels; a third is for testing."""
    digits = load_digits()
    images = np.rint(digits.images * (255 / BRIGHTEST)).astype(np.uint8)
    return train_test_split(images, digits.target, test_size=1 / 3, random_state=seed, stratify=digits.target)


def write_evaluation(path: Path, probabilities: np.ndarray, labels: np.ndarray) -> None:
    """Label, prediction and probabilities, one row for each test image."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["y_true", "y_pred", *(f"p_{name}" for name in NAMES)])
        for label, row in zip(labels, probabilities, strict=True):
            writer.writerow([int(label), int(row.argmax()), *(f"{value:.6f}" for value in row)])


def train(images: np.ndarray, labels: np.ndarray, epochs: int, log: Path) -> keras.Model:
    """A network that has seen the images `epochs` times; smoothed labels keep its probabilities modest."""
    model = build()
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=0.01)
    model.compile(keras.optimizers.Adam(3e-3), loss, metrics=["accuracy"])
    targets = keras.utils.to_categorical(labels, len(NAMES))
    model.fit(inputs(images), targets, 32, epochs, verbose=2, callbacks=[keras.callbacks.CSVLogger(str(log))])
    return model


def inputs(images: np.ndarray) -> np.ndarray:
    """What the network wants of uint8 images: `(N, 8, 8, 1)` in 0..1."""
    return images[..., None].astype(np.float32) / 255


def save(model: keras.Model, path: Path) -> None:
    """Without the optimizer's memory, which is two thirds of a file that nobody trains on."""
    bare = build()
    bare.set_weights(model.get_weights())
    bare.save(path)


def main(words: list[str] | None = None) -> int:
    """Trains, tests and writes."""
    parser = argparse.ArgumentParser(description="Train the digits example.")
    parser.add_argument("--output", type=Path, default=HERE, help="the folder for the files")
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(words)
    keras.utils.set_random_seed(args.seed)
    images, test_images, labels, test_labels = split(args.seed)
    model = train(images, labels, args.epochs, args.output / "digits_cnn.history.csv")
    save(model, args.output / "digits_cnn.keras")
    probabilities = model.predict(inputs(test_images), verbose=0)
    write_evaluation(args.output / "digits_cnn.evaluation.csv", probabilities, test_labels)
    np.savez_compressed(args.output / "digits.npz", x=test_images, y=test_labels.astype(np.uint8))
    print(f"{(probabilities.argmax(axis=1) == test_labels).mean():.1%} of {len(test_labels)} test images are right")
    return 0


if __name__ == "__main__":
    sys.exit(main())

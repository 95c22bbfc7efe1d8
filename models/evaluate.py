"""Measures a FER model on labelled images: `python models/evaluate.py models/fer_cnn.keras --data fer2013.csv`."""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import fer2013
import keras
import numpy as np

BINS = 15


def predict(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """Probabilities `(N, classes)` for uint8 images `(N, 48, 48)`: one pass, no test-time augmentation."""
    return model.predict(images[..., None].astype(np.float32) / 255, batch_size=256, verbose=0)


def cross_entropy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """The mean negative logarithm of the label's probability."""
    return float(-np.log(probabilities[np.arange(len(labels)), labels] + 1e-12).mean())


def calibration_error(probabilities: np.ndarray, labels: np.ndarray, bins: int = BINS) -> float:
    """Expected calibration error of the predicted class, over bins that hold equally many images."""
    confidence, hits = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    groups = np.array_split(np.argsort(confidence, kind="stable"), bins)
    return float(
        sum(abs(confidence[rows].mean() - hits[rows].mean()) * len(rows) for rows in groups if len(rows)) / len(labels)
    )


def tempered(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """The probabilities of logits divided by `temperature`."""
    powered = probabilities.astype(float) ** (1 / temperature)
    return powered / powered.sum(axis=1, keepdims=True)


def best_temperature(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """The temperature with the least cross-entropy (Guo et al. 2017), on a grid from 0.5 to 2."""
    grid = np.linspace(0.5, 2, 151)
    return float(min(grid, key=lambda temperature: cross_entropy(tempered(probabilities, temperature), labels)))


def by_class(predictions: np.ndarray, labels: np.ndarray) -> dict[str, dict[str, float]]:
    """Recall, precision and number of images of each class."""
    table = {}
    for index, name in enumerate(fer2013.CLASSES):
        hits = int(((predictions == index) & (labels == index)).sum())
        images, guesses = int((labels == index).sum()), int((predictions == index).sum())
        table[name] = {
            "recall": round(hits / max(1, images), 4),
            "precision": round(hits / max(1, guesses), 4),
            "images": images,
        }
    return table


def multiply_adds(model: keras.Model) -> int:
    """Multiplications of all convolutions and dense layers for one image."""
    total = 0
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            total += layer.kernel.shape.num_elements() * int(np.prod(layer.output.shape[1:3]))
        elif isinstance(layer, keras.layers.Dense):
            total += layer.kernel.shape.num_elements()
    return total


def measure(model: keras.Model, path: Path, probabilities: np.ndarray, split: fer2013.Split) -> dict[str, object]:
    """Every number of the model card that needs no training images."""
    predictions = probabilities.argmax(axis=1)
    return {
        "accuracy": round(float((predictions == split.labels).mean()), 5),
        "calibration_error": round(calibration_error(probabilities, split.labels), 5),
        "cross_entropy": round(cross_entropy(probabilities, split.labels), 5),
        "images": len(split),
        "parameters": model.count_params(),
        "bytes": path.stat().st_size,
        "multiply_adds": multiply_adds(model),
        "classes": by_class(predictions, split.labels),
    }


def write_table(path: Path, probabilities: np.ndarray, labels: np.ndarray) -> None:
    """The evaluation file: label, prediction and probabilities, one row an image in the data's order."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["y_true", "y_pred", *(f"p_{name}" for name in fer2013.CLASSES)])
        for label, row in zip(labels, probabilities, strict=True):
            writer.writerow([int(label), int(row.argmax()), *(f"{value:.6f}" for value in row)])


def main(words: list[str] | None = None) -> int:
    """Prints the numbers as JSON."""
    parser = argparse.ArgumentParser(description="Measure a model on labelled faces.")
    parser.add_argument("model", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="images with labels: a .csv, an .npz or a folder")
    parser.add_argument("--usage", default="PublicTest", help="which rows of Kaggle's CSV, such as PrivateTest")
    parser.add_argument("--training", type=Path, help="training images; accuracy without their copies is told too")
    args = parser.parse_args(words)
    split = fer2013.read_split(args.data, args.usage)
    model = keras.models.load_model(args.model)
    probabilities = predict(model, split.images)
    numbers = measure(model, args.model, probabilities, split)
    if args.training:
        fresh = ~fer2013.copies(split, fer2013.read_split(args.training, "Training"))
        hits = probabilities.argmax(axis=1) == split.labels
        numbers |= {"copies": int((~fresh).sum()), "accuracy_without_copies": round(float(hits[fresh].mean()), 5)}
    print(json.dumps(numbers, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())

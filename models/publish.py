"""Turns weights into what is shipped: a model with honest probabilities, its evaluation and its numbers."""

from __future__ import annotations

import json
from pathlib import Path

import evaluate
import fer2013
import mirror
import network
import numpy as np


def publish(
    weights: list[np.ndarray], output: Path, validation: fer2013.Split, story: dict[str, object]
) -> dict[str, object]:
    """Unfolds the weights of training, cools the probabilities and writes the model, its evaluation and its numbers.

    `story` completes the numbers.
    """
    model = network.build()
    model.set_weights(mirror.unfold(weights, model))
    temperature = evaluate.best_temperature(evaluate.predict(model, validation.images), validation.labels)
    network.cool(model, temperature)
    model.save(output)
    probabilities = evaluate.predict(model, validation.images)
    evaluate.write_table(output.with_suffix(".evaluation.csv"), probabilities, validation.labels)
    measured = evaluate.measure(model, output, probabilities, validation)
    numbers = measured | {"temperature": round(temperature, 4)} | story
    output.with_suffix(".json").write_text(json.dumps(numbers, indent=2) + "\n")
    return numbers

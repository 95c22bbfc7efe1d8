"""What charts and tables of numbers say at a glance."""

import numpy as np

from generator.artefacts import Confusion, Curves, Foreign, Points, Predictions
from generator.pages.seen import Seen


def confusion(artefact: Confusion, seen: Seen) -> str:
    reader, counts = seen.reader, artefact.counts
    total = max(int(counts.sum()), 1)
    recall = np.diag(counts) / np.maximum(counts.sum(axis=1), 1)
    wrong = counts - np.diag(np.diag(counts))
    label, prediction = np.unravel_index(int(wrong.argmax()), wrong.shape)
    best = int(recall.argmax())
    return reader.words(
        "alt.confusion",
        n=f"{int(counts.sum()):,}",
        accuracy=reader.percent(float(np.trace(counts) / total)),
        best=reader.class_name(best),
        recall=reader.percent(float(recall[best])),
        label=reader.class_name(int(label)),
        prediction=reader.class_name(int(prediction)),
        count=f"{int(wrong.max()):,}",
    )


def predictions(artefact: Predictions, seen: Seen) -> str:
    reader, probability = seen.reader, artefact.probability[seen.row or 0]
    order = np.argsort(-probability, kind="stable")[:3].tolist()
    pairs = (
        seen.say("probability", name=reader.class_name(k), percent=reader.percent(float(probability[k]))) for k in order
    )
    return seen.say("predictions", index=seen.index, label=seen.label, list=reader.joined(tuple(pairs)))


def points(artefact: Points, seen: Seen) -> str:
    facts = artefact.facts
    share = facts.get("neighbours")
    beside = seen.say("neighbours", share=seen.reader.percent(share)) if isinstance(share, float) else ""
    return seen.sentence("points", n=len(artefact.place), layer=str(facts.get("layer", "")), neighbours=beside)


def curves(artefact: Curves, seen: Seen) -> str:
    number = seen.reader.number
    pieces = (
        seen.say("curve", name=name, first=number(values[0]), last=number(values[-1]))
        for name, values in zip(artefact.names, artefact.values, strict=True)
    )
    return seen.sentence("curves", n=len(artefact.epoch), list=seen.say("between").join(pieces))


def foreign(artefact: Foreign, seen: Seen) -> str:
    return seen.say("foreign", file=str(artefact.facts.get("origin", "")))

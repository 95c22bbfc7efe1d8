"""One model of several runs that began alike: `python models/soup.py one.npz two.npz --data fer2013.csv`.

The weights are the mean of those that the checkpoints hold: of each run the best average and the last (Wortsman et
al., "Model soups", 2022). Runs that went on from one another lie close enough for their mean to be a good model.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import checkpoint
import fer2013
import numpy as np
import publish

HERE = Path(__file__).parent
KEPT = ("best", "average")


def mixed(paths: list[Path]) -> tuple[list[np.ndarray], dict[str, object]]:
    """The mean of all weights kept in the checkpoints, as the network in training stores them, and their story.

    A run that went on from another counts its epochs too.
    """
    states, groups = zip(*map(checkpoint.read, paths), strict=True)
    kept = [group[name] for group in groups for name in KEPT]
    told = {"epochs": max(state["epoch"] for state in states), "checkpoints": len(states)}
    return [np.mean(same, axis=0) for same in zip(*kept, strict=True)], told


def main(words: list[str] | None = None) -> int:
    """Mixes, measures and writes."""
    parser = argparse.ArgumentParser(description="Average the weights of several runs.")
    parser.add_argument("checkpoints", type=Path, nargs="+", help="files under checkpoints/ that train.py wrote")
    parser.add_argument("--data", type=Path, required=True, help="FER2013, as for train.py")
    parser.add_argument("--validation", type=Path, help="its validation split, where --data holds only training")
    parser.add_argument("--output", type=Path, default=HERE / "fer_cnn.keras")
    args = parser.parse_args(words)
    weights, story = mixed(args.checkpoints)
    validation = fer2013.read(args.data, args.validation).validation
    print(json.dumps(publish.publish(weights, args.output, validation, story), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Trains the FER CNN on FER2013: `python models/train.py --data fer2013.csv`.

Rates, noise and image size follow the progress of the run, counted in epochs or, with `--minutes`, by the
clock: then a run ends in time on any machine, at the price of not being repeatable bit by bit.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import fer2013
import keras
import publish
from recipe import Recipe
from trainer import Trainer

HERE = Path(__file__).parent


def run(trainer: Trainer, output: Path, teacher: Path | None = None, restart: bool = False) -> None:
    """Trains to the end, with a checkpoint and a row of the history after every epoch; a teacher is asked once."""
    checkpoint = output.parent / "checkpoints" / f"{output.stem}.npz"
    if checkpoint.exists() and not restart:
        trainer.load(checkpoint)
        print(f"continues after epoch {trainer.state.epoch}, {trainer.progress:.0%} done", file=sys.stderr)
    elif teacher:
        trainer.learn_from(keras.models.load_model(teacher))
    while not trainer.finished:
        row = trainer.epoch()
        _append(output.with_suffix(".history.csv"), row)
        trainer.save(checkpoint)
        _tell(trainer, row)


def _tell(trainer: Trainer, row: dict[str, float]) -> None:
    print(
        f"{trainer.progress:4.0%} epoch {row['epoch']}: size {row['size']}, loss {row['loss']:.3f}, "
        f"accuracy {row['accuracy']:.3f}, validation {row['val_accuracy']:.4f} "
        f"(best {trainer.state.best:.4f}), {row['seconds']:.0f} s",
        file=sys.stderr,
        flush=True,
    )


def _append(history: Path, row: dict[str, float]) -> None:
    """Adds a line in the form of Keras' CSV log."""
    first = row["epoch"] == 1 or not history.exists()
    with history.open("w" if first else "a", newline="") as file:
        writer = csv.DictWriter(file, list(row), lineterminator="\n")
        if first:
            writer.writeheader()
        writer.writerow({name: f"{value:.5g}" for name, value in row.items()})


def finish(trainer: Trainer, output: Path) -> dict[str, object]:
    """Writes the best weights as a model, with its evaluation and its numbers."""
    return publish.publish(trainer.best, output, trainer.data.validation, _story(trainer))


def _story(trainer: Trainer) -> dict[str, object]:
    state = trainer.state
    return {
        "epochs": state.epoch,
        "chosen_epoch": state.best_epoch,
        "minutes": round(state.seconds / 60, 1),
        "training_images": len(trainer.data.training),
        "recipe": asdict(trainer.recipe),
    }


def has_bfloat16() -> bool:
    """Whether the processor computes in bfloat16: without its instructions training is six times slower."""
    facts = Path("/proc/cpuinfo")
    return facts.exists() and any(flag in facts.read_text() for flag in ("avx512_bf16", "amx_bf16"))


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Train the FER CNN.")
    parser.add_argument("--data", type=Path, required=True, help="FER2013: a .csv, an .npz or a folder")
    parser.add_argument("--validation", type=Path, help="its validation split, where --data holds only training")
    parser.add_argument("--output", type=Path, default=HERE / "fer_cnn.keras")
    parser.add_argument("--epochs", type=int, default=Recipe.epochs)
    parser.add_argument("--minutes", type=float, help="a budget of time instead of epochs")
    parser.add_argument("--patience", type=int, default=Recipe.patience, help="epochs without a gain before it stops")
    parser.add_argument("--batch", type=int, default=Recipe.batch)
    parser.add_argument("--seed", type=int, default=Recipe.seed)
    parser.add_argument("--start", type=Path, help="an earlier model to go on from, instead of random weights")
    parser.add_argument("--begin", type=float, default=0.0, help="where in the schedule to begin, 0 to 1")
    parser.add_argument("--teacher", type=Path, help="an earlier model whose answers are a part of the targets")
    parser.add_argument("--restart", action="store_true", help="begin anew, whatever a checkpoint holds")
    parser.add_argument("--precision", choices=("auto", "float32", "bfloat16"), default="auto")
    return parser.parse_args(words)


def prepare(args: argparse.Namespace) -> Trainer:
    """Reads the data and leaves out blank images and copies of validation images."""
    data = fer2013.read(args.data, args.validation, args.seed)
    training = fer2013.without_copies(fer2013.without_blanks(data.training), data.validation)
    print(f"{len(training)} images to train on, {len(data.validation)} to choose by", file=sys.stderr)
    bfloat16 = args.precision == "bfloat16" or (args.precision == "auto" and has_bfloat16())
    recipe = Recipe(
        epochs=args.epochs,
        minutes=args.minutes,
        patience=args.patience,
        seed=args.seed,
        batch=args.batch,
        taught=args.teacher is not None,
        bfloat16=bfloat16,
    )
    trainer = Trainer(fer2013.Data(training, data.validation), recipe)
    if args.start:
        trainer.begin_with(keras.models.load_model(args.start).get_weights())
    trainer.skip_to(args.begin)
    return trainer


def main(words: list[str] | None = None) -> int:
    """Trains, measures and writes; an interrupted run continues when called again."""
    args = arguments(words)
    trainer = prepare(args)
    try:
        run(trainer, args.output, args.teacher, args.restart)
    except KeyboardInterrupt:
        print("interrupted; the same command continues after the last whole epoch", file=sys.stderr)
        return 130
    print(json.dumps(finish(trainer, args.output), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
